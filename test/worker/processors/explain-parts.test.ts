import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Queue, QueueEvents } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Estimate } from '../../../common/estimate.ts';
import { estimateReplySchema } from '../../../common/estimate-reply.ts';
import { jobs } from '../../../common/jobs.ts';
import type { QueueWorker } from '../../../common/queue-worker.ts';
import { ExplainParts } from '../../../worker/processors/explain-parts.ts';
import { estimating, startQueueWorker } from '../../support/in-process-worker.ts';
import { temporaryDirectory } from '../../support/leftovers.ts';
import { publishVersion } from '../../support/model-versions.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { TestConnections, silentLog } from '../../support/test-connections.ts';

let redis: PrivateRedis;
let connections: TestConnections;
let models: string;
let version: string;
let queue: Queue;
let events: QueueEvents;
let worker: QueueWorker | undefined;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  models = await temporaryDirectory();
  version = await publishVersion(models, 0);
  queue = new Queue('explanations', { connection: connections.jobs, prefix: connections.prefix }).on('error', () => {});
  events = new QueueEvents('explanations', { connection: connections.jobs, prefix: connections.prefix }).on('error', () => {});
  await events.waitUntilReady();
});
afterEach(async () => {
  await worker?.stop(Date.now() + 2_000);
  await events.close();
  await queue.close();
  await connections.close();
});

const parts = [[30, 15, 10, 'steel', 5, 'milling'], [60, 15, 10, 'copper', 1, 'turning']];
const add = (deadline: number) =>
  queue.add('explain-parts', { replyTo: connections.keys.replies('test'), version, parts, deadline, requestIds: ['r'] }, { ...jobs['explain-parts'].options, removeOnComplete: false, jobId: randomUUID() });

test('explanations add up to the estimate, and are not cached', async () => {
  worker = await startQueueWorker(connections, 'explanations', estimating(connections, models).explanations);
  await connections.messages.subscribe(connections.keys.replies('test'));
  const message = once(connections.messages, 'message');
  const job = await add(Date.now() + 5_000);
  const [, text] = (await message) as [string, string];
  const reply = estimateReplySchema.parse(JSON.parse(text));
  const estimates = 'estimates' in reply ? reply.estimates : [];
  expect(estimates).toHaveLength(2);
  for (const [value, , , , explanation] of estimates) {
    const sum = Object.values(explanation?.contributions ?? {}).reduce((total, share) => total + share, explanation?.average ?? NaN);
    expect(sum).toBeCloseTo(value, 6);
  }
  await job.waitUntilFinished(events, 2_000);
  expect((await connections.left()).filter((key) => key.startsWith('cache:'))).toEqual([]);
});

test('what no caller waits for any more is dropped: before it begins, and between two parts', async () => {
  const answer: Estimate = [1, 0, 2, []];
  let explained = 0;
  let deadline = 0;
  const explain = async (): Promise<Estimate> => {
    explained++;
    while (Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5));
    return answer;
  };
  worker = await startQueueWorker(connections, 'explanations', { 'explain-parts': new ExplainParts({ redis: connections.jobs, explain, log: silentLog }) });
  const late = await add(Date.now() - 1);
  expect(await late.waitUntilFinished(events, 2_000)).toBe(0);
  expect(explained).toBe(0);
  deadline = Date.now() + 300;
  const meanwhile = await add(deadline);
  expect(await meanwhile.waitUntilFinished(events, 2_000)).toBe(0);
  expect(explained).toBe(1);
});
