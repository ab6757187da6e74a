import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { EstimateCache } from '../../../common/estimate-cache.ts';
import { type EstimateReply, estimateReplySchema } from '../../../common/estimate-reply.ts';
import { type JobPayload, jobs } from '../../../common/jobs.ts';
import { ModelReader } from '../../../common/model/model-reader.ts';
import { type Part, canonical } from '../../../common/part.ts';
import type { QueueWorker } from '../../../common/queue-worker.ts';
import { estimating, startQueueWorker } from '../../support/in-process-worker.ts';
import { temporaryDirectory } from '../../support/leftovers.ts';
import { publishVersion } from '../../support/model-versions.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { until } from '../../support/running-spindle.ts';
import { TestConnections } from '../../support/test-connections.ts';

const parts: Part[] = [[30, 15, 10, 'steel', 5, 'milling'], [60, 15, 10, 'copper', 1, 'turning']];

let redis: PrivateRedis;
let connections: TestConnections;
let models: string;
let version: string;
let queue: Queue;
let worker: QueueWorker;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  models = await temporaryDirectory();
  version = await publishVersion(models, 0);
  queue = new Queue('estimates', { connection: connections.jobs, prefix: connections.prefix }).on('error', () => {});
  worker = await startQueueWorker(connections, 'estimates', estimating(connections, models).estimates);
});
afterEach(async () => {
  await worker.stop(Date.now() + 2_000);
  await queue.close();
  await connections.close();
});

/** The answer to a job on the channel that it names, which must arrive once. */
async function replyTo(payload: Partial<JobPayload<'estimate-parts'>>): Promise<EstimateReply> {
  const channel = connections.keys.replies('test');
  await connections.messages.subscribe(channel);
  const message = once(connections.messages, 'message');
  const jobId = randomUUID();
  await queue.add('estimate-parts', { replyTo: channel, version, parts, requestIds: ['r'], ...payload }, { ...jobs['estimate-parts'].options, jobId });
  const [, text] = (await message) as [string, string];
  const reply = estimateReplySchema.parse(JSON.parse(text));
  expect(reply.jobId).toBe(jobId);
  return reply;
}

test('the parts are answered in order by the version asked for, and cached under it', async () => {
  const expected = (await new ModelReader(models).load(version)).estimate(parts);
  expect(await replyTo({})).toMatchObject({ estimates: expected });
  const cache = new EstimateCache(connections.jobs, connections.keys);
  await until('the cache has them', async () => (await cache.find(version, parts.map(canonical))).every((entry, index) => entry === JSON.stringify(expected[index])));
});

test('the version asked for answers, also after another became current', async () => {
  const later = await publishVersion(models, 1_000);
  const values = async (asked: string): Promise<number[]> => {
    const reply = await replyTo({ version: asked });
    return 'estimates' in reply ? reply.estimates.map(([value]) => value) : [];
  };
  expect([await values(version), await values(later)]).toEqual([[526.457, 1_866.057], [1_526.457, 2_866.057]]);
});

test('a version that is not there is answered with not_found at once, not with silence', async () => {
  await rm(join(models, version), { recursive: true });
  expect(await replyTo({})).toMatchObject({ error: { code: 'not_found', message: `there is no model version ${version}` } });
});

test('a damaged version is answered with model_refused and the reason', async () => {
  await rm(join(models, version, 'model.json'));
  expect(await replyTo({})).toMatchObject({ error: { code: 'model_refused', message: 'model.json is missing' } });
});

test('a part of another kind than the version takes is answered, not retried', async () => {
  expect(await replyTo({ parts: [['thirty', 15, 10, 'steel', 5, 'milling']] })).toMatchObject({ error: { code: 'internal', message: 'x_cm cannot be "thirty"' } });
});

test('missing values and unknown levels are estimated with their flags, and each has an answer of its own in the cache', async () => {
  const strange: Part[] = [[30, 15, 10, 'wood', 5, 'milling'], [30, 15, 10, 'cork', 5, 'milling'], [30, 15, 10, null, 5, 'milling'], [30, 15, 10, 'steel', 5, 'milling']];
  const reply = await replyTo({ parts: strange });
  const flags = 'estimates' in reply ? reply.estimates.map(([, , , one]) => one) : [];
  expect(flags).toEqual([['material "wood" is unknown: no training part has it'], ['material "cork" is unknown: no training part has it'], ['material is missing'], []]);
  const cache = new EstimateCache(connections.jobs, connections.keys);
  await until('the cache has them', async () => (await cache.find(version, strange.map(canonical))).every((entry, index) => entry !== null && JSON.stringify((JSON.parse(entry) as unknown[])[3]) === JSON.stringify(flags[index])));
});
