import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ChunkStore, partsChunkSchema, rowsChunkSchema } from '../../common/chunk-store.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { TestConnections } from '../support/test-connections.ts';

let redis: PrivateRedis;
let connections: TestConnections;
let store: ChunkStore;
const key = (): string => connections.keys.batchRows('b', 0);
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  store = new ChunkStore(connections.jobs);
});
afterEach(() => connections.close());

test('whatever rows are stored come back the same, and expire', async () => {
  const rows = fc.array(fc.array(fc.string({ unit: 'binary' })));
  await fc.assert(
    fc.asyncProperty(rows, async (value) => {
      await store.put(key(), value, 100);
      expect(await store.get(key(), rowsChunkSchema)).toEqual(value);
    }),
    { numRuns: 50 },
  );
  const seconds = await connections.jobs.ttl(key());
  expect(seconds > 90 && seconds <= 100).toBe(true);
});

test('a table takes a fraction of its JSON', async () => {
  const rows = Array.from({ length: 1_000 }, (_, row) => [`P-${row}`, '30.5', '15', '10', 'steel', '5', 'milling']);
  await store.put(key(), rows, 100);
  expect(await connections.jobs.strlen(key())).toBeLessThan(JSON.stringify(rows).length / 3);
});

test('a missing piece is undefined where it may be missing, and not_found where it may not', async () => {
  expect(await store.find(key(), rowsChunkSchema)).toBeUndefined();
  await expect(store.get(key(), rowsChunkSchema)).rejects.toMatchObject({ code: 'not_found' });
});

test('a piece of another shape is refused, not passed on', async () => {
  await store.put(key(), [['text']], 100);
  await expect(store.get(key(), partsChunkSchema)).rejects.toThrow(/expected number/);
});
