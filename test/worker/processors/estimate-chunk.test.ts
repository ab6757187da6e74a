import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { BatchStore } from '../../../common/batch-store.ts';
import { ChunkStore } from '../../../common/chunk-store.ts';
import { estimateColumnsSchema } from '../../../common/estimate.ts';
import { chunkJobId, jobs } from '../../../common/jobs.ts';
import { ModelReader } from '../../../common/model/model-reader.ts';
import type { QueueWorker } from '../../../common/queue-worker.ts';
import { estimating, startQueueWorker } from '../../support/in-process-worker.ts';
import { temporaryDirectory } from '../../support/leftovers.ts';
import { partSchema, publishVersion } from '../../support/model-versions.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { until } from '../../support/running-spindle.ts';
import { TestConnections } from '../../support/test-connections.ts';

/** Parts by column; every fourth is larger than what the model has learned from. */
const values = [[30, 31, 32, 60], [15, 15, 15, 15], [10, 10, 10, 10], [0, 1, 2, 0], [5, 5, 5, 5], [2, 2, 2, 2]];

let redis: PrivateRedis;
let connections: TestConnections;
let models: string;
let version: string;
let queue: Queue;
let worker: QueueWorker;
let batches: BatchStore;
let chunks: ChunkStore;
let id: string;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  models = await temporaryDirectory();
  version = await publishVersion(models, 0);
  queue = new Queue('batches', { connection: connections.jobs, prefix: connections.prefix }).on('error', () => {});
  batches = new BatchStore(connections.jobs, connections.keys, 1_000);
  chunks = new ChunkStore(connections.jobs);
  id = randomUUID();
  await batches.create(
    { id, created_at: new Date().toISOString(), file_name: null, model_version: version, schema: partSchema, columns: [], accepted: 4, rejected: 0, blank: 0, chunks: 1, rejected_chunks: 0, fingerprint: 'f', request_id: 'r' },
    100,
  );
  await chunks.put(connections.keys.batchParts(id, 0), values, 100);
  worker = await startQueueWorker(connections, 'batches', estimating(connections, models).batches);
});
afterEach(async () => {
  await worker.stop(Date.now() + 2_000);
  await queue.close();
  await connections.close();
});

/** Runs a job to its end and returns its result. */
async function run(name: 'estimate-chunk' | 'finish-batch', data: unknown): Promise<unknown> {
  const { id: jobId = '' } = await queue.add(name, data, { ...jobs[name].options, jobId: randomUUID(), removeOnComplete: false });
  await until(`${name} ends`, async () => (await queue.getJob(jobId))?.finishedOn !== undefined);
  return (await queue.getJob(jobId))?.returnvalue;
}

const estimates = () => chunks.find(connections.keys.batchEstimates(id, 0), estimateColumnsSchema);

test('a chunk\'s estimates and figures are those of its parts, however often it runs', async () => {
  expect(await run('estimate-chunk', { batchId: id, chunk: 0 })).toBe(4);
  const once = await estimates();
  const parts = values[0]?.map((x, row) => [x, 15, 10, ['steel', 'aluminum', 'copper', 'steel'][row] ?? '', 5, 'milling']) ?? [];
  expect(once?.value).toEqual((await new ModelReader(models).load(version)).estimate(parts).map(([value]) => value));
  expect(once?.flags).toEqual({ 3: ['x_cm 60 is 25 % of the learned range above the learned 50'] });
  const total = once?.value.reduce((sum, value) => sum + value, 0);
  expect(await batches.find(id)).toMatchObject({ state: 'running', chunks_done: 1, estimated: 4, flagged: 1, total });
  expect(await run('estimate-chunk', { batchId: id, chunk: 0 })).toBe(4);
  expect(await estimates()).toEqual(once);
  expect(await batches.find(id)).toMatchObject({ chunks_done: 1, estimated: 4, flagged: 1, total });
});

test('a chunk with missing values and unknown levels says of its parts what a single part is told', async () => {
  await chunks.put(connections.keys.batchParts(id, 0), { values: [[30, NaN, 31], [15, 15, 15], [10, 10, 10], [-1, 0, -1], [5, 5, 5], [2, NaN, 0]], unknown: { 3: { 0: 'titanium' } } }, 100);
  expect(await run('estimate-chunk', { batchId: id, chunk: 0 })).toBe(3);
  const single = (await new ModelReader(models).load(version)).estimate([[30, 15, 10, 'titanium', 5, 'milling'], [null, 15, 10, 'steel', 5, null]]);
  const found = await estimates();
  expect([found?.value.slice(0, 2), found?.low.slice(0, 2), found?.high.slice(0, 2)]).toEqual([0, 1, 2].map((at) => single.map((estimate) => estimate[at])));
  expect(found?.flags).toEqual({ 0: single[0]?.[3], 1: single[1]?.[3], 2: ['material is unknown: no training part has it'] });
});

test('a chunk keeps to the version that its batch is pinned to', async () => {
  await publishVersion(models, 1_000);
  await run('estimate-chunk', { batchId: id, chunk: 0 });
  expect((await estimates())?.value[0]).toBe(526.457);
});

test('a cancelled batch computes nothing more', async () => {
  await batches.requestCancel(id);
  expect(await run('estimate-chunk', { batchId: id, chunk: 0 })).toBe(0);
  expect(await estimates()).toBeUndefined();
  expect(await run('finish-batch', { batchId: id })).toBe('cancelled');
});

test('a chunk whose batch has expired is no failure and leaves nothing', async () => {
  await batches.discard(id, 1, 0);
  expect(await run('estimate-chunk', { batchId: id, chunk: 0 })).toBe(0);
  expect((await connections.left()).filter((key) => key.includes(id) && key.startsWith('data:'))).toEqual([]);
});

test('a chunk that runs once more after its batch has ended changes nothing', async () => {
  await run('estimate-chunk', { batchId: id, chunk: 0 });
  expect(await run('finish-batch', { batchId: id })).toBe('complete');
  const ended = await batches.find(id);
  expect(await run('estimate-chunk', { batchId: id, chunk: 0 })).toBe(0);
  expect(await batches.find(id)).toEqual(ended);
});

test('a chunk whose job failed for good leaves its batch partial', async () => {
  await queue.add('estimate-chunk', { batchId: id, chunk: -1 }, { ...jobs['estimate-chunk'].options, jobId: chunkJobId(id, 0) });
  await until('the chunk fails', async () => (await queue.getJobCounts('failed'))['failed'] === 1);
  expect(await run('finish-batch', { batchId: id })).toBe('partial');
});
