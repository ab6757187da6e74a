import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { JobQueues } from '../../api/job-queues.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { until } from '../support/running-spindle.ts';
import { TestConnections, silentLog } from '../support/test-connections.ts';

let redis: PrivateRedis;
let connections: TestConnections;
let queues: JobQueues;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  queues = new JobQueues(connections.requests, connections.prefix, silentLog);
});
afterEach(async () => {
  await queues.close();
  await connections.close();
});

const counts = async () => (await queues.counts(1_000)).find(({ queue }) => queue === 'batches')?.states ?? {};

test('a batch is one job a chunk and one that waits for them all, also when it is added again', async () => {
  const id = randomUUID();
  await queues.addBatch(id, 5, 1_000);
  await queues.addBatch(id, 5, 1_000);
  expect(await counts()).toMatchObject({ prioritized: 5, 'waiting-children': 1, waiting: 0 });
});

test('the first chunk of a short batch comes before the later ones of a long one', async () => {
  const [long, short] = [randomUUID(), randomUUID()];
  await queues.addBatch(long, 4, 1_000);
  await queues.addBatch(short, 2, 1_000);
  const order = (await queues.queue('batches').getJobs(['prioritized'], 0, -1, true)).map(({ data }) => data as { batchId: string; chunk: number });
  expect(order.map(({ batchId, chunk }) => `${batchId === long ? 'long' : 'short'} ${chunk}`)).toEqual(['long 0', 'short 0', 'long 1', 'short 1', 'long 2', 'long 3']);
});

test('taking a batch\'s waiting chunks off the queue sets its last step free, and only its', async () => {
  const [cancelled, other] = [randomUUID(), randomUUID()];
  await queues.addBatch(cancelled, 3, 1_000);
  await queues.addBatch(other, 2, 1_000);
  await queues.removeWaitingChunks(cancelled);
  await queues.removeWaitingChunks(randomUUID()); // one that is not there
  expect(await counts()).toMatchObject({ prioritized: 2, 'waiting-children': 1, waiting: 1 });
});

test('a job that waits is taken off its queue; one that is not there changes nothing', async () => {
  const [id, other] = [randomUUID(), randomUUID()];
  for (const trainingId of [id, other]) await queues.add('train-model', { trainingId }, { jobId: trainingId }, 1_000);
  for (const gone of [id, id, randomUUID()]) await queues.remove('train-model', gone, 1_000);
  expect((await queues.queue('training').getJobs(['waiting'])).map((job) => job.id)).toEqual([other]);
});

test('a payload that its job would refuse is not queued', async () => {
  await expect(queues.add('finish-batch', { batchId: 'no id' }, { jobId: 'a' }, 1_000)).rejects.toMatchObject({ code: 'invalid_body' });
  await expect(queues.addBatch(randomUUID(), 2_001, 1_000)).rejects.toThrow(RangeError);
  expect(await connections.left()).toEqual([]);
});

test('while Redis is away every call fails at once, and works by itself when it is back', async () => {
  await redis.kill();
  const start = Date.now();
  for (const call of [queues.add('finish-batch', { batchId: randomUUID() }, { jobId: 'a' }, 900), queues.addBatch(randomUUID(), 1, 900), queues.counts(900)]) {
    await expect(call).rejects.toMatchObject({ code: 'redis_unavailable' });
  }
  expect(Date.now() - start).toBeLessThan(1_000);
  await redis.restart();
  await until('a batch can be queued', () => queues.addBatch(randomUUID(), 1, 900).then(() => true, () => false), 3_000);
});

test('a queue that was first used while Redis was silent works afterwards', async () => {
  redis.freeze();
  const calls = [queues.add('finish-batch', { batchId: randomUUID() }, { jobId: 'a' }, 900), queues.addBatch(randomUUID(), 1, 900), queues.counts(900)];
  for (const result of await Promise.allSettled(calls)) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'redis_unavailable' } });
  redis.resume();
  await until('a batch can be queued', () => queues.addBatch(randomUUID(), 1, 900).then(() => true, () => false), 3_000);
  await until('jobs can be counted', () => queues.counts(900).then(() => true, () => false), 3_000);
});
