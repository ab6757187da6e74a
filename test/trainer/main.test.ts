import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChunkStore } from '../../common/chunk-store.ts';
import { jobs } from '../../common/jobs.ts';
import { ModelReader } from '../../common/model/model-reader.ts';
import { RedisKeys } from '../../common/redis-keys.ts';
import { type Training, TrainingStore } from '../../common/training-store.ts';
import { demonstrationRecords } from '../../trainer/demonstration.ts';
import { temporaryDirectory } from '../support/leftovers.ts';
import { publishVersion } from '../support/model-versions.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { SpindleProcess } from '../support/spindle-process.ts';

let server: PrivateRedis;
let redis: Redis;
let keys: RedisKeys;
let queue: Queue;
let models: string;
let environment: Record<string, string>;

beforeEach(async () => {
  server = await PrivateRedis.start();
  redis = server.connect();
  environment = server.environment();
  keys = new RedisKeys(environment['QUEUE_PREFIX'] ?? '');
  queue = new Queue('training', { connection: redis, prefix: keys.prefix });
  queue.on('error', () => {}); // the server is taken away below
  models = await temporaryDirectory();
  environment = { ...environment, MODELS_DIR: models };
});
afterEach(async () => {
  await queue.close();
  await server.stop();
});

const reader = () => new ModelReader(models);
const trainings = () => new TrainingStore(redis, keys, 3_600);

/** Stores an upload of demonstration parts and queues its training, as the API does. */
async function upload(rows: number, edit: (cells: string[]) => string[] = (cells) => cells): Promise<string> {
  const id = randomUUID();
  const [header, ...records] = [...demonstrationRecords(rows, 5)].flat();
  const chunks = new ChunkStore(redis);
  let chunk = 0;
  for (let from = 0; from < records.length; from += 1_000) {
    const piece = records.slice(from, from + 1_000).map(({ line, cells }) => ({ line, cells: edit(cells) }));
    await chunks.put(keys.trainingRows(id, chunk++), piece, 600);
  }
  const training: Training = { id, created_at: new Date().toISOString(), file_name: 'finished.csv', columns: header?.cells ?? [], rows, chunks: chunk, sha256: 'abc', target: null, request_id: 'test', state: 'queued', stage: null, progress: 0, finished_at: null, version: null, verdict: null, reason: null, code: null, errors: [] };
  await trainings().create(training);
  await queue.add('train-model', { trainingId: id }, { ...jobs['train-model'].options, jobId: id });
  return id;
}

/** The training once it is as wanted, looked at whenever the trainer logs. */
async function settled(trainer: SpindleProcess, id: string): Promise<Training> {
  await trainer.untilLogged((line) => line['training'] === id && /^(trained|training failed)$/.test(line.msg), 60_000);
  const training = await trainings().find(id);
  if (!training) throw new Error('the training is gone');
  return training;
}

describe('the trainer', () => {
  it('makes the first model without Redis, and works on once Redis is there', async () => {
    await server.kill();
    const trainer = await SpindleProcess.start('trainer', environment);
    const version = await reader().current();
    expect(version).toBeDefined();
    await server.restart();
    const id = await upload(200);
    expect(await settled(trainer, id)).toMatchObject({ state: 'succeeded', verdict: 'promoted', progress: 1 });
    await trainer.stop();
  }, 60_000);

  it('trains on an upload, makes the version current, tells of it, and answers its health port meanwhile', async () => {
    const trainer = await SpindleProcess.start('trainer', environment);
    const news: string[] = [];
    const messages = server.connect();
    messages.on('message', (_, version) => news.push(version));
    await messages.subscribe(keys.modelNews());
    const id = await upload(20_000);
    const { health_port } = (await trainer.ready()) as unknown as { health_port: number };
    const ready = await fetch(`http://127.0.0.1:${health_port}/readyz`);
    expect(ready.status).toBe(200);
    const training = await settled(trainer, id);
    expect(training).toMatchObject({ state: 'succeeded', stage: null, verdict: 'promoted' });
    expect(await reader().current()).toBe(training.version);
    expect(news).toContain(training.version);
    expect((await reader().metadata(training.version ?? '')).report.data).toMatchObject({ source: 'finished.csv', sha256: 'abc', rows_used: 20_000 });
    expect(await queue.getGlobalConcurrency()).toBe(1);
    expect(await trainer.stop()).toEqual({ code: 0, signal: null });
  }, 60_000);

  it('says in the training why data cannot be used, and keeps the current version', async () => {
    const trainer = await SpindleProcess.start('trainer', environment);
    const before = await reader().current();
    const training = await settled(trainer, await upload(50, (cells) => [...cells.slice(0, -1), '7']));
    expect(training).toMatchObject({ state: 'failed', version: null, reason: expect.stringContaining('time_min is 7 in every row') as unknown });
    expect(await reader().current()).toBe(before);
    await trainer.stop();
  }, 60_000);

  it('switches versions, refuses a damaged one, and repairs a damaged current', async () => {
    const [older, newer] = [await publishVersion(models, 1), await publishVersion(models, 2)];
    await rm(join(models, newer, 'model.json'));
    const trainer = await SpindleProcess.start('trainer', environment);
    expect(await reader().current()).toBe(newer);
    const switching = new Queue('switching', { connection: redis, prefix: keys.prefix });
    const set = async (version: string) => switching.add('set-current', { version, requestId: 'test' }, { ...jobs['set-current'].options, jobId: randomUUID() });
    await set(older);
    await trainer.untilLogged((line) => line.msg === 'current model version set');
    expect(await reader().current()).toBe(older);
    const refused = await set(newer);
    await expect.poll(() => refused.getState()).toBe('failed');
    expect((await switching.getJob(refused.id ?? ''))?.failedReason).toContain('model.json is missing');
    await switching.close();
    expect(await reader().current()).toBe(older);
    await trainer.stop();
  }, 60_000);

  it('hands a training that it cannot finish back on SIGTERM; the next trainer does it', async () => {
    const trainer = await SpindleProcess.start('trainer', { ...environment, SHUTDOWN_SECONDS: '2' });
    const id = await upload(60_000);
    await expect.poll(async () => (await trainings().find(id))?.state, { interval: 20, timeout: 10_000 }).toBe('running');
    expect((await trainer.stop()).code).toBe(0);
    expect((await trainings().find(id))?.state).toBe('queued');
    const next = await SpindleProcess.start('trainer', environment);
    expect(await settled(next, id)).toMatchObject({ state: 'succeeded' });
    await next.stop();
  }, 90_000);

  it('ends with one clear line where it cannot work at all', async () => {
    await writeFile(join(models, 'file'), '');
    const wrong = new SpindleProcess('trainer', { ...environment, MODELS_DIR: join(models, 'file') });
    expect(await wrong.exited).toEqual({ code: 1, signal: null });
    expect(wrong.stderr).toMatch(/^spindle trainer: the models folder .* cannot be written: .*\n$/);
    const misspelt = new SpindleProcess('trainer', { ...environment, MODELS_KEEP: 'many' });
    expect(await misspelt.exited).toEqual({ code: 1, signal: null });
    expect(misspelt.stderr).toContain('MODELS_KEEP: expected a whole number from 1 to 10000');
  }, 30_000);
});
