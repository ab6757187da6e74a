import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Training, type TrainingEnd, TrainingStore } from '../../common/training-store.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { TestConnections } from '../support/test-connections.ts';
import { trainingOf } from '../support/trainings.ts';

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

async function stored(changes: Partial<Training> = {}): Promise<Training> {
  const training = trainingOf(changes);
  for (let chunk = 0; chunk < training.chunks; chunk++) await connections.jobs.set(connections.keys.trainingRows(training.id, chunk), 'rows', 'EX', 50);
  await store.create(training);
  return training;
}

const rowKeys = async (): Promise<string[]> => (await connections.left()).filter((key) => key.includes(':rows:'));

const success: TrainingEnd = { state: 'succeeded', version: '20261122T000000Z-aaaaaa', verdict: 'promoted', reason: 'a "gain"\nof 3 min' };
const failure: TrainingEnd = { state: 'failed', reason: 'no rows', code: 'empty_file', errors: [] };

test('a training comes back as it was stored, from one step to the next', async () => {
  const training = await stored();
  expect(await store.find(training.id)).toEqual(training);
  expect(await store.begin(training.id)).toBe(true);
  await store.report(training.id, { stage: 'choosing', detail: 'ridge', progress: 0.25 });
  const started_at = expect.any(String) as unknown;
  expect(await store.find(training.id)).toEqual({ ...training, state: 'running', stage: 'choosing', detail: 'ridge', progress: 0.25, started_at });
  expect(await store.beginPublishing(training.id)).toBe(true);
  expect(await store.finish(training.id, success)).toBe(true);
  expect(await store.find(training.id)).toEqual({ ...training, ...success, progress: 1, started_at, finished_at: expect.any(String) as unknown });
});

test('one that was stored before there were promote, detail and started_at is read as without them', async () => {
  const { id, ...training } = await stored();
  await connections.jobs.hdel(connections.keys.training(id), 'promote', 'detail', 'started_at');
  expect(await store.find(id)).toEqual({ id, ...training });
});

test('it lives as long as results do, its rows until it has ended', async () => {
  const { id } = await stored();
  const keys = (await connections.left()).filter((key) => !key.endsWith('-index'));
  expect(keys).toHaveLength(4);
  for (const key of keys) expect(await connections.jobs.ttl(`${connections.prefix}:${key}`)).toBeGreaterThan(990);
  await store.begin(id);
  await store.handBack(id);
  expect(await rowKeys()).toHaveLength(3);
  await store.finish(id, failure);
  expect(await rowKeys()).toEqual([]);
  expect(await connections.jobs.ttl(connections.keys.training(id))).toBeGreaterThan(900);
});

describe('cancelling', () => {
  test.each([['queued', async () => {}], ['running', async (id: string) => void (await store.begin(id))]])('ends one that is %s, and lets go of its rows; again changes nothing', async (_state, before) => {
    const { id } = await stored();
    await before(id);
    expect(await store.cancel(id)).toBe(true);
    const cancelled = await store.find(id);
    expect(cancelled).toMatchObject({ state: 'cancelled', stage: null, version: null, finished_at: expect.any(String) as unknown });
    expect(await rowKeys()).toEqual([]);
    expect(await store.cancel(id)).toBe(false);
    expect(await store.find(id)).toEqual(cancelled);
  });

  test('is final: nothing that its trainer still writes changes it', async () => {
    const { id } = await stored();
    await store.begin(id);
    await store.cancel(id);
    const cancelled = await store.find(id);
    await store.report(id, { stage: 'choosing', detail: null, progress: 0.5 });
    await store.handBack(id);
    expect([await store.begin(id), await store.beginPublishing(id), await store.finish(id, success), await store.finish(id, failure)]).toEqual([false, false, false, false]);
    expect(await store.find(id)).toEqual(cancelled);
  });

  test('comes too late once it is being published, also for what is said of its progress afterwards, and works again after a hand-back', async () => {
    const { id } = await stored();
    await store.begin(id);
    expect(await store.beginPublishing(id)).toBe(true);
    await store.report(id, { stage: 'evaluating', detail: null, progress: 0.9 }); // a late write
    expect(await store.cancel(id)).toBe(false);
    expect(await store.state(id)).toBe('running');
    await store.handBack(id);
    expect(await store.cancel(id)).toBe(true);
  });

  test.each([success, failure])('comes too late for one that has $state', async (end) => {
    const { id } = await stored();
    await store.begin(id);
    await store.finish(id, end);
    expect(await store.cancel(id)).toBe(false);
    expect(await store.state(id)).toBe(end.state);
  });

  test('and publishing at the same time: one of them wins, never both', async () => {
    const trainings = await Promise.all(Array.from({ length: 30 }, () => stored({ chunks: 0 })));
    const other = new TrainingStore(connections.requests, connections.keys, 1_000);
    const outcomes = await Promise.all(
      trainings.map(async ({ id }, n) => {
        await store.begin(id);
        const steps = [() => store.beginPublishing(id), () => other.cancel(id)];
        const done = await Promise.all((n % 2 === 0 ? steps : steps.reverse()).map((step) => step()));
        return done.filter(Boolean).length;
      }),
    );
    expect(new Set(outcomes)).toEqual(new Set([1]));
  });
});

test('one that was refused leaves nothing', async () => {
  const { id, chunks } = trainingOf();
  for (let chunk = 0; chunk < chunks; chunk++) await connections.jobs.set(connections.keys.trainingRows(id, chunk), 'rows');
  await store.discard(id, chunks);
  expect(await connections.left()).toEqual([]);
  expect(await store.find(id)).toBeUndefined();
});

test('no step brings back half of a training that has expired', async () => {
  const id = randomUUID();
  await store.report(id, { stage: 'choosing', detail: null, progress: 0.5 });
  await store.handBack(id);
  expect([await store.begin(id), await store.beginPublishing(id), await store.cancel(id), await store.finish(id, success)]).toEqual([false, false, false, false]);
  expect(await store.state(id)).toBeUndefined();
  expect(await connections.left()).toEqual([]);
});

test('the list shows the newest first and leaves out what has expired', async () => {
  const [old, recent, latest] = [5_000_000, 2_000, 0].map((age) => new Date(Date.now() - age).toISOString());
  const trainings = [await stored({ created_at: recent ?? '' }), await stored({ created_at: old ?? '' }), await stored({ created_at: latest ?? '' })];
  expect((await store.list(10)).map(({ id }) => id)).toEqual([trainings[2]?.id, trainings[0]?.id]);
});
