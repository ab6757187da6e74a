import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BatchRecord, BatchStore } from '../../common/batch-store.ts';
import { partSchema } from '../support/model-versions.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { TestConnections } from '../support/test-connections.ts';

const version = '20261122T000000Z-aaaaaa';
const resultSeconds = 1_000;
const uploadSeconds = 50;

let redis: PrivateRedis;
let connections: TestConnections;
let store: BatchStore;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  store = new BatchStore(connections.jobs, connections.keys, resultSeconds);
});
afterEach(() => connections.close());

function recordOf(changes: Partial<BatchRecord> = {}): BatchRecord {
  const id = randomUUID();
  return {
    id,
    created_at: new Date().toISOString(),
    file_name: 'parts.csv',
    model_version: version,
    schema: partSchema,
    columns: ['x_cm'],
    accepted: 30,
    rejected: 1,
    blank: 0,
    chunks: 3,
    rejected_chunks: 1,
    fingerprint: `fingerprint of ${id}`,
    request_id: 'r',
    ...changes,
  };
}

/** Writes a batch as an upload does, pieces included. */
async function submitted(changes: Partial<BatchRecord> = {}): Promise<BatchRecord> {
  const record = recordOf(changes);
  const { id } = record;
  const { keys } = connections;
  const pieces = Array.from({ length: record.chunks }, (_, chunk) => [keys.batchRows(id, chunk), keys.batchParts(id, chunk)]).flat();
  for (const key of [...pieces, keys.batchRejected(id, 0)]) await connections.jobs.set(key, 'piece', 'EX', uploadSeconds);
  await store.create(record, uploadSeconds);
  return record;
}

const figures = (rows: number) => ({ rows, flagged: 1, total: rows * 2 });
const timesToLive = async (): Promise<number[]> => Promise.all((await connections.left()).map((key) => connections.jobs.ttl(`${connections.prefix}:${key}`)));

describe('an upload', () => {
  test('leaves nothing that lasts before it is committed', async () => {
    await submitted();
    expect(Math.max(...(await timesToLive()))).toBeLessThanOrEqual(uploadSeconds);
    expect(await store.list(10)).toEqual([]);
  });

  test('that is discarded leaves nothing at all', async () => {
    const { id, chunks, rejected_chunks } = await submitted();
    await store.discard(id, chunks, rejected_chunks);
    expect(await connections.left()).toEqual([]);
  });

  test('that is committed lasts as long as results do, in every piece, and appears in the list', async () => {
    const record = await submitted();
    await store.commit(record);
    const index = await connections.jobs.ttl(connections.keys.batches());
    const others = (await timesToLive()).filter((seconds) => seconds !== index);
    expect(Math.min(...others)).toBeGreaterThan(resultSeconds - 10);
    expect((await store.list(10)).map(({ id }) => id)).toEqual([record.id]);
  });
});

describe('a batch', () => {
  test('is queued, runs, and adds up the figures of its chunks, each counted once however often it ran', async () => {
    const record = await submitted();
    expect(await store.find(record.id)).toMatchObject({ ...record, state: 'queued', estimated: 0, cancel_requested: false, finished_at: null });
    await store.recordChunk(record.id, 0, figures(10));
    await store.recordChunk(record.id, 2, figures(10));
    await store.recordChunk(record.id, 2, figures(10));
    expect(await store.find(record.id)).toMatchObject({ state: 'running', chunks_done: 2, estimated: 20, flagged: 2, total: 40 });
    expect(await store.hasEnded(record.id)).toBe(false);
  });

  test.each<{ done: number[]; cancel: boolean; state: string }>([
    { done: [0, 1, 2], cancel: false, state: 'complete' },
    { done: [0, 1, 2], cancel: true, state: 'complete' },
    { done: [0, 2], cancel: false, state: 'partial' },
    { done: [0], cancel: true, state: 'cancelled' },
    { done: [], cancel: true, state: 'cancelled' },
  ])('with chunks $done done, cancel asked for: $cancel, ends $state, and stays so', async ({ done, cancel, state }) => {
    const { id } = await submitted();
    for (const chunk of done) await store.recordChunk(id, chunk, figures(10));
    if (cancel) await store.requestCancel(id);
    expect(await store.finish(id)).toBe(state);
    const ended = await store.find(id);
    await store.recordChunk(id, 1, figures(10)); // a chunk that was running at the end
    expect(await store.finish(id)).toBe(state);
    expect(await store.find(id)).toMatchObject({ state, finished_at: ended?.finished_at });
    expect(await store.hasEnded(id)).toBe(true);
  });

  test.each([['keeps its parts where they can be planned', 20_000, 3], ['lets go of its parts where they are too many for a schedule', 20_001, 0]])('%s, and its rows, when it ends', async (_name, accepted, kept) => {
    const { id } = await submitted({ accepted });
    await store.finish(id);
    const keys = await connections.left();
    expect(keys.filter((key) => key.includes(':parts:'))).toHaveLength(kept);
    expect(keys.filter((key) => key.includes(':rows:'))).toHaveLength(3);
  });

  test('whose API died between queueing and committing is committed by its end', async () => {
    const record = await submitted();
    await store.finish(record.id);
    expect((await store.list(10)).map(({ id }) => id)).toEqual([record.id]);
    expect(await connections.jobs.ttl(connections.keys.batchRows(record.id, 0))).toBeGreaterThan(resultSeconds - 10);
  });

  test('that has expired has ended, and finishing it brings nothing back', async () => {
    const id = randomUUID();
    expect([await store.find(id), await store.hasEnded(id), await store.instructions(id), await store.finish(id)]).toEqual([undefined, true, undefined, 'cancelled']);
    expect(await connections.left()).toEqual([]);
  });

  test('tells its chunks which version to use and whether to stop', async () => {
    const { id, request_id: requestId } = await submitted();
    expect(await store.instructions(id)).toEqual({ version, over: false, requestId });
    await store.requestCancel(id);
    expect(await store.instructions(id)).toEqual({ version, over: true, requestId });
    const ended = await submitted();
    await store.finish(ended.id);
    expect(await store.instructions(ended.id)).toMatchObject({ over: true });
  });

  test('cannot be cancelled into being once it has expired', async () => {
    const record = await submitted();
    await store.discard(record.id, record.chunks, record.rejected_chunks);
    await store.requestCancel(record.id);
    expect(await connections.left()).toEqual([]);
  });
});

describe('the same content', () => {
  test('is found again while its batch is good', async () => {
    const record = await submitted();
    await store.commit(record);
    expect((await store.findByContent(record.fingerprint))?.id).toBe(record.id);
    expect(await store.findByContent('other')).toBeUndefined();
  });

  test.each(['cancelled', 'partial'] as const)('is not found where the batch ended %s', async (state) => {
    const record = await submitted();
    await store.commit(record);
    if (state === 'cancelled') await store.requestCancel(record.id);
    await store.finish(record.id);
    expect(await store.findByContent(record.fingerprint)).toBeUndefined();
  });
});

test('the list shows the newest first, as many as asked for, without those that have expired', async () => {
  const times = ['2026-11-20T00:00:00.000Z', '2026-11-22T00:00:00.000Z', '2026-11-21T00:00:00.000Z'].map((time) => new Date(Date.parse(time) + Date.now() - Date.parse('2026-11-22T00:05:00.000Z')).toISOString());
  const long = new BatchStore(connections.jobs, connections.keys, 864_000);
  const records = await Promise.all(times.map((created_at) => submitted({ created_at })));
  for (const record of records) await long.commit(record);
  const [first, second, third] = records.map(({ id }) => id);
  expect((await long.list(10)).map(({ id }) => id)).toEqual([second, third, first]);
  expect((await long.list(2)).map(({ id }) => id)).toEqual([second, third]);
  expect((await store.list(10)).map(({ id }) => id)).toEqual([second]); // the others are older than its results live
});

test('versions that unfinished batches are pinned to are known, others are not', async () => {
  const [running, ended] = [await submitted(), await submitted({ model_version: '20261122T000100Z-bbbbbb' })];
  await store.commit(running);
  await store.finish(ended.id);
  expect(await store.pinnedVersions()).toEqual(new Set([version]));
});
