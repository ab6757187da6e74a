import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readdir, rm, writeFile } from 'node:fs/promises';
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
import { trainingOf } from '../support/trainings.ts';

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

/** Minutes of a shop that is twice as slow as the demonstration's: whatever learns from it beats a model that has not. */
const slower = (cells: string[]): string[] => [...cells.slice(0, -1), String(2 * Number(cells.at(-1)))];

/** Stores an upload of parts like the demonstration's and queues its training, as the API does. */
async function upload(rows: number, edit = slower): Promise<string> {
  const id = randomUUID();
  const [header, ...records] = [...demonstrationRecords(rows, 5)].flat();
  const chunks = new ChunkStore(redis);
  let chunk = 0;
  for (let from = 0; from < records.length; from += 1_000) {
    const piece = records.slice(from, from + 1_000).map(({ line, cells }) => ({ line, cells: edit(cells) }));
    await chunks.put(keys.trainingRows(id, chunk++), piece, 600);
  }
  await trainings().create(trainingOf({ id, file_name: 'finished.csv', columns: header?.cells ?? [], rows, chunks: chunk, sha256: 'abc', request_id: 'test' }));
  await queue.add('train-model', { trainingId: id }, { ...jobs['train-model'].options, jobId: id });
  return id;
}

/** Resolves when a training is being fitted. */
async function untilFitting(id: string): Promise<void> {
  await expect.poll(async () => (await trainings().find(id))?.stage, { interval: 20, timeout: 20_000 }).toBe('choosing');
}

/** The training once it is as wanted, looked at whenever the trainer logs. */
async function settled(trainer: SpindleProcess, id: string): Promise<Training> {
  await trainer.untilLogged((line) => line['training'] === id && /^(trained|training failed)$/.test(line.msg), 80_000);
  const training = await trainings().find(id);
  if (!training) throw new Error('the training is gone');
  return training;
}

describe('the trainer', () => {
  it('makes the first model without Redis, and works on once Redis is there', async () => {
    await server.kill();
    const trainer = await SpindleProcess.start('trainer', environment, 40_000);
    const version = await reader().current();
    expect(version).toBeDefined();
    await server.restart();
    expect(await settled(trainer, await upload(200))).toMatchObject({ state: 'succeeded', progress: 1 });
    await trainer.stop();
  }, 60_000);

  it('trains on an upload, makes the version current, tells of it, and answers its health port meanwhile', async () => {
    await publishVersion(models, 1);
    const trainer = await SpindleProcess.start('trainer', environment);
    const news: string[] = [];
    const messages = server.connect();
    messages.on('message', (_, version) => news.push(version));
    await messages.subscribe(keys.modelNews());
    const id = await upload(400);
    const { health_port } = (await trainer.ready()) as unknown as { health_port: number };
    await untilFitting(id);
    const ready = await fetch(`http://127.0.0.1:${health_port}/readyz`);
    expect(ready.status).toBe(200);
    expect((await trainings().find(id))?.state).toBe('running');
    const training = await settled(trainer, id);
    expect(training).toMatchObject({ state: 'succeeded', stage: null, progress: 1, verdict: 'promoted' });
    expect(await reader().current()).toBe(training.version);
    expect(news).toContain(training.version);
    expect((await reader().metadata(training.version ?? '')).report.data).toMatchObject({ source: 'finished.csv', sha256: 'abc', rows_used: 400 });
    expect((await queue.getJob(id))?.progress).toBeGreaterThan(0.9);
    expect(await queue.getGlobalConcurrency()).toBe(1);
    expect(await trainer.stop()).toEqual({ code: 0, signal: null });
  }, 200_000);

  it('ends a training that is cancelled while it is fitted, publishes nothing of it, and takes the next', async () => {
    const before = await publishVersion(models, 1);
    const trainer = await SpindleProcess.start('trainer', environment);
    const id = await upload(3_000);
    await untilFitting(id);
    expect(await trainings().cancel(id)).toBe(true);
    await trainer.untilLogged((line) => line['training'] === id && line.msg === 'training cancelled', 5_000);
    await expect.poll(async () => (await queue.getJob(id))?.getState()).toBe('completed');
    expect(await trainings().find(id)).toMatchObject({ state: 'cancelled', version: null });
    expect(await readdir(models)).toEqual(expect.arrayContaining([before, 'current']));
    expect(await reader().list()).toEqual([before]);
    expect(await redis.exists(keys.trainingRows(id, 0))).toBe(0);
    expect(await settled(trainer, await upload(200))).toMatchObject({ state: 'succeeded' });
    await trainer.stop();
  }, 200_000);

  it('passes over a training that was cancelled while it waited', async () => {
    await publishVersion(models, 1);
    const id = await upload(200);
    await trainings().cancel(id);
    const trainer = await SpindleProcess.start('trainer', environment);
    await expect.poll(async () => (await queue.getJob(id))?.getState(), { timeout: 5_000 }).toBe('completed');
    expect((await trainings().find(id))?.started_at).toBeNull();
    expect(await reader().list()).toHaveLength(1);
    await trainer.stop();
  }, 30_000);

  it('goes on after a restart with the full model that follows the quick one, and a training goes before it', async () => {
    const background = (line: { msg: string }): boolean => line.msg.includes('training the full one in the background');
    const first = await SpindleProcess.start('trainer', environment, 40_000);
    const quick = await reader().current();
    await first.untilLogged(background);
    expect(await first.stop()).toEqual({ code: 0, signal: null });
    expect(first.log.map(({ msg }) => msg)).toContain('put off training the full demonstration model');
    expect(await reader().list()).toEqual([quick]);

    const next = await SpindleProcess.start('trainer', environment);
    await next.untilLogged(background);
    const training = await settled(next, await upload(200));
    expect(training).toMatchObject({ state: 'succeeded', verdict: 'promoted' });
    expect(await reader().current()).toBe(training.version);
    // The shop's own version is current now: the demonstration's full one is not wanted any more.
    await next.stop();
    const last = await SpindleProcess.start('trainer', environment);
    await last.stop();
    expect(last.log.some(background)).toBe(false);
    expect(await reader().current()).toBe(training.version);
  }, 200_000);

  it('says in the training why data cannot be used, and keeps the current version', async () => {
    const before = await publishVersion(models, 1);
    const trainer = await SpindleProcess.start('trainer', environment);
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

  it('hands the training under way back at once on SIGTERM; the next trainer does it', async () => {
    await publishVersion(models, 1);
    const trainer = await SpindleProcess.start('trainer', { ...environment, SHUTDOWN_SECONDS: '60' });
    const id = await upload(400);
    await untilFitting(id);
    const exit = trainer.stop();
    expect(await Promise.race([exit, once(AbortSignal.timeout(10_000), 'abort')])).toEqual({ code: 0, signal: null });
    expect(await trainings().find(id)).toMatchObject({ state: 'queued', stage: null, progress: 0 });
    const next = await SpindleProcess.start('trainer', environment);
    expect(await settled(next, id)).toMatchObject({ state: 'succeeded' });
    await next.stop();
  }, 200_000);

  it('takes a training over whose trainer was killed, and gives one up that has killed three', async () => {
    await publishVersion(models, 1);
    const [id, deadly] = [await upload(400), randomUUID()];
    const killed = await SpindleProcess.start('trainer', environment);
    await untilFitting(id);
    await killed.kill();
    const next = await SpindleProcess.start('trainer', environment);
    expect(await settled(next, id)).toMatchObject({ state: 'succeeded' });

    await trainings().create(trainingOf({ id: deadly, state: 'running' }));
    await next.stop();
    const job = await queue.add('train-model', { trainingId: deadly }, { ...jobs['train-model'].options, jobId: deadly });
    await redis.hset(`${keys.prefix}:training:${job.id ?? ''}`, 'stc', 3);
    const last = await SpindleProcess.start('trainer', environment);
    expect(await settled(last, deadly)).toMatchObject({ state: 'failed', code: 'out_of_memory', reason: expect.stringContaining('its trainer died 3 times') as unknown });
    await last.stop();
  }, 200_000);

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
