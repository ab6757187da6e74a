import { Registry } from 'prom-client';
import { BatchStore } from '../../common/batch-store.ts';
import { ChunkStore } from '../../common/chunk-store.ts';
import { EstimateCache } from '../../common/estimate-cache.ts';
import type { JobName, QueueName } from '../../common/jobs.ts';
import type { Estimate } from '../../common/estimate.ts';
import type { Estimator } from '../../common/model/estimator.ts';
import { ModelReader } from '../../common/model/model-reader.ts';
import { ModelShelf } from '../../worker/model-shelf.ts';
import { EstimateChunk } from '../../worker/processors/estimate-chunk.ts';
import { EstimateParts } from '../../worker/processors/estimate-parts.ts';
import { ExplainParts } from '../../worker/processors/explain-parts.ts';
import { FinishBatch } from '../../worker/processors/finish-batch.ts';
import { JobMetrics, type Processor, QueueWorker } from '../../common/queue-worker.ts';
import type { Part } from '../../common/part.ts';
import { mustEnd } from './leftovers.ts';
import { type TestConnections, silentLog } from './test-connections.ts';

/** A worker of one queue within the test's process, with these processors. It must have been stopped when the test file ends. */
export async function startQueueWorker(connections: TestConnections, queue: QueueName, processors: Partial<Record<JobName, Processor>>): Promise<QueueWorker> {
  const worker = new QueueWorker({
    queue,
    processors,
    concurrency: 4,
    lockMs: 1_500,
    redis: connections.jobs,
    prefix: connections.prefix,
    log: silentLog,
    metrics: new JobMetrics(new Registry()),
  });
  let isStopped = false;
  const stop = worker.stop.bind(worker);
  worker.stop = async (deadline) => {
    await stop(deadline);
    isStopped = true;
  };
  mustEnd(`worker of ${queue}`, () => !isStopped, () => void stop(0));
  await worker.start();
  return worker;
}

/** The product's processors over a models folder. */
export function estimating(connections: TestConnections, models: string): { estimates: Partial<Record<JobName, Processor>>; explanations: Partial<Record<JobName, Processor>>; batches: Partial<Record<JobName, Processor>> } {
  const { jobs: redis, keys } = connections;
  const shelf = new ModelShelf(new ModelReader(models));
  const batches = new BatchStore(redis, keys, 1_000);
  return {
    estimates: { 'estimate-parts': new EstimateParts({ redis, shelf, cache: new EstimateCache(redis, keys), cacheLimits: { seconds: 100, cap: 1_000 }, log: silentLog }) },
    explanations: { 'explain-parts': new ExplainParts({ redis, explain: async (version, part) => explained(await shelf.get(version), part), log: silentLog }) },
    batches: {
      'estimate-chunk': new EstimateChunk({ batches, chunks: new ChunkStore(redis), keys, shelf, resultSeconds: 1_000, log: silentLog }),
      'finish-batch': new FinishBatch(batches, silentLog),
    },
  };
}

function explained(estimator: Estimator, part: Part): Estimate {
  const [estimate] = estimator.estimate([part], { explain: true });
  if (!estimate) throw new Error('no estimate came out');
  return estimate;
}
