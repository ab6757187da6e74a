import { Router } from 'express';
import type { Redis } from 'ioredis';
import { Gauge, type Registry } from 'prom-client';
import { messageOf } from '../../common/errors.ts';
import type { JobQueues } from '../job-queues.ts';
import type { ModelCatalog } from '../models/model-catalog.ts';
import type { ServingModels } from '../models/serving-models.ts';

/** How long counting jobs may take, in milliseconds: a scrape without counts says more than none. */
const countPatience = 800;

/** `/healthz` (alive), `/readyz` (Redis and a model loaded somewhere) and `/metrics` (Prometheus). */
export function healthRoutes(parts: { redis: Redis; models: ServingModels; catalog: ModelCatalog; queues: JobQueues; metrics: Registry }): Router {
  const { redis, models, queues, metrics } = parts;
  const jobCounts = new Gauge({ name: 'spindle_queue_jobs', help: 'Jobs on a queue by state', labelNames: ['queue', 'state'], registers: [metrics] });
  const workers = new Gauge({ name: 'spindle_workers', help: 'Workers alive, by the model version they serve', labelNames: ['version'], registers: [metrics] });
  return Router()
    .get('/healthz', (_request, response) => void response.json({ status: 'ok' }))
    .get('/readyz', async (_request, response) => {
      const redisAnswers = await redis.ping().then(() => true, () => false);
      const serving = models.version;
      const ready = redisAnswers && serving !== null;
      const reasons = [...(redisAnswers ? [] : ['Redis does not answer']), ...(serving === null ? ['no worker has a usable model loaded', ...Object.entries(models.refused).map(([version, reason]) => `${version} is refused: ${reason}`)] : [])];
      response
        .status(ready ? 200 : 503)
        .json({ ready, reasons, redis: redisAnswers, current: await parts.catalog.current(), serving, workers: models.workers, refused: models.refused });
    })
    .get('/metrics', async (_request, response) => {
      workers.reset();
      for (const { version } of models.workers) workers.inc({ version: version ?? 'none' });
      try {
        for (const { queue, states } of await queues.counts(countPatience)) {
          for (const [state, count] of Object.entries(states)) jobCounts.set({ queue, state }, count);
        }
      } catch (error) {
        jobCounts.reset(); // without Redis there is no count, and an old one would mislead
        response.setHeader('x-queue-counts', messageOf(error).slice(0, 100));
      }
      response.type(metrics.contentType).send(await metrics.metrics());
    });
}
