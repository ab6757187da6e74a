import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { trainingViewSchema } from '../../api/routes/trainings.ts';
import { ModelReader } from '../../common/model/model-reader.ts';
import { demonstrationParts } from '../../trainer/demonstration.ts';
import { temporaryDirectory } from '../support/leftovers.ts';
import { estimateSchema, exampleQuery } from '../support/model-versions.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { RunningSpindle, ask, json, problem, until } from '../support/running-spindle.ts';
import { SpindleProcess } from '../support/spindle-process.ts';

let redis: PrivateRedis;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());

const eventSchema = z.looseObject({ state: z.string(), detail: z.string().nullish(), progress: z.number() });

/** Finished parts of a shop that takes so many times the demonstration's minutes. */
function finishedParts(rows: number, times: number): string {
  const parts = [...demonstrationParts(rows, 5)].map(({ time_min, ...part }) => [...Object.values(part), times * time_min].join(','));
  return ['x_cm,y_cm,z_cm,material,complexity,process,time_min', ...parts].join('\n');
}

const minutes = async (spindle: RunningSpindle) => json(await spindle.get(exampleQuery), estimateSchema);
const trainingOf = async (spindle: RunningSpindle, id: string) => json(await spindle.get(`/v1/trainings/${id}`), trainingViewSchema);
const upload = async (spindle: RunningSpindle, csv: string, query = '') => json(await spindle.upload(`/v1/trainings${query}`, csv), trainingViewSchema, 202);
const cancel = (spindle: RunningSpindle, id: string) => ask(`${spindle.url}/v1/trainings/${id}`, { method: 'DELETE' });

describe('a training', () => {
  let spindle: RunningSpindle;
  let trainer: SpindleProcess;
  beforeAll(async () => {
    spindle = await RunningSpindle.start(redis);
    trainer = await SpindleProcess.start('trainer', spindle.environment);
  });
  afterAll(async () => {
    await trainer.stop();
    await spindle.stop();
  });

  test('is followed by events to its end; then everybody answers with its version', async () => {
    const before = await minutes(spindle);
    const { id } = await upload(spindle, finishedParts(300, 2));
    const { text, headers } = await ask(`${spindle.url}/v1/trainings/${id}/events`, {}, 90_000);
    expect(headers.get('content-type')).toBe('text/event-stream');
    const events = text.trimEnd().split('\n\n').map((block) => ({ event: /^event: (.*)$/m.exec(block)?.[1], data: eventSchema.parse(JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? '')) }));
    const progress = events.map(({ data }) => data.progress);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(events.map(({ data }) => data.detail)).toContain('Gaussian process');
    expect(events.at(-1)).toMatchObject({ event: 'end', data: { state: 'succeeded', progress: 1, verdict: 'promoted' } });
    const { version } = await trainingOf(spindle, id);
    await until('the new version', async () => (await minutes(spindle)).model_version === version, 5_000);
    expect((await minutes(spindle)).time_min / before.time_min).toBeCloseTo(2, 1);
    expect(problem(await cancel(spindle, id))).toMatchObject({ status: 409, code: 'already_finished' });
  });

  test('that is cancelled while it runs or waits publishes nothing, holds up nobody, and stays cancelled', async () => {
    const before = await minutes(spindle);
    const versions = await new ModelReader(spindle.models).list();
    const running = await upload(spindle, finishedParts(3_000, 3));
    const waiting = await upload(spindle, finishedParts(200, 4));
    await until('it is fitted', async () => (await trainingOf(spindle, running.id)).stage === 'choosing', 30_000);
    for (const { id } of [waiting, running]) expect(json(await cancel(spindle, id), trainingViewSchema, 202)).toMatchObject({ id, state: 'cancelled' });
    await trainer.untilLogged((line) => line['training'] === running.id && line.msg === 'training cancelled', 5_000);
    expect(json(await cancel(spindle, running.id), trainingViewSchema, 202).state).toBe('cancelled');
    expect(await new ModelReader(spindle.models).list()).toEqual(versions);
    expect((await minutes(spindle)).model_version).toBe(before.model_version);

    // Whatever the gate makes of it: the operator wants it.
    const next = await upload(spindle, finishedParts(200, 5), '?promote=true');
    expect(next.promote).toBe(true);
    await until('the next one ends', async () => (await trainingOf(spindle, next.id)).finished_at !== null, 90_000);
    const { state, version } = await trainingOf(spindle, next.id);
    expect(state).toBe('succeeded');
    await until('its version', async () => (await minutes(spindle)).model_version === version, 5_000);
    for (const { id } of [waiting, running]) expect((await trainingOf(spindle, id)).state).toBe('cancelled');
  });
});

test('a first start answers with a quick model, and with the full one when that is ready, through a kill in between', async () => {
  const models = await temporaryDirectory();
  const first = await SpindleProcess.start('trainer', { ...redis.environment(), MODELS_DIR: models }, 40_000);
  const quick = await new ModelReader(models).current();
  const spindle = await RunningSpindle.start(redis, { models });
  expect((await minutes(spindle)).model_version).toBe(quick);
  await first.untilLogged(({ msg }) => msg.includes('training the full one in the background'));
  await first.kill();

  const second = await SpindleProcess.start('trainer', spindle.environment);
  expect((await minutes(spindle)).model_version).toBe(quick);
  const { version, verdict } = z.looseObject({ version: z.string(), verdict: z.string() }).parse(await second.untilLogged(({ msg }) => msg === 'trained the full demonstration model', 100_000));
  expect(verdict).toBe('promoted');
  await until('the full model', async () => (await minutes(spindle)).model_version === version, 5_000);
  const reports = await Promise.all([quick ?? '', version].map(async (one) => (await new ModelReader(models).metadata(one)).report));
  expect(reports.map((report) => report.quick ?? false)).toEqual([true, false]);
  await second.stop();
  await spindle.stop();
}, 200_000);
