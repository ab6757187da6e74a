import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Idempotency } from '../../../api/upload/idempotency.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { TestConnections } from '../../support/test-connections.ts';

let redis: PrivateRedis;
let connections: TestConnections;
let idempotency: Idempotency;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  idempotency = new Idempotency(connections.requests, connections.keys, 1_000);
});
afterEach(() => connections.close());

test('of many requests with one key at the same time, one goes ahead', async () => {
  const claims = await Promise.allSettled(Array.from({ length: 10 }, (_, n) => idempotency.claim('key', `request ${n}`)));
  const refused = claims.flatMap((claim) => (claim.status === 'rejected' ? [claim.reason as unknown] : []));
  expect(refused).toHaveLength(9);
  expect(refused).toMatchObject(Array.from({ length: 9 }, () => ({ code: 'idempotency_in_progress', retryable: true })));
  for (const claim of claims) if (claim.status === 'fulfilled') await claim.value.release();
  expect(await connections.left()).toEqual([]);
});

test('once it is done, the key tells what became of it, for as long as results live', async () => {
  const batchId = randomUUID();
  const claim = await idempotency.claim('key', 'a');
  await claim.complete('sha', batchId);
  await claim.release(); // as the route does at its end
  expect((await idempotency.claim('key', 'b')).earlier).toMatchObject({ content: 'sha', batchId });
  expect(await connections.jobs.ttl(connections.keys.idempotency('key'))).toBeGreaterThan(990);
});

test('after a refused upload the key can be used again', async () => {
  await (await idempotency.claim('key', 'a')).release();
  expect(await connections.left()).toEqual([]);
  const again = await idempotency.claim('key', 'b');
  expect(again.earlier).toBeUndefined();
  await again.release();
});

test('the claim of an API that died expires soon', async () => {
  const claim = await idempotency.claim('key', 'a');
  const seconds = await connections.jobs.ttl(connections.keys.idempotency('key'));
  expect(seconds > 5 && seconds <= 15).toBe(true);
  await claim.release();
});

test('a claim that was lost, as with Redis\'s data, does not take away the one that came after', async () => {
  const lost = await idempotency.claim('key', 'a');
  await connections.jobs.del(connections.keys.idempotency('key'));
  const held = await idempotency.claim('key', 'b');
  await lost.release();
  await expect(idempotency.claim('key', 'c')).rejects.toMatchObject({ code: 'idempotency_in_progress' });
  await held.release();
});

test.each(['', ' ', 'a b', 'ä', 'x'.repeat(201), 'a\nb', '\u0000'])('%j is no key', async (key) => {
  await expect(idempotency.claim(key, 'a')).rejects.toMatchObject({ code: 'invalid_query', message: expect.stringContaining('Idempotency-Key') as string });
});

test.each(['x'.repeat(200), '"quoted"', '{a}*?[b]', ':', '__proto__'])('%j is a key like any other', async (key) => {
  const claim = await idempotency.claim(key, 'a');
  await claim.complete('sha', randomUUID());
  expect((await idempotency.claim(key, 'b')).earlier?.content).toBe('sha');
});
