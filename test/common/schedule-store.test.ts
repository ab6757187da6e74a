import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { ChunkStore, pack } from '../../common/chunk-store.ts';
import { type ScheduleRecord, ScheduleStore, type ScheduleSummary } from '../../common/schedule-store.ts';
import { readScheduleRequest } from '../../common/scheduling/schedule-request.ts';
import { queuedWork } from '../../common/work-records.ts';
import { shopOf } from '../support/planned-shops.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { TestConnections } from '../support/test-connections.ts';

let redis: PrivateRedis;
let connections: TestConnections;
let store: ScheduleStore;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  store = new ScheduleStore(connections.jobs, connections.keys, 1_000);
});
afterEach(() => connections.close());

const summary: ScheduleSummary = { objective_name: 'makespan', objective: 5, lower_bound: 5, gap: 0, status: 'optimal', runtime_s: 1, operations: 1, orders: 1, makespan_min: 5, finish: '2026-11-23T06:05:00Z', late_orders: 0, tardiness_min: 0, unplanned: 0, all_on_time: null };
const progress = { elapsed_s: 1.5, objective: null, lower_bound: 3, gap: 1 };

async function stored(): Promise<ScheduleRecord> {
  const record: ScheduleRecord = { id: randomUUID(), created_at: new Date().toISOString(), batches: [randomUUID()], replans: null, shop_version: '0123456789ab', objective_name: null, time_limit_s: 10, request_id: 'r', ...queuedWork(), progress: null, summary: null };
  await store.create(record, { request: readScheduleRequest({}), shop: shopOf([{ name: 'M', processes: ['p'] }]) });
  return record;
}

const keysOf = async (kind: string): Promise<number> => (await connections.left()).filter((key) => key.endsWith(`:${kind}`)).length;

test('a schedule comes back as it was stored, from one step to the next', async () => {
  const record = await stored();
  expect([await store.find(record.id), await store.list(5)]).toEqual([record, [record]]);
  expect(await store.begin(record.id)).toBe(true);
  await store.report(record.id, progress);
  expect(await store.find(record.id)).toMatchObject({ state: 'running', progress });
  expect(await store.succeed(record.id, await pack({ some: 'schedule' }), summary)).toBe(true);
  expect(await store.find(record.id)).toMatchObject({ state: 'succeeded', progress: null, summary });
  expect(await new ChunkStore(connections.jobs).get(connections.keys.scheduleResult(record.id), z.unknown())).toEqual({ some: 'schedule' });
  expect(await keysOf('order')).toBe(0);
});

test('one that is cancelled stays so, and keeps no result', async () => {
  const { id } = await stored();
  await store.begin(id);
  expect(await store.cancel(id)).toBe(true);
  expect(await store.succeed(id, await pack({}), summary)).toBe(false);
  await store.report(id, progress);
  expect(await store.find(id)).toMatchObject({ state: 'cancelled', progress: null, summary: null });
  expect([await keysOf('result'), await store.begin(id), await store.cancel(id)]).toEqual([0, false, false]);
});

test('a job that runs twice keeps what the first run gave', async () => {
  const { id } = await stored();
  await store.begin(id);
  await store.succeed(id, await pack({ run: 1 }), summary);
  expect(await store.succeed(id, await pack({ run: 2 }), { ...summary, objective: 9 })).toBe(false);
  expect([(await store.find(id))?.summary?.objective, await keysOf('result')]).toEqual([5, 1]);
});

test('one that goes back to the queue begins anew, and one that failed says why', async () => {
  const { id } = await stored();
  await store.begin(id);
  await store.handBack(id);
  expect(await store.find(id)).toMatchObject({ state: 'queued', started_at: null, progress: null });
  await store.begin(id);
  expect(await store.fail(id, { reason: 'no part', code: 'nothing_to_plan', errors: [] })).toBe(true);
  expect(await store.find(id)).toMatchObject({ state: 'failed', reason: 'no part', code: 'nothing_to_plan' });
});
