import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SpindleError } from '../../common/errors.ts';
import type { QueueWorker } from '../../common/queue-worker.ts';
import { startQueueWorker } from '../support/in-process-worker.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { until } from '../support/running-spindle.ts';
import { TestConnections } from '../support/test-connections.ts';

let redis: PrivateRedis;
let connections: TestConnections;
let queue: Queue;
let worker: QueueWorker;
/** What the job does, and how often it was begun. */
let work: () => Promise<unknown>;
let runs: number;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  queue = new Queue('estimates', { connection: connections.jobs, prefix: connections.prefix }).on('error', () => {});
  runs = 0;
  worker = await startQueueWorker(connections, 'estimates', {
    'estimate-parts': {
      process: () => {
        runs++;
        return work();
      },
    },
  });
});
afterEach(async () => {
  await worker.stop(Date.now() + 2_000);
  await queue.close();
  await connections.close();
});

const add = (name = 'estimate-parts') => queue.add(name, {}, { jobId: randomUUID(), attempts: 3 });
const untilFailed = (id: string | undefined) => until('the job fails', async () => (await queue.getJob(id ?? ''))?.finishedOn !== undefined);

describe('a job that fails', () => {
  test.each<{ name: string; error: Error; tries: number }>([
    { name: 'for its input is not tried again', error: new SpindleError('invalid_part', 'wrong'), tries: 1 },
    { name: 'for want of Redis is tried again', error: new SpindleError('redis_unavailable', 'away'), tries: 3 },
    { name: 'for a refused model is tried again: another worker may have it', error: new SpindleError('model_refused', 'damaged'), tries: 3 },
    { name: 'for a reason unknown is tried again', error: new Error('broken'), tries: 3 },
  ])('$name', async ({ error, tries }) => {
    work = () => Promise.reject(error);
    const { id } = await add();
    await untilFailed(id);
    expect(runs).toBe(tries);
    expect((await queue.getJob(id ?? ''))?.failedReason).toBe(error.message);
  });

  test.each(['estimate-chunk', 'toString', '__proto__', 'tomorrow'])('for its name, %s, is not tried again, and says so', async (name) => {
    const { id } = await add(name);
    await untilFailed(id);
    expect((await queue.getJob(id ?? ''))?.failedReason).toBe(`this worker does not know the job ${name}: is it older than the API?`);
    expect(runs).toBe(0);
  });
});

describe('stopping', () => {
  test('finishes the jobs at hand and leaves the rest on the queue', async () => {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    work = () => released;
    await Promise.all(Array.from({ length: 6 }, () => add()));
    await until('four jobs run', () => runs === 4);
    const stopped = worker.stop(Date.now() + 5_000);
    release();
    await stopped;
    expect(await queue.getJobCounts('completed', 'waiting', 'active')).toEqual({ completed: 4, waiting: 2, active: 0 });
  });

  test('is over at the deadline where a job does not end', async () => {
    let release = (): void => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    work = () => released;
    await add();
    await until('the job runs', () => runs === 1);
    const start = Date.now();
    await worker.stop(start + 100);
    expect(Date.now() - start).toBeLessThan(1_000);
    release();
  });

  test('twice, or at the same time, is safe', async () => {
    const deadline = Date.now() + 2_000;
    await expect(Promise.all([worker.stop(deadline), worker.stop(deadline)])).resolves.toBeDefined();
  });

  test('without Redis takes no longer than it must', async () => {
    await redis.kill();
    await until('the connection is lost', () => connections.jobs.status !== 'ready');
    const start = Date.now();
    await worker.stop(start + 10_000);
    expect(Date.now() - start).toBeLessThan(3_000);
    await redis.restart();
  });
});

test('a job that was queued while Redis came and went is done', async () => {
  await redis.kill();
  await redis.restart();
  work = () => Promise.resolve(5);
  const { id = '' } = await add();
  await until('the job is done', async () => (await queue.getJob(id))?.finishedOn !== undefined, 5_000);
  expect((await queue.getJob(id))?.returnvalue).toBe(5);
});
