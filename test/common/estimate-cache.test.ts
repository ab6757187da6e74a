import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { EstimateCache } from '../../common/estimate-cache.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { TestConnections } from '../support/test-connections.ts';

let redis: PrivateRedis;
let connections: TestConnections;
let cache: EstimateCache;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  cache = new EstimateCache(connections.jobs, connections.keys);
});
afterEach(() => connections.close());

const [older, newer] = ['20261122T000000Z-aaaaaa', '20261122T000100Z-bbbbbb'];
const limits = { seconds: 60, cap: 1_000 };

test('an entry comes back under its own version and field only, in the order asked for', async () => {
  await cache.put(older, [['a', '1'], ['b', '2']], limits);
  expect(await cache.find(older, ['b', 'x', 'a', 'b'])).toEqual(['2', null, '1', '2']);
  expect(await cache.find(newer, ['a', 'b'])).toEqual([null, null]);
});

test('nothing is stored under a cap of 0', async () => {
  await cache.put(older, [['a', '1']], { seconds: 60, cap: 0 });
  expect(await connections.left()).toEqual([]);
});

test('every entry expires, however often others are added', async () => {
  for (let n = 0; n < 5; n++) await cache.put(older, [[`${n}`, '1']], { seconds: 1_000, cap: 4 });
  const keys = await connections.left();
  expect(keys).toHaveLength(2);
  for (const key of keys) {
    const seconds = await connections.jobs.ttl(`${connections.prefix}:${key}`);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(1_000);
  }
});

test('a generation gives way when it has lived half its time, and its entries live on as the old one', async () => {
  await cache.put(older, [['a', '1']], limits);
  await connections.jobs.expire(connections.keys.cacheYoung(older), 29);
  await cache.put(older, [['b', '2']], limits);
  expect(await cache.find(older, ['a', 'b'])).toEqual(['1', '2']);
  expect(await connections.jobs.hlen(connections.keys.cacheYoung(older))).toBe(1);
  expect(await connections.jobs.ttl(connections.keys.cacheOld(older))).toBeLessThanOrEqual(29);
});

test('it never holds more than its cap, and what was stored last is there', async () => {
  const job = fc.uniqueArray(fc.integer({ min: 0, max: 60 }).map(String), { minLength: 1, maxLength: 20 });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 30 }), fc.array(job, { minLength: 1, maxLength: 12 }), async (cap, jobs) => {
      const version = `run-${run++}`;
      for (const fields of jobs) {
        await cache.put(version, fields.map((field) => [field, `${cap}`]), { seconds: 60, cap });
        const sizes = await Promise.all([connections.jobs.hlen(connections.keys.cacheYoung(version)), connections.jobs.hlen(connections.keys.cacheOld(version))]);
        expect(sizes[0] + sizes[1]).toBeLessThanOrEqual(cap);
        const last = fields.slice(-Math.floor(cap / 2));
        expect(await cache.find(version, last)).toEqual(last.map(() => `${cap}`));
      }
    }),
    { numRuns: 60 },
  );
});
