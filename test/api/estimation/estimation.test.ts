import { setImmediate as nextTurn } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Estimation } from '../../../api/estimation/estimation.ts';
import { ReplyInbox } from '../../../api/estimation/reply-inbox.ts';
import { JobQueues } from '../../../api/job-queues.ts';
import { SpindleError } from '../../../common/errors.ts';
import type { Estimate } from '../../../common/estimate.ts';
import { EstimateCache } from '../../../common/estimate-cache.ts';
import { parsePayload } from '../../../common/jobs.ts';
import { type Part, canonical } from '../../../common/part.ts';
import type { QueueWorker } from '../../../common/queue-worker.ts';
import { estimating, startQueueWorker } from '../../support/in-process-worker.ts';
import { temporaryDirectory } from '../../support/leftovers.ts';
import { publishVersion } from '../../support/model-versions.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { until } from '../../support/running-spindle.ts';
import { TestConnections, silentLog } from '../../support/test-connections.ts';

let redis: PrivateRedis;
let connections: TestConnections;
let models: string;
let version: string;
let queues: JobQueues;
let inbox: ReplyInbox;
let cache: EstimateCache;
let queue: Queue;
let worker: QueueWorker | undefined;
let explainer: QueueWorker | undefined;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  models = await temporaryDirectory();
  version = await publishVersion(models, 0);
  queues = new JobQueues(connections.requests, connections.prefix, silentLog);
  inbox = new ReplyInbox(connections.messages, connections.keys.replies('test'), silentLog);
  cache = new EstimateCache(connections.requests, connections.keys);
  queue = new Queue('estimates', { connection: connections.jobs, prefix: connections.prefix }).on('error', () => {});
  await inbox.start();
  await until('the inbox is open', () => inbox.open);
});
afterEach(async () => {
  await worker?.stop(Date.now() + 2_000);
  await explainer?.stop(Date.now() + 2_000);
  worker = undefined;
  explainer = undefined;
  await inbox.stop();
  await Promise.all([queues.close(), queue.close()]);
  await connections.close();
});

/** What answers the requests of an API with this deadline. */
function estimation(deadlineMs = 10_000): (part: Part, options?: { explain?: boolean; version?: string }) => Promise<Estimate> {
  const made = new Estimation({ redis: connections.requests, cache, queues, inbox, deadlineMs, metrics: new Registry() });
  return (part, { explain = false, version: asked = version } = {}) => made.estimate(asked, part, { explain, requestId: 'r' });
}

const startWorker = async (): Promise<void> => void (worker = await startQueueWorker(connections, 'estimates', estimating(connections, models).estimates));
const partOf = (x: number): Part => [x, 15, 10, 'steel', 5, 'milling'];
const timeOf = (x: number): number => Math.round((526.457 + 0.5 * (x * x - 900)) * 1_000) / 1_000;
const payloads = async () => (await queue.getJobs(['waiting', 'prioritized', 'active'])).map((job) => parsePayload('estimate-parts', job.data));

/** The time that an answer says, or the code of the error in its place. */
const outcome = (promise: Promise<Estimate>): Promise<unknown> => promise.then(([time]) => time, (error: unknown) => (error instanceof SpindleError ? error.code : error));
const outcomes = (promises: Promise<Estimate>[]): Promise<unknown[]> => Promise.all(promises.map(outcome));

describe('requests of many callers', () => {
  test('at one moment go into as few jobs as their parts fill', async () => {
    const estimate = estimation();
    const answers = outcomes(Array.from({ length: 600 }, (_, index) => estimate(partOf(index + 1))));
    await until('all are queued', async () => (await payloads()).reduce((sum, { parts }) => sum + parts.length, 0) === 600);
    expect((await payloads()).map(({ parts }) => parts.length).sort((a, b) => b - a)).toEqual([256, 256, 88]);
    await startWorker();
    expect(await answers).toEqual(Array.from({ length: 600 }, (_, index) => timeOf(index + 1)));
  });

  test('in the course of time go into far fewer jobs than there are callers', async () => {
    const estimate = estimation();
    const answers: Promise<Estimate>[] = [];
    for (let index = 0; index < 500; index++) {
      answers.push(estimate(partOf(index + 1)));
      if (index % 10 === 9) await nextTurn();
    }
    await until('all are queued', async () => (await payloads()).reduce((sum, { parts }) => sum + parts.length, 0) === 500);
    expect((await payloads()).length).toBeLessThanOrEqual(50);
    await startWorker();
    expect(await outcomes(answers)).toEqual(Array.from({ length: 500 }, (_, index) => timeOf(index + 1)));
  });

  test('for the same part are computed once, and all get the answer', async () => {
    const estimate = estimation();
    const answers = outcomes(Array.from({ length: 100 }, () => estimate(partOf(30))));
    await until('it is queued', async () => (await payloads()).length > 0);
    const late = estimate([...partOf(30)]); // asked while the others wait
    await startWorker();
    expect(new Set([...(await answers), await outcome(late)])).toEqual(new Set([526.457]));
    const jobsDone = async () => (await queue.getMetrics('completed')).meta.count;
    await until('the job is done', async () => (await jobsDone()) > 0); // the answer goes out first
    expect([await jobsDone(), await payloads()]).toEqual([1, []]);
  });

  test('of two model versions never share a job, and each gets its own', async () => {
    const other = await publishVersion(models, 1_000);
    const estimate = estimation();
    const answers = outcomes([estimate(partOf(30)), estimate(partOf(30), { version: other }), estimate(partOf(31)), estimate(partOf(31), { version: other })]);
    await until('all are queued', async () => (await payloads()).length === 2);
    await startWorker();
    expect(await answers).toEqual([526.457, 1_526.457, timeOf(31), 1_556.957]);
  });
});

describe('a part that was answered before', () => {
  test('comes from the cache, without a job or a worker', async () => {
    await startWorker();
    const first = await estimation()(partOf(30));
    await until('it is cached', async () => (await cache.find(version, [canonical(partOf(30))]))[0] !== null);
    await worker?.stop(Date.now() + 2_000);
    expect(await estimation(200)(partOf(30))).toEqual(first);
    expect(await payloads()).toEqual([]);
  });

  test('by another version is asked for anew', async () => {
    await startWorker();
    await estimation()(partOf(30));
    expect(await outcome(estimation()(partOf(30), { version: await publishVersion(models, 1_000) }))).toBe(1_526.457);
  });

  test('is computed again where an explanation is wanted, and its explanation is not kept', async () => {
    await startWorker();
    explainer = await startQueueWorker(connections, 'explanations', estimating(connections, models).explanations);
    const estimate = estimation();
    await estimate(partOf(30));
    expect(await estimate(partOf(30), { explain: true })).toMatchObject([526.457, 522.457, 530.457, [], { contributions: { x_cm: 450 } }]);
    expect(await estimate(partOf(30))).toHaveLength(4);
  });

  test('is computed again where the cache holds something else under its name', async () => {
    await cache.put(version, [[canonical(partOf(30)), '["garbage"]']], { seconds: 10, cap: 10 });
    await startWorker();
    expect(await outcome(estimation()(partOf(30)))).toBe(526.457);
  });
});

describe('where no worker answers in time', () => {
  test('the caller learns so at the deadline, and the late answer is in the cache for the next one', async () => {
    const estimate = estimation(300);
    const start = Date.now();
    expect(await outcome(estimate(partOf(30)))).toBe('deadline_exceeded');
    expect(Date.now() - start).toBeGreaterThanOrEqual(295);
    expect(Date.now() - start).toBeLessThan(2_000);
    await startWorker();
    await until('the late answer is cached', async () => (await cache.find(version, [canonical(partOf(30))]))[0] !== null);
    await worker?.stop(Date.now() + 2_000);
    expect(await outcome(estimate(partOf(30)))).toBe(526.457);
  });

  test('the caller still gets an answer that is in the cache by then: its message was lost', async () => {
    const answer = estimation(300)(partOf(30));
    await until('it is queued', async () => (await payloads()).length === 1);
    await cache.put(version, [[canonical(partOf(30)), '[1,0,2,[]]']], { seconds: 10, cap: 10 });
    expect(await answer).toEqual([1, 0, 2, []]);
  });

  test('every caller of the same part learns so, and the next one asks anew', async () => {
    const estimate = estimation(200);
    expect(await outcomes([estimate(partOf(30)), estimate(partOf(30))])).toEqual(['deadline_exceeded', 'deadline_exceeded']);
    expect(await outcome(estimate(partOf(30)))).toBe('deadline_exceeded');
    expect(await payloads()).toHaveLength(2);
  });
});

describe('a worker\'s answer', () => {
  /** Answers the next job with this, as a worker would. */
  async function answerWith(reply: (jobId: string) => unknown): Promise<void> {
    await until('a job is queued', async () => (await queue.getJobs(['waiting'])).length > 0);
    const [job] = await queue.getJobs(['waiting']);
    await connections.jobs.publish(inbox.channel, JSON.stringify(reply(job?.id ?? '')));
  }

  test.each<[string, string]>([
    ['not_found', 'no_model'],
    ['model_refused', 'no_model'],
    ['redis_unavailable', 'redis_unavailable'],
    ['internal', 'internal'],
    ['code of another release', 'internal'],
    ['__proto__', 'internal'],
  ])('of %s is %s to the caller', async (code, expected) => {
    const answer = outcome(estimation()(partOf(30)));
    await answerWith((jobId) => ({ jobId, error: { code, message: 'why' } }));
    expect(await answer).toBe(expected);
  });

  test('of fewer parts than were asked for fails those that are missing, and only those', async () => {
    const estimate = estimation();
    const answers = outcomes([estimate(partOf(30)), estimate(partOf(31))]);
    await answerWith((jobId) => ({ jobId, estimates: [[1, 0, 2, []]] }));
    expect(await answers).toEqual([1, 'internal']);
  });

  test('that nobody waits for, or that cannot be understood, does no harm', async () => {
    const answer = estimation()(partOf(30));
    for (const text of ['', 'no JSON', '{}', 'null', '{"jobId":"nobody","estimates":[]}', '{"jobId":1}']) await connections.jobs.publish(inbox.channel, text);
    await startWorker();
    expect(await outcome(answer)).toBe(526.457);
  });
});

describe('while Redis is away', () => {
  const within = async (milliseconds: number, promise: Promise<unknown>): Promise<unknown> => {
    const start = Date.now();
    const result = await promise;
    expect(Date.now() - start).toBeLessThan(milliseconds);
    return result;
  };

  test('callers learn so within a second, those who wait already included, and answers come by themselves when it is back', async () => {
    const estimate = estimation();
    const waiting = outcome(estimate(partOf(30)));
    await until('it is queued', async () => (await payloads()).length === 1);
    await redis.kill();
    expect(await within(1_000, waiting)).toBe('redis_unavailable');
    expect(await within(1_000, outcome(estimate(partOf(31))))).toBe('redis_unavailable');
    expect(await within(1_000, outcome(estimate(partOf(31), { explain: true })))).toBe('redis_unavailable');
    await redis.restart();
    await startWorker();
    await until('an answer', async () => (await outcome(estimate(partOf(32)))) === timeOf(32), 3_000);
  });

  test('that is, there but silent, the same', async () => {
    const estimate = estimation();
    redis.freeze();
    expect(await within(1_300, outcome(estimate(partOf(31))))).toBe('redis_unavailable');
    expect(await within(1_300, outcome(estimate(partOf(31), { explain: true })))).toBe('redis_unavailable');
    redis.resume();
    await startWorker();
    await until('an answer', async () => (await outcome(estimate(partOf(32)))) === timeOf(32), 3_000);
  });
});
