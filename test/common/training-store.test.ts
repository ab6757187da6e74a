import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Training, TrainingStore } from '../../common/training-store.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { TestConnections } from '../support/test-connections.ts';

let redis: PrivateRedis;
let connections: TestConnections;
let store: TrainingStore;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  store = new TrainingStore(connections.jobs, connections.keys, 1_000);
});
afterEach(() => connections.close());

function trainingOf(changes: Partial<Training> = {}): Training {
  return {
    id: randomUUID(),
    created_at: new Date().toISOString(),
    file_name: null,
    columns: ['x_cm', 'time_min'],
    rows: 2_500,
    chunks: 3,
    sha256: 'a',
    target: null,
    request_id: 'r',
    state: 'queued',
    stage: null,
    progress: 0,
    finished_at: null,
    version: null,
    verdict: null,
    reason: null,
    code: null,
    errors: [],
    ...changes,
  };
}

async function stored(changes: Partial<Training> = {}): Promise<Training> {
  const training = trainingOf(changes);
  for (let chunk = 0; chunk < training.chunks; chunk++) await connections.jobs.set(connections.keys.trainingRows(training.id, chunk), 'rows', 'EX', 50);
  await store.create(training);
  return training;
}

test('a training comes back as it was stored, and changes field by field', async () => {
  const training = await stored();
  expect(await store.find(training.id)).toEqual(training);
  const changes = { state: 'succeeded', progress: 1, version: '20261122T000000Z-aaaaaa', verdict: 'promoted', reason: 'a "gain"\nof 3 min', stage: null } as const;
  await store.update(training.id, changes);
  expect(await store.find(training.id)).toEqual({ ...training, ...changes });
});

test('it lives as long as results do, its rows as well', async () => {
  await stored();
  const keys = (await connections.left()).filter((key) => !key.endsWith('-index'));
  expect(keys).toHaveLength(4);
  for (const key of keys) expect(await connections.jobs.ttl(`${connections.prefix}:${key}`)).toBeGreaterThan(990);
});

test('one that was refused leaves nothing', async () => {
  const { id, chunks } = trainingOf();
  for (let chunk = 0; chunk < chunks; chunk++) await connections.jobs.set(connections.keys.trainingRows(id, chunk), 'rows');
  await store.discard(id, chunks);
  expect(await connections.left()).toEqual([]);
  expect(await store.find(id)).toBeUndefined();
});

test('the end of a training that has expired does not bring back half of it', async () => {
  await store.update(randomUUID(), { state: 'succeeded', progress: 1 });
  expect(await connections.left()).toEqual([]);
});

test('the list shows the newest first and leaves out what has expired', async () => {
  const [old, recent, latest] = [5_000_000, 2_000, 0].map((age) => new Date(Date.now() - age).toISOString());
  const trainings = [await stored({ created_at: recent ?? '' }), await stored({ created_at: old ?? '' }), await stored({ created_at: latest ?? '' })];
  expect((await store.list(10)).map(({ id }) => id)).toEqual([trainings[2]?.id, trainings[0]?.id]);
});
