import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { config } from 'dotenv';
import { Registry, collectDefaultMetrics } from 'prom-client';
import { BatchStore } from '../common/batch-store.ts';
import { ChunkStore } from '../common/chunk-store.ts';
import { type Configuration, readConfiguration } from '../common/configuration.ts';
import { EstimateCache } from '../common/estimate-cache.ts';
import { messageOf } from '../common/errors.ts';
import { collectSoon } from '../common/heap-growth.ts';
import { HealthServer } from '../common/health-server.ts';
import { Shutdown, announceReady, untilStopped } from '../common/lifecycle.ts';
import { createLog } from '../common/log.ts';
import { ModelReader } from '../common/model/model-reader.ts';
import { JobMetrics, type Processor, QueueWorker } from '../common/queue-worker.ts';
import { RedisKeys } from '../common/redis-keys.ts';
import { ScheduleStore } from '../common/schedule-store.ts';
import { checkRedis, connectForJobs, connectForMessages } from '../common/redis.ts';
import { allSettings, workerSettings } from '../common/settings.ts';
import { WorkerRegistry } from '../common/worker-registry.ts';
import { ExplanationThread } from './explanation-thread.ts';
import { ModelShelf } from './model-shelf.ts';
import { ModelWatcher } from './model-watcher.ts';
import { EstimateChunk } from './processors/estimate-chunk.ts';
import { EstimateParts } from './processors/estimate-parts.ts';
import { ExplainParts } from './processors/explain-parts.ts';
import { FinishBatch } from './processors/finish-batch.ts';
import { PlanSchedule } from './processors/plan-schedule.ts';
import { SimulatedCost } from './processors/simulated-cost.ts';

/** A silent worker's interactive jobs are taken over within the callers' default deadline of 5 s; a chunk may take its time. */
const lockMs = { estimates: 1_500, explanations: 1_500, batches: 5_000, schedules: 5_000 };
/** Longer than any deadline: a search takes up to minutes, so that a stopping worker hands it back at once instead of waiting for its end. */
const handBackMs = 3_600_000;

async function main(settings: Configuration<typeof workerSettings>): Promise<boolean> {
  const log = createLog('worker', settings.LOG_LEVEL);
  const address = { url: settings.REDIS_URL, password: settings.REDIS_PASSWORD };
  if (!(await checkRedis(address, 3_000))) log.warn('Redis is not reachable yet; waiting for it');

  const id = `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const keys = new RedisKeys(settings.QUEUE_PREFIX);
  const redis = connectForJobs(address);
  // Chunks go over a connection of their own: an interactive answer never waits behind one.
  const store = connectForJobs(address);
  const messages = connectForMessages(address);
  const registry = new WorkerRegistry(redis, keys);
  const resultSeconds = settings.RESULTS_DAYS * 86_400;
  const batches = new BatchStore(store, keys, resultSeconds);
  const reader = new ModelReader(settings.MODELS_DIR);
  const shelf = new ModelShelf(reader);
  const watcher = new ModelWatcher({ id, reader, shelf, registry, messages, keys, log, pollMs: settings.MODEL_POLL_MS });

  const prometheus = new Registry();
  collectDefaultMetrics({ register: prometheus });
  const common = { redis, prefix: settings.QUEUE_PREFIX, log, metrics: new JobMetrics(prometheus) };
  const costing = (processor: Processor): Processor => new SimulatedCost(settings.WORKER_SIMULATED_COST_MS, processor);
  const cacheLimits = { seconds: settings.CACHE_HOURS * 3_600, cap: settings.CACHE_MAX_ENTRIES };
  const interactive = new QueueWorker({
    ...common,
    queue: 'estimates',
    concurrency: settings.WORKER_CONCURRENCY,
    lockMs: lockMs.estimates,
    processors: { 'estimate-parts': costing(new EstimateParts({ redis, shelf, cache: new EstimateCache(redis, keys), cacheLimits, log })) },
  });
  const explanations = new ExplanationThread(settings.MODELS_DIR);
  // One job at a time: they share one thread.
  const explaining = new QueueWorker({
    ...common,
    queue: 'explanations',
    concurrency: 1,
    lockMs: lockMs.explanations,
    processors: { 'explain-parts': costing(new ExplainParts({ redis, explain: (version, part) => explanations.explain(version, part), log })) },
  });
  // One chunk at a time: more would only make interactive jobs wait longer for their turn on the event loop.
  const batch = new QueueWorker({
    ...common,
    queue: 'batches',
    concurrency: 1,
    lockMs: lockMs.batches,
    processors: {
      'estimate-chunk': costing(new EstimateChunk({ batches, chunks: new ChunkStore(store), keys, shelf, resultSeconds, log })),
      'finish-batch': new FinishBatch(batches, log),
    },
  });
  // One schedule at a time: each takes a thread for as long as it is told to search.
  const schedules = new QueueWorker({
    ...common,
    queue: 'schedules',
    concurrency: 1,
    lockMs: lockMs.schedules,
    handBackMs,
    processors: { 'plan-schedule': new PlanSchedule({ schedules: new ScheduleStore(store, keys, resultSeconds), batches, chunks: new ChunkStore(store), keys, log }) },
  });
  const health = new HealthServer({
    host: settings.WORKER_HEALTH_HOST,
    port: settings.WORKER_HEALTH_PORT,
    metrics: prometheus,
    readiness: () => ({ ready: redis.status === 'ready' && watcher.serving !== null, redis: redis.status, ...watcher.status }),
  });

  const shutdown = new Shutdown(log);
  shutdown.add('queues', (deadline) => Promise.all([interactive.stop(deadline), explaining.stop(deadline), batch.stop(deadline), schedules.stop(deadline)]));
  shutdown.add('explanations', () => explanations.stop());
  shutdown.add('model watcher', (deadline) => watcher.stop(deadline));
  shutdown.add('health server', () => health.stop());
  shutdown.add('Redis', () => [redis, store, messages].forEach((connection) => connection.disconnect()));

  await health.start();
  await watcher.start();
  await interactive.start();
  await explaining.start();
  await batch.start();
  await schedules.start();
  announceReady({ id, health_port: health.port, version: watcher.serving });
  log.info({ id, health_port: health.port, version: watcher.serving }, 'worker ready');

  log.info({ reason: await untilStopped() }, 'stopping');
  return shutdown.run(Date.now() + settings.SHUTDOWN_SECONDS * 1_000);
}

try {
  config({ quiet: true });
  collectSoon();
  const clean = await main(readConfiguration(workerSettings, process.env, allSettings));
  process.exit(clean ? 0 : 1);
} catch (error) {
  process.stderr.write(`spindle worker: ${messageOf(error)}\n`);
  process.exit(1);
}
