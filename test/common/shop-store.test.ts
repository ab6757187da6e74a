import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ShopStore } from '../../common/shop-store.ts';
import { shopOf } from '../support/planned-shops.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { TestConnections } from '../support/test-connections.ts';

let redis: PrivateRedis;
let connections: TestConnections;
let store: ShopStore;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  store = new ShopStore(connections.jobs, connections.keys, 1_000);
});
afterEach(() => connections.close());

const one = shopOf([{ name: 'M', processes: ['p'] }]);
const other = shopOf([{ name: 'M', processes: ['p'], speed: 2 }]);
const life = (version: string): Promise<number> => connections.jobs.ttl(connections.keys.shop(version));

test('there is none at first, and none under a foreign name', async () => {
  expect([await store.currentVersion(), await store.find('../models'), await store.find('0123456789ab')]).toEqual([undefined, undefined, undefined]);
});

test('the shop in use stays; the one before lives as long as results do', async () => {
  const { version: first } = await store.use(one);
  expect([await store.currentVersion(), await store.find(first), await life(first)]).toEqual([first, one, -1]);
  const { version: second, before } = await store.use(other);
  expect([before, await store.currentVersion(), await life(second), (await life(first)) > 900]).toEqual([first, second, -1, true]);
  expect(await store.find(first)).toEqual(one);
  expect(await store.use(other)).toEqual({ version: second, before: second });
  expect(await life(second)).toBe(-1);
});

test('a shop that is planned with is kept from then on, and the one in use keeps no end', async () => {
  const version = await store.keep(one);
  await connections.jobs.expire(connections.keys.shop(version), 10);
  expect(await store.keep(one)).toBe(version);
  expect(await life(version)).toBeGreaterThan(900);
  await store.use(one);
  await store.keep(one);
  expect(await life(version)).toBe(-1);
});
