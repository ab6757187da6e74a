import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { freePort } from '../../compose/ports.ts';
import { ComposeProject, type Container } from '../support/compose-project.ts';
import { dockerEnvironment } from '../support/docker.ts';

const password = `a b"c\\d$e#${randomBytes(6).toString('hex')}`; // nothing in it may need quoting by the user
const part = 'x=30&y=15&z=10&material=steel&complexity=5&process=milling';
const header = 'part_id,x_cm,y_cm,z_cm,material,complexity,process';
const materials = ['steel', 'aluminum', 'copper'];
const processes = ['turning', 'drilling', 'milling'];

const batchSchema = z.looseObject({ id: z.string(), state: z.string(), model_version: z.string(), counts: z.looseObject({ rows: z.number(), estimated: z.number() }) });
const trainingSchema = z.looseObject({ id: z.string(), state: z.string(), version: z.string().nullish() });
const scheduleSchema = z.looseObject({ id: z.string(), state: z.string(), reason: z.string().nullable(), summary: z.looseObject({ objective: z.number(), lower_bound: z.number() }).nullish(), schedule: z.looseObject({ operations: z.array(z.unknown()) }).nullish() });
const predictionSchema = z.looseObject({ time_min: z.number(), model_version: z.string() });

let spindle: ComposeProject;
let url: string;

/** Row `n` of a made-up list of parts; all rows differ. */
function partRow(n: number): string {
  const at = (step: number, count: number): number => (n * step) % count;
  return [`P${n}`, 10 + at(7, 40_000) / 1_000, 5 + at(11, 25_000) / 1_000, 2 + at(13, 13_000) / 1_000, materials[at(1, 3)], 1 + at(5, 9), processes[at(2, 3)]].join(',');
}

const partList = (rows: number): string => [header, ...Array.from({ length: rows }, (_, n) => partRow(n))].join('\n');

/** Finished parts of a shop that is much slower than the demonstration's. */
const finishedParts = (rows: number): string =>
  [`${header},time_min`, ...Array.from({ length: rows }, (_, n) => `${partRow(n)},${2_000 + (n * 7) % 40 + 5 * ((n * 5) % 9)}`)].join('\n');

async function ask(path: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(`${url}${path}`, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${init?.method ?? 'GET'} ${path}: ${response.status} ${text.slice(0, 500)}`);
  return response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
}

const upload = (path: string, csv: string): Promise<unknown> => ask(path, { method: 'POST', headers: { 'content-type': 'text/csv' }, body: csv });

const predict = async (): Promise<z.infer<typeof predictionSchema>> => predictionSchema.parse(await ask(`/predict?${part}`));

async function untilBatch(id: string, fits: (batch: z.infer<typeof batchSchema>) => boolean, timeout: number): Promise<z.infer<typeof batchSchema>> {
  let batch = batchSchema.parse(await ask(`/v1/batches/${id}`));
  await expect.poll(async () => fits((batch = batchSchema.parse(await ask(`/v1/batches/${id}`)))), { timeout, interval: 100 }).toBe(true);
  return batch;
}

/** The ids of the rows that came back with an estimate, in the order of the file. */
async function estimatedIds(batchId: string): Promise<(string | undefined)[]> {
  const [first = '', ...rows] = String(await ask(`/v1/batches/${batchId}/estimates.csv`)).trimEnd().split(/\r?\n/);
  const column = first.split(',').indexOf('time_min');
  return rows.map((row) => (Number(row.split(',')[column]) > 0 ? row.split(',')[0] : `no estimate: ${row}`));
}

const idsOf = (rows: number): string[] => Array.from({ length: rows }, (_, n) => `P${n}`);

/** What tells a container that was replaced or started again from one that ran on. */
const lives = (containers: Container[]): string[] => containers.map(({ Id, State }) => `${Id} ${State.StartedAt}`).sort();

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const environment = { ...(await dockerEnvironment()), PORT: String(port), REDIS_PASSWORD: password, WORKER_SIMULATED_COST_MS: '150', COMPOSE_PROGRESS: 'plain' };
  spindle = new ComposeProject(`spindle-test-${randomBytes(4).toString('hex')}`, environment);
  await spindle.compose('up', '--build', '--detach', '--wait', '--scale', 'worker=3');
});

afterAll(async () => {
  await spindle.remove();
});

describe('docker compose up --build --scale worker=3', () => {
  test('starts Redis, the API, the trainer and three workers, all healthy', async () => {
    const all = await spindle.containers();
    expect(all.map(({ Name, State }) => `${Name.replace(`/${spindle.name}-`, '')} ${State.Health?.Status}`).sort()).toEqual(
      ['api-1', 'redis-1', 'trainer-1', 'worker-1', 'worker-2', 'worker-3'].map((name) => `${name} healthy`),
    );
    expect(await ask('/healthz')).toMatchObject({ status: 'ok' });
    expect(await ask('/readyz')).toMatchObject({ ready: true });
  });

  test('answers GET /predict', async () => {
    expect((await predict()).time_min).toBeGreaterThan(0);
  });

  test('estimates an uploaded list of 10,000 parts, every row once and in order', async () => {
    const { id } = batchSchema.parse(await upload('/v1/batches', partList(10_000)));
    const batch = await untilBatch(id, ({ state }) => state === 'complete', 60_000);
    expect(batch.counts).toMatchObject({ rows: 10_000, estimated: 10_000 });
    expect(await estimatedIds(id)).toEqual(idsOf(10_000));
  });

  test('plans a batch on the shop\'s machines', async () => {
    const { id: batch } = batchSchema.parse(await upload('/v1/batches', partList(30)));
    await untilBatch(batch, ({ state }) => state === 'complete', 30_000);
    await ask('/v1/shop', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: readFileSync('shop.example.json') });
    const body = JSON.stringify({ start: '2026-11-23T06:00', time_limit_s: 2 });
    const { id } = scheduleSchema.parse(await ask(`/v1/batches/${batch}/schedules`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }));
    const look = async () => scheduleSchema.parse(await ask(`/v1/schedules/${id}`));
    await expect.poll(async () => (await look()).state, { timeout: 30_000 }).toMatch(/succeeded|failed/);
    const { state, reason, schedule, summary } = await look();
    expect({ state, reason }).toMatchObject({ state: 'succeeded' });
    expect(schedule?.operations).toHaveLength(30);
    expect(summary?.objective).toBeGreaterThanOrEqual(summary?.lower_bound ?? Infinity);
    expect(await ask(`/v1/schedules/${id}.svg`)).toContain('<svg');
  });

  test('learns from finished parts and answers with the new version, without a restart', async () => {
    const [before, runningBefore] = [await predict(), lives(await spindle.containers())];
    const { id } = trainingSchema.parse(await upload('/v1/trainings', finishedParts(400)));
    let training = trainingSchema.parse(await ask(`/v1/trainings/${id}`));
    await expect.poll(async () => (training = trainingSchema.parse(await ask(`/v1/trainings/${id}`))).state, { timeout: 120_000 }).toMatch(/succeeded|failed/);
    expect(training).toMatchObject({ state: 'succeeded', verdict: 'promoted' });
    await expect.poll(async () => (await predict()).model_version, { timeout: 5_000 }).toBe(training.version);
    const after = await predict();
    expect(after.model_version).not.toBe(before.model_version);
    expect(after.time_min).toBeGreaterThan(1_900);
    expect(lives(await spindle.containers())).toEqual(runningBefore);
  });

  test('completes a batch whose worker is killed, every row once, and replaces the worker', async () => {
    const rows = 40_000;
    const { id } = batchSchema.parse(await upload('/v1/batches', partList(rows)));
    await untilBatch(id, ({ counts }) => counts.estimated > 0, 30_000);
    const [worker] = await spindle.containers('worker');
    const { counts } = batchSchema.parse(await ask(`/v1/batches/${id}`));
    expect(counts.estimated).toBeLessThan(rows); // or the kill below would prove nothing
    // Docker does not restart what docker kill ended, so the process dies as if of itself.
    // Its container ends with it, and may take the messenger along.
    await spindle.docker('exec', String(worker?.Id), 'node', '-e', killWorkerProcess).catch((error: unknown) => {
      if (!String(error).includes('ended with exit code 137')) throw error;
    });
    await untilBatch(id, ({ state }) => state === 'complete', 90_000);
    expect(await estimatedIds(id)).toEqual(idsOf(rows));
    await expect.poll(async () => (await spindle.containers('worker')).map(({ State }) => State.Health?.Status), { timeout: 30_000, interval: 500 }).toEqual(['healthy', 'healthy', 'healthy']);
  });

  test('keeps its queue and results when Redis is restarted', async () => {
    const { id } = batchSchema.parse(await upload('/v1/batches', partList(3_000)));
    await untilBatch(id, ({ state }) => state === 'complete', 30_000);
    await spindle.compose('restart', 'redis');
    await expect.poll(() => ask('/readyz').catch(() => undefined), { timeout: 20_000 }).toMatchObject({ ready: true });
    // Each of the API's connections comes back in its own time: until then it answers 503, to be tried again.
    await expect.poll(() => estimatedIds(id).catch(() => undefined), { timeout: 10_000 }).toEqual(idsOf(3_000));
    await predict();
  });
});

/** Kills the container's node process from within: process 1 is docker-init, which ends with its child. */
const killWorkerProcess = `
  const { readdirSync, readFileSync } = require('node:fs');
  for (const pid of readdirSync('/proc')) {
    if (!/^\\d+$/.test(pid) || pid === '1' || Number(pid) === process.pid) continue;
    if (readFileSync('/proc/' + pid + '/cmdline', 'utf8').includes('worker/main.js')) process.kill(Number(pid), 'SIGKILL');
  }`;

describe('the containers', () => {
  test.each(['api', 'worker', 'trainer', 'redis'])('%s runs without root rights, on a file system that it cannot change', async (service) => {
    expect((await spindle.execute(service, 'id', '-u')).stdout.trim()).not.toBe('0');
    expect((await spindle.execute(service, 'sh', '-c', 'echo x > /usr/x || echo x > /app/x')).code).not.toBe(0);
  });

  test.each([
    ['api', false, /Read-only file system/],
    ['worker', false, /Read-only file system/],
    ['trainer', true, /^$/],
  ])('%s may write models: %s', async (service, allowed, problem) => {
    const { code, stderr } = await spindle.execute(service, 'sh', '-c', 'echo x > /models/.written && rm /models/.written');
    expect(code === 0).toBe(allowed);
    expect(stderr).toMatch(problem);
  });

  test('the image holds what runs and nothing that only builds or tests', async () => {
    const { stdout } = await spindle.execute('api', 'ls', '/app', '/app/node_modules');
    const names = stdout.split(/\s+/);
    expect(names).toEqual(expect.arrayContaining(['dist', 'package.json', 'bullmq', 'express', 'zod']));
    for (const name of ['test', 'vitest', 'typescript', 'tsx', 'oxlint', 'autocannon', 'esbuild', '.env', '.git']) expect(names).not.toContain(name);
  });

  test('Redis is reached by password and from within only, never evicts, and shows its password in no list of processes', async () => {
    const [redis] = await spindle.containers('redis');
    expect(redis?.HostConfig.PortBindings).toEqual({});
    expect(redis?.Args.join(' ')).not.toContain(password);
    const all = 'for file in /proc/[0-9]*/cmdline; do tr "\\0" " " < $file; echo; done';
    expect((await spindle.execute('redis', 'sh', '-c', all)).stdout).not.toContain(password);
    expect((await spindle.execute('redis', 'sh', '-c', 'REDISCLI_AUTH= redis-cli ping')).stdout).toContain('NOAUTH');
    expect((await spindle.execute('redis', 'redis-cli', 'config', 'get', '*')).stdout).toMatch(/maxmemory-policy\nnoeviction[^]*/);
    expect((await spindle.execute('redis', 'redis-cli', 'config', 'get', 'appendonly')).stdout).toContain('yes');
  });
});

test('docker compose stop ends every process by itself, within the grace period', async () => {
  const begin = Date.now();
  await spindle.compose('stop');
  expect(Date.now() - begin).toBeLessThan(25_000);
  const all = await spindle.containers();
  expect(all.map(({ Name, State }) => `${Name} ${State.Status} ${State.ExitCode}`).filter((line) => !line.endsWith('exited 0'))).toEqual([]);
});

test('without a password nothing is started, and the message says what to do', async () => {
  const environment: NodeJS.ProcessEnv = { ...(await dockerEnvironment()) };
  delete environment['REDIS_PASSWORD'];
  const { code, stderr } = await new ComposeProject(`${spindle.name}-none`, environment).tryCompose('up', '--detach');
  expect(code).not.toBe(0);
  expect(stderr).toContain('REDIS_PASSWORD');
  expect(stderr).toContain('copy .env.example to .env');
});
