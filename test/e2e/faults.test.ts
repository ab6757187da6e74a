import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { keysUnder } from '../support/leftovers.ts';
import { exampleQuery } from '../support/model-versions.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { type Answer, RunningSpindle, ask, json, until } from '../support/running-spindle.ts';

const batchSchema = z.looseObject({ id: z.string(), state: z.string(), counts: z.looseObject({ accepted: z.number(), estimated: z.number() }) });
const materials = ['steel', 'aluminum', 'copper'];
const processes = ['turning', 'drilling', 'milling'];

/** Planned parts that differ from one another, `part_id` in front. */
function plannedParts(rows: number): string {
  const lines = ['part_id,x_cm,y_cm,z_cm,material,complexity,process'];
  for (let row = 0; row < rows; row++) {
    lines.push(`P${row},${10 + (row % 4_000) / 100},${5 + (row % 2_500) / 100},${2 + (row % 1_300) / 100},${materials[row % 3]},${1 + (row % 9)},${processes[(row >> 2) % 3]}`);
  }
  return `${lines.join('\n')}\n`;
}

let redis: PrivateRedis;
beforeAll(async () => {
  redis = await PrivateRedis.start({ appendonly: true });
});
afterAll(() => redis.stop());

async function batchOf(spindle: RunningSpindle, id: string): Promise<z.infer<typeof batchSchema>> {
  return json(await spindle.get(`/v1/batches/${id}`), batchSchema);
}

async function submit(spindle: RunningSpindle, rows: number): Promise<string> {
  return json(await spindle.upload('/v1/batches', plannedParts(rows)), batchSchema, 202).id;
}

/** The ids in the first column of the results, in their order; every row must carry an estimate. */
function estimatedIds(results: Answer): string[] {
  expect(results.status).toBe(200);
  const [header = '', ...rows] = results.text.trimEnd().split('\n');
  expect(header).toBe('part_id,x_cm,y_cm,z_cm,material,complexity,process,time_min,time_min_low,time_min_high,flags,model_version');
  return rows.map((row) => {
    const cells = row.split(',');
    if (!(Number(cells[7]) > 0)) throw new Error(`a row without an estimate: ${row}`);
    return cells[0] ?? '';
  });
}

const idsOf = (rows: number): string[] => Array.from({ length: rows }, (_, row) => `P${row}`);

describe('a worker that is killed in the middle of 200,000 rows', () => {
  const rows = 200_000;

  test('leaves its work to the others, and each row comes out once', { timeout: 120_000 }, async () => {
    const spindle = await RunningSpindle.start(redis, { workers: 2 });
    const id = await submit(spindle, rows);
    await until('the batch is under way', async () => (await batchOf(spindle, id)).counts.estimated > 10_000);
    const [victim] = spindle.workers.splice(0, 1);
    await victim?.kill();
    expect((await batchOf(spindle, id)).state).toBe('running');
    await until('the batch ends', async () => (await batchOf(spindle, id)).state !== 'running', 60_000);
    expect(await batchOf(spindle, id)).toMatchObject({ state: 'complete', progress: 1, counts: { accepted: rows, estimated: rows, rejected: 0 } });
    expect(estimatedIds(await spindle.get(`/v1/batches/${id}/estimates.csv`))).toEqual(idsOf(rows));
    await spindle.stop();
  });

  test('has its work finished by the one that is started in its place', { timeout: 120_000 }, async () => {
    const spindle = await RunningSpindle.start(redis, { workers: 1 });
    const id = await submit(spindle, rows);
    await until('the batch is under way', async () => (await batchOf(spindle, id)).counts.estimated > 10_000);
    await spindle.workers.pop()?.kill();
    const before = await batchOf(spindle, id);
    expect(before.state).toBe('running');
    await spindle.addWorker();
    const results = await ask(`${spindle.url}/v1/batches/${id}/estimates.csv?wait=true`, {}, 60_000);
    expect(estimatedIds(results)).toEqual(idsOf(rows));
    await spindle.stop();
  });
});

test('a worker that is killed with an interactive job leaves it to another within the deadline', async () => {
  const spindle = await RunningSpindle.start(redis, { workers: 1, worker: { WORKER_SIMULATED_COST_MS: '60000' } });
  const answer = spindle.get(exampleQuery);
  const connection = redis.connect();
  await until('the job is taken', async () => (await connection.llen(`${spindle.prefix}:estimates:active`)) === 1);
  await spindle.addWorker({ WORKER_SIMULATED_COST_MS: '0' });
  await spindle.workers.shift()?.kill();
  expect((await answer).status).toBe(200);
  await spindle.stop();
});

describe('Redis that is restarted', () => {
  test.each([
    ['in order', () => redis.shutDown()],
    ['by kill -9, a second after the upload', async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_100)); // what appendfsync everysec promises to keep
      await redis.kill();
    }],
  ])('%s, gives queued work back, and the batch completes', { timeout: 90_000 }, async (_manner, end) => {
    const rows = 20_000;
    const spindle = await RunningSpindle.start(redis, { workers: 1, worker: { WORKER_SIMULATED_COST_MS: '100' } });
    const id = await submit(spindle, rows);
    await until('the batch is under way', async () => (await batchOf(spindle, id)).counts.estimated > 0);
    await end();
    expect((await spindle.get(`/v1/batches/${id}`)).status).toBe(503);
    await redis.restart();
    await until('service is back', async () => (await spindle.get(exampleQuery)).status === 200, 3_000);
    await until('the batch completes', async () => (await batchOf(spindle, id)).state === 'complete', 60_000);
    expect(estimatedIds(await spindle.get(`/v1/batches/${id}/estimates.csv`))).toEqual(idsOf(rows));
    await spindle.stop();
  });
});

test('an API that is killed during an upload leaves no batch, and what it stored expires', { timeout: 60_000 }, async () => {
  const spindle = await RunningSpindle.start(redis, { workers: 1 });
  const other = await spindle.addApi();
  const socket = connect(Number(new URL(spindle.url).port), '127.0.0.1');
  socket.on('error', () => {}); // the API's end cuts it
  await once(socket, 'connect');
  socket.write('POST /v1/batches HTTP/1.1\r\nhost: test\r\ncontent-type: text/csv\r\ncontent-length: 100000000\r\n\r\n');
  socket.write(plannedParts(20_000));
  const connection = redis.connect();
  const stored = (): Promise<string[]> => keysUnder(connection, `${spindle.prefix}:data:batch`);
  await until('pieces are stored', async () => (await stored()).length >= 10);
  await spindle.apis.shift()?.kill();
  socket.destroy();
  expect(json(await ask(`${other}/v1/batches`), z.looseObject({ batches: z.array(z.unknown()) })).batches).toEqual([]);
  expect(await keysUnder(connection, `${spindle.prefix}:batches`)).not.toContainEqual(expect.stringContaining('chunk'));
  for (const key of await stored()) expect(await connection.ttl(key)).toBeGreaterThan(0);
  await spindle.stop();
});

describe('SIGTERM', () => {
  test('lets a worker finish its chunk and another take the rest', { timeout: 60_000 }, async () => {
    const rows = 30_000;
    const spindle = await RunningSpindle.start(redis, { workers: 2, worker: { WORKER_SIMULATED_COST_MS: '50' } });
    const id = await submit(spindle, rows);
    await until('the batch is under way', async () => (await batchOf(spindle, id)).counts.estimated > 0);
    const [first] = spindle.workers.splice(0, 1);
    expect(await first?.stop()).toEqual({ code: 0, signal: null });
    // A chunk that was cut off would wait for its lock to end; one that was finished is counted at once.
    await until('the batch completes', async () => (await batchOf(spindle, id)).state === 'complete', 8_000);
    expect(estimatedIds(await spindle.get(`/v1/batches/${id}/estimates.csv`))).toEqual(idsOf(rows));
    await spindle.stop();
  });
});
