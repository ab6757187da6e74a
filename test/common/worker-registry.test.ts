import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { WorkerRegistry, type WorkerStatus, reportInterval } from '../../common/worker-registry.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { TestConnections } from '../support/test-connections.ts';

let redis: PrivateRedis;
let connections: TestConnections;
let registry: WorkerRegistry;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  registry = new WorkerRegistry(connections.jobs, connections.keys);
});
afterEach(() => connections.close());

const statusOf = (id: string): WorkerStatus => ({ id, version: '20261122T000000Z-aaaaaa', loaded: [], refused: { '20261122T000100Z-bbbbbb': 'model.json is missing' }, started_at: new Date().toISOString() });

test('living workers are listed by id with what they said last', async () => {
  await registry.report(statusOf('b'), false);
  await registry.report(statusOf('a'), false);
  await registry.report({ ...statusOf('b'), version: null }, false);
  const listed = await registry.list();
  expect(listed.map(({ id, version }) => [id, version])).toEqual([['a', '20261122T000000Z-aaaaaa'], ['b', null]]);
});

test('a report outlives a missed repetition, not three', async () => {
  await registry.report(statusOf('a'), false);
  const life = await connections.jobs.pttl(connections.keys.worker('a'));
  expect(life).toBeGreaterThan(2 * reportInterval);
  expect(life).toBeLessThan(4 * reportInterval);
});

test('a worker whose report has expired is forgotten', async () => {
  await registry.report(statusOf('a'), false);
  await connections.jobs.del(connections.keys.worker('a'));
  expect(await registry.list()).toEqual([]);
  expect(await connections.left()).toEqual([]);
});

test('a worker that withdraws leaves nothing', async () => {
  await registry.report(statusOf('a'), false);
  await registry.withdraw('a');
  expect([await registry.list(), await connections.left()]).toEqual([[], []]);
});

test('news goes out to those who listen, a repetition does not', async () => {
  await connections.messages.subscribe(connections.keys.modelNews());
  const message = once(connections.messages, 'message');
  await registry.report(statusOf('quiet'), false);
  await registry.report({ ...statusOf('news'), version: '20261122T000200Z-cccccc' }, true);
  expect(await message).toEqual([connections.keys.modelNews(), '20261122T000200Z-cccccc']);
});
