import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ModelReader } from '../../common/model/model-reader.ts';
import type { Part } from '../../common/part.ts';
import { modelChangeSchema } from '../../common/model/model-history.ts';
import { ModelPublisher } from '../../trainer/model-publisher.ts';
import { temporaryDirectory } from '../support/leftovers.ts';
import { damages, estimateSchema, examplePart, exampleQuery, pointAt, publishVersion } from '../support/model-versions.ts';
import { type OpenApi, answerSchema, openApiSchema, problemsOf } from '../support/open-api.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { type Answer, RunningSpindle, ask, json, problem, until } from '../support/running-spindle.ts';
import { SpindleProcess } from '../support/spindle-process.ts';

const manySchema = z.strictObject({ model_version: z.string(), estimates: z.array(estimateSchema) });
const idSchema = z.looseObject({ id: z.string() });

let redis: PrivateRedis;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());

/** A part that nobody asked for before. */
let asked = 0;
const freshPart = () => ({ ...examplePart, x_cm: 10 + ++asked / 1_000 });
const freshQuery = (): string => exampleQuery.replace('x=30', `x=${10 + ++asked / 1_000}`);

/** The value of a sample in a process's metrics. */
async function metric(url: string, name: string): Promise<number> {
  const { text } = await ask(`${url}/metrics`);
  return Number(text.split('\n').find((line) => line.startsWith(`${name} `))?.split(' ')[1] ?? 0);
}

describe('an estimate', () => {
  let spindle: RunningSpindle;
  beforeAll(async () => void (spindle = await RunningSpindle.start(redis)));
  afterAll(() => spindle.stop());

  test('answers the seed\'s call, with the interval and version beside it', async () => {
    const { model_version, ...numbers } = json(await spindle.get(exampleQuery), estimateSchema);
    expect(numbers).toEqual({ time_min: 526.457, time_min_low: 522.457, time_min_high: 530.457, flags: [] });
    expect((await new ModelReader(spindle.models).current())).toBe(model_version);
    expect(json(await spindle.get(exampleQuery.replace('x=', 'x_cm=')), estimateSchema)).toEqual({ model_version, ...numbers });
  });

  test('says where a part lies beyond what the model has learned from', async () => {
    expect(json(await spindle.get(exampleQuery.replace('x=30', 'x=60').replace('complexity=5', 'complexity=10')), estimateSchema).flags).toEqual(['x_cm 60 is 25 % of the learned range above the learned 50', 'complexity 10 is 13 % of the learned range above the learned 9']);
  });

  test('of one JSON part carries its id, and on request what each feature adds to the average', async () => {
    const { part_id, time_min, explanation } = json(await spindle.post('/v1/estimates?explain=true', { ...examplePart, part_id: 'P-007' }), estimateSchema);
    expect({ part_id, time_min }).toEqual({ part_id: 'P-007', time_min: 526.457 });
    expect(Object.keys(explanation?.contributions ?? {})).toEqual(['x_cm', 'y_cm', 'z_cm', 'material', 'complexity', 'process']);
    expect(Object.values(explanation?.contributions ?? {}).reduce((sum, share) => sum + share, explanation?.average ?? NaN)).toBeCloseTo(time_min, 6);
  });

  test('of twenty parts comes with explanations, which sum to each; more are refused', async () => {
    const parts = Array.from({ length: 21 }, (_, index) => ({ ...examplePart, x_cm: 10 + index }));
    const { estimates } = json(await spindle.post('/v1/estimates?explain=true', { parts: parts.slice(1) }), manySchema);
    expect(estimates).toHaveLength(20);
    for (const { time_min, explanation } of estimates) expect(Object.values(explanation?.contributions ?? {}).reduce((sum, share) => sum + share, explanation?.average ?? NaN)).toBeCloseTo(time_min, 6);
    expect(problem(await spindle.post('/v1/estimates?explain=true', { parts }))).toMatchObject({ status: 413, code: 'too_many_parts', detail: expect.stringMatching(/at most 20 parts in one request with explain=true, got 21/) as string });
  });

  test('of a thousand parts comes in their order, equal parts alike', async () => {
    const parts = Array.from({ length: 1_000 }, (_, index) => ({ ...examplePart, x_cm: 10 + (index % 400) / 10, part_id: index }));
    const { estimates, model_version } = json(await spindle.post('/v1/estimates', { parts }), manySchema);
    const estimator = await new ModelReader(spindle.models).load(model_version);
    const expected = estimator.estimate(parts.map(({ x_cm }): Part => [x_cm, 15, 10, 'steel', 5, 'milling']));
    expect(estimates.map(({ part_id, time_min }) => [part_id, time_min])).toEqual(expected.map(([time], index) => [index, time]));
    expect(new Set(estimates.map((one) => one.model_version))).toEqual(new Set([model_version]));
  });

  test('for hundreds of callers at once takes few jobs, and none for a part that was answered before', async () => {
    const { health_port } = z.looseObject({ health_port: z.number() }).parse(await spindle.workers[0]?.ready());
    const jobs = () => metric(`http://127.0.0.1:${health_port}`, 'spindle_job_duration_seconds_count{job="estimate-parts"}');
    const queries = Array.from({ length: 400 }, freshQuery);
    const before = await jobs();
    const first = await Promise.all(queries.map((query) => spindle.get(query)));
    expect(first.map(({ status }) => status)).toEqual(queries.map(() => 200));
    const needed = (await jobs()) - before;
    expect(needed).toBeGreaterThan(0);
    expect(needed).toBeLessThan(200);
    const cached = await metric(spindle.url, 'spindle_parts_answered_total{from="cache"}');
    const second = await Promise.all(queries.map((query) => spindle.get(query)));
    expect(second.map(({ text }) => text)).toEqual(first.map(({ text }) => text));
    expect(await jobs()).toBe(before + needed);
    expect(await metric(spindle.url, 'spindle_parts_answered_total{from="cache"}')).toBe(cached + 400);
  });

  test('and every other answer is as the API\'s own documentation promises', async () => {
    const document: OpenApi = openApiSchema.parse(JSON.parse((await spindle.get('/openapi.json')).text));
    expect(problemsOf(document)).toEqual([]);
    const { version } = json(await spindle.get('/v1/models'), z.looseObject({ versions: z.array(z.looseObject({ version: z.string() })) })).versions[0] ?? {};
    const csv = 'x_cm,y_cm,z_cm,material,complexity,process\n30,15,10,steel,5,milling\n0,15,10,steel,5,milling\n';
    const uploaded = await spindle.upload('/v1/batches', csv);
    const { id } = json(uploaded, idSchema, 202);
    const training = await spindle.upload('/v1/trainings', csv);
    const put = (body: unknown) => ask(`${spindle.url}/v1/models/current`, { method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
    const cases: [Parameters<typeof answerSchema>[1], string, Answer][] = [
      ['get', '/predict', await spindle.get(exampleQuery)],
      ['get', '/predict', await spindle.get('/predict?x=0')],
      ['post', '/v1/estimates', await spindle.post('/v1/estimates', examplePart)],
      ['post', '/v1/estimates', await spindle.post('/v1/estimates?explain=true', { parts: [examplePart, { ...examplePart, part_id: 5 }] })],
      ['post', '/v1/estimates', await spindle.post('/v1/estimates', { parts: [{}] })],
      ['get', '/v1/schema', await spindle.get('/v1/schema')],
      ['post', '/v1/batches', uploaded],
      ['post', '/v1/batches', await spindle.upload('/v1/batches', csv)],
      ['post', '/v1/batches', await spindle.upload('/v1/batches?dry_run=true', csv)],
      ['post', '/v1/batches', await spindle.upload('/v1/batches', '')],
      ['get', '/v1/batches', await spindle.get('/v1/batches')],
      ['get', '/v1/batches/{id}', await spindle.get(`/v1/batches/${id}`)],
      ['get', '/v1/models', await spindle.get('/v1/models')],
      ['get', '/v1/models/{version}', await spindle.get(`/v1/models/${version}`)],
      ['put', '/v1/models/current', await put({ version: '20200101T000000Z-000000' })],
      ['post', '/v1/trainings', training],
      ['get', '/v1/trainings', await spindle.get('/v1/trainings')],
      ['get', '/v1/trainings/{id}', await spindle.get(`/v1/trainings/${json(training, idSchema, 202).id}`)],
      ['delete', '/v1/trainings/{id}', await ask(`${spindle.url}/v1/trainings/${json(training, idSchema, 202).id}`, { method: 'DELETE' })],
      ['delete', '/v1/trainings/{id}', await ask(`${spindle.url}/v1/trainings/no-id`, { method: 'DELETE' })],
      ['get', '/healthz', await spindle.get('/healthz')],
      ['get', '/readyz', await spindle.get('/readyz')],
    ];
    const wrong = cases.flatMap(([method, path, answer]) => {
      const { error } = answerSchema(document, method, path, answer.status).safeParse(JSON.parse(answer.text));
      return error ? [`${method} ${path} ${answer.status}: ${z.prettifyError(error)}`] : [];
    });
    expect(wrong).toEqual([]);
  });
});

describe('where the worker takes too long', () => {
  test('callers get a 504 at the deadline, and the late answer is there when they ask again', async () => {
    const spindle = await RunningSpindle.start(redis, { api: { ESTIMATE_DEADLINE_MS: '400' }, worker: { WORKER_SIMULATED_COST_MS: '1500', LOG_LEVEL: 'debug' } });
    const query = freshQuery();
    const start = Date.now();
    const answers = await Promise.all([spindle.get(query, { headers: { 'x-request-id': 'order-7' } }), spindle.get(query), spindle.post('/v1/estimates', { parts: [freshPart(), freshPart()] })]);
    expect(Date.now() - start).toBeLessThan(1_400);
    expect(answers.map((answer) => problem(answer))).toMatchObject(answers.map(() => ({ status: 504, code: 'deadline_exceeded', retryable: true })));
    expect(answers[0]?.headers.get('retry-after')).toBe('1');
    await until('the late answer', async () => (await spindle.get(query)).status === 200, 5_000);
    // The id of the request went with the job.
    const estimated = await spindle.workers[0]?.untilLogged((line) => Array.isArray(line['requestIds']) && line['requestIds'].includes('order-7'));
    expect(estimated?.msg).toBe('estimated parts');
    expect(spindle.api.log.find(({ request }) => request === 'order-7')).toMatchObject({ level: 'warn', code: 'deadline_exceeded' });
    await spindle.stop();
  });
});

describe('while Redis is away', () => {
  let own: PrivateRedis;
  let spindle: RunningSpindle;
  let batch: string;
  const admin = { headers: { authorization: `Basic ${Buffer.from('admin:secret').toString('base64')}` } };
  beforeAll(async () => {
    own = await PrivateRedis.start({ password: 'secret', appendonly: true });
    spindle = await RunningSpindle.start(own, { api: { ADMIN_PASSWORD: 'secret' } });
    batch = json(await spindle.upload('/v1/batches', 'x_cm,y_cm,z_cm,material,complexity,process\n30,15,10,steel,5,milling\n'), idSchema, 202).id;
  });
  afterAll(async () => {
    await spindle.stop();
    await own.stop();
  });

  const csv = 'x_cm,y_cm,z_cm,material,complexity,process\n31,15,10,steel,5,milling\n';
  const version = async (): Promise<string> => (await new ModelReader(spindle.models).current()) ?? '';
  /** A call of every route that needs Redis. */
  const calls = (current: string): Record<string, () => Promise<Answer>> => ({
    'GET /predict': () => spindle.get(freshQuery()),
    'POST /v1/estimates': () => spindle.post('/v1/estimates', { parts: [freshPart(), freshPart()] }),
    'POST /v1/estimates?explain=true': () => spindle.post('/v1/estimates?explain=true', freshPart()),
    'POST /v1/batches': () => spindle.upload('/v1/batches', csv),
    'POST /v1/batches with a key': () => spindle.upload('/v1/batches', csv, { 'idempotency-key': 'k' }),
    'POST /v1/batches?dry_run=true': () => spindle.upload('/v1/batches?dry_run=true', csv),
    'GET /v1/batches': () => spindle.get('/v1/batches'),
    'GET /v1/batches/{id}': () => spindle.get(`/v1/batches/${batch}`),
    'DELETE /v1/batches/{id}': () => ask(`${spindle.url}/v1/batches/${batch}`, { method: 'DELETE' }),
    'GET …/events': () => spindle.get(`/v1/batches/${batch}/events`),
    'GET …/estimates.csv': () => spindle.get(`/v1/batches/${batch}/estimates.csv`),
    'GET …/estimates.json?wait=true': () => spindle.get(`/v1/batches/${batch}/estimates.json?wait=true`),
    'GET …/rejected.csv': () => spindle.get(`/v1/batches/${batch}/rejected.csv`),
    'POST /v1/trainings': () => spindle.upload('/v1/trainings', csv),
    'GET /v1/trainings': () => spindle.get('/v1/trainings'),
    'GET /v1/trainings/{id}': () => spindle.get(`/v1/trainings/${batch}`),
    'DELETE /v1/trainings/{id}': () => ask(`${spindle.url}/v1/trainings/${batch}`, { method: 'DELETE' }),
    'GET /v1/trainings/{id}/events': () => spindle.get(`/v1/trainings/${batch}/events`),
    'PUT /v1/models/current': () => ask(`${spindle.url}/v1/models/current`, { method: 'PUT', body: JSON.stringify({ version: current }), headers: { 'content-type': 'application/json' } }),
    'GET /admin/queues': () => spindle.get('/admin/queues/api/queues', admin),
    'GET /readyz': () => spindle.get('/readyz'),
  });

  /** Calls every route; each must be answered with 503 within a second, a problem but for /readyz. */
  async function expectAway(): Promise<void> {
    const current = await version();
    const answers = await Promise.all(
      Object.entries(calls(current)).map(async ([name, call]) => {
        const start = Date.now();
        const answer = await call();
        const code = name.endsWith('/readyz') ? 'redis_unavailable' : problem(answer).code;
        return { name, status: answer.status, code, inTime: Date.now() - start < 1_300 };
      }),
    );
    expect(answers).toEqual(Object.keys(calls(current)).map((name) => ({ name, status: 503, code: 'redis_unavailable', inTime: true })));
    for (const path of ['/healthz', '/metrics', '/v1/schema', '/v1/models', '/openapi.json', '/docs/']) expect((await spindle.get(path)).status).toBe(200);
  }

  /** Estimates and batches must work again within three seconds of its return. */
  async function expectBack(url = spindle.url): Promise<void> {
    const returned = Date.now();
    await until('an estimate', async () => (await ask(url + freshQuery())).status === 200, 3_500);
    const answer = await ask(`${url}/v1/batches`, { method: 'POST', body: csv.replace('31', String(10 + ++asked / 1_000)), headers: { 'content-type': 'text/csv' } });
    const { id } = json(answer, idSchema, 202);
    expect((await ask(`${url}/v1/batches/${id}/estimates.csv?wait=true`)).text).toMatch(/\n1\d\.\d+,15,10,steel,5,milling,\d/);
    expect(Date.now() - returned).toBeLessThan(5_000);
  }

  test('since it was killed, every route says so within a second, and all works by itself when it is back', async () => {
    await own.kill();
    await expectAway();
    await own.restart();
    await expectBack();
  });

  test('since it hangs, the same', async () => {
    own.freeze();
    await expectAway();
    own.resume();
    await expectBack();
  });

  test('for a moment only, as it is restarted, all works by itself soon after', async () => {
    await own.shutDown();
    await own.restart();
    await expectBack();
  });

  test.each(['dead', 'hanging'])('since before the start, %s, processes wait for it and work when it comes', async (kind) => {
    await spindle.workers.pop()?.stop();
    if (kind === 'dead') await own.kill();
    else own.freeze();
    const api = new SpindleProcess('api', spindle.environment);
    const worker = new SpindleProcess('worker', spindle.environment);
    const { port } = z.looseObject({ port: z.number() }).parse(await api.ready(20_000));
    const url = `http://127.0.0.1:${port}`;
    const start = Date.now();
    expect((await ask(url + exampleQuery)).status).toBe(503);
    expect(problem(await ask(`${url}/v1/batches`)).code).toBe('redis_unavailable');
    expect(Date.now() - start).toBeLessThan(2_600);
    await worker.untilLogged(({ msg }) => msg.includes('Redis is not reachable yet'));
    if (kind === 'dead') await own.restart();
    else own.resume();
    await expectBack(url);
    spindle.workers.push(worker);
    expect(await api.stop()).toEqual({ code: 0, signal: null });
  });

  test.each<['api' | 'worker', string]>([['api', 'wrong'], ['api', ''], ['worker', 'wrong'], ['worker', '']])('no process waits where it refuses the password: %s with %j ends with one line', async (kind, password) => {
    const process = new SpindleProcess(kind, { ...spindle.environment, REDIS_PASSWORD: password });
    const start = Date.now();
    expect(await process.exited).toEqual({ code: 1, signal: null });
    expect(Date.now() - start).toBeLessThan(8_000);
    expect(process.stderr).toBe(`spindle ${kind}: Redis at 127.0.0.1:${own.port} refused the password: set REDIS_PASSWORD to the one it was started with\n`);
    expect(process.stdout).toBe('');
  });

  test('processes that are asked to end do so without waiting for it', async () => {
    await own.kill();
    await until('they notice', async () => (await spindle.get('/readyz')).status === 503);
    const start = Date.now();
    await spindle.stop();
    expect(Date.now() - start).toBeLessThan(5_000);
  });
});

/** Callers that ask without a pause; every answer is kept. */
class Load {
  readonly answers: { status: number; parts: number[]; estimates: z.infer<typeof estimateSchema>[]; versions: string[]; text: string }[] = [];
  readonly #spindle: RunningSpindle;
  readonly #callers: Promise<unknown>;
  readonly #ending = new AbortController();

  constructor(spindle: RunningSpindle, callers = 6) {
    this.#spindle = spindle;
    this.#callers = Promise.all(Array.from({ length: callers }, (_, caller) => this.#run(caller)));
  }

  async #run(caller: number): Promise<void> {
    for (let turn = caller; !this.#ending.signal.aborted; turn++) {
      // Some sizes are asked for again and again, so that the cache answers, others only once.
      const sizes = Array.from({ length: 5 }, (_, index) => ((turn + index) % 2 === 0 ? 10 + (turn % 20) : 10 + ++asked / 1_000));
      const [first = 10] = sizes;
      if (caller % 2 === 0) {
        const { status, text } = await this.#spindle.get(exampleQuery.replace('x=30', `x=${first}`));
        const parsed = estimateSchema.safeParse(JSON.parse(text));
        this.answers.push({ status, parts: [first], estimates: parsed.success ? [parsed.data] : [], versions: parsed.success ? [parsed.data.model_version] : [], text });
      } else {
        const { status, text } = await this.#spindle.post('/v1/estimates', { parts: sizes.map((x_cm) => ({ ...examplePart, x_cm })) });
        const parsed = manySchema.safeParse(JSON.parse(text));
        const estimates = parsed.success ? parsed.data.estimates : [];
        this.answers.push({ status, parts: sizes, estimates, versions: parsed.success ? [parsed.data.model_version, ...estimates.map((one) => one.model_version)] : [], text });
      }
    }
  }

  /** Resolves when an answer of this version has come. */
  async untilAnswered(version: string, milliseconds: number): Promise<void> {
    const from = this.answers.length;
    await until(`an answer of ${version}`, () => this.answers.slice(from).some(({ versions }) => versions.includes(version)), milliseconds);
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await this.#callers;
  }
}

describe('under load', () => {
  /** Every answer must be one, of a single version, with the numbers that this version computes. */
  async function expectSound(load: Load, models: string): Promise<Set<string>> {
    const failed = load.answers.filter(({ status, estimates, parts }) => status !== 200 || estimates.length !== parts.length);
    expect(failed.slice(0, 3)).toEqual([]);
    const seen = new Set(load.answers.flatMap(({ versions }) => versions));
    const reader = new ModelReader(models);
    const estimators = new Map(await Promise.all([...seen].map(async (version) => [version, await reader.load(version)] as const)));
    const mixed = load.answers.filter(({ versions }) => new Set(versions).size > 1);
    expect(mixed).toEqual([]);
    const wrong = load.answers.filter(({ versions, parts, estimates }) => {
      const expected = estimators.get(versions[0] ?? '')?.estimate(parts.map((x): Part => [x, 15, 10, 'steel', 5, 'milling'])) ?? [];
      return expected.some(([time], index) => estimates[index]?.time_min !== time);
    });
    expect(wrong.slice(0, 3)).toEqual([]);
    return seen;
  }

  test('new versions, and steps back, are taken up within two seconds without a failed, mixed or wrong answer', async () => {
    const models = await temporaryDirectory();
    const first = await publishVersion(models, 0);
    // The default period of polling: publishing beside the trainer sends no message.
    const spindle = await RunningSpindle.start(redis, { models, workers: 2, api: { MODEL_POLL_MS: '1000' }, worker: { MODEL_POLL_MS: '1000' } });
    const trainer = await SpindleProcess.start('trainer', spindle.environment);
    const load = new Load(spindle);
    await load.untilAnswered(first, 2_000);

    const second = await publishVersion(models, 100);
    await load.untilAnswered(second, 2_500);
    await new ModelPublisher(models).setCurrent(first, { by: 'switch', reason: 'test' });
    await load.untilAnswered(first, 2_500);
    const third = await publishVersion(models, 200);
    await load.untilAnswered(third, 2_500);
    for (const version of [second, third, first]) {
      const answer = await ask(`${spindle.url}/v1/models/current`, { method: 'PUT', body: JSON.stringify({ version }), headers: { 'content-type': 'application/json' } });
      expect(json(answer, z.looseObject({ current: z.string(), serving: z.string() }))).toMatchObject({ current: version, serving: version });
      await load.untilAnswered(version, 2_500);
    }
    const { history } = json(await spindle.get('/v1/models'), z.looseObject({ history: z.array(modelChangeSchema) }));
    expect(history.slice(0, 3)).toMatchObject([first, third, second].map((version) => ({ version, by: 'switch', reason: 'PUT /v1/models/current', request_id: expect.any(String) as string })));
    expect(history.at(-1)).toMatchObject({ version: first, before: null });

    await load.end();
    expect(await expectSound(load, models)).toEqual(new Set([first, second, third]));
    expect(load.answers.length).toBeGreaterThan(100);
    expect(await trainer.stop()).toEqual({ code: 0, signal: null });
    await spindle.stop();
  });

  test('damaged versions are refused with a reason that everybody can see, and the one before answers on', async () => {
    const models = await temporaryDirectory();
    const sound = await publishVersion(models, 0);
    const spindle = await RunningSpindle.start(redis, { models });
    const load = new Load(spindle, 4);
    const ready = z.looseObject({ ready: z.boolean(), serving: z.string(), refused: z.record(z.string(), z.string()) });
    const listed = z.looseObject({ serving: z.string(), refused: z.record(z.string(), z.string()), versions: z.array(z.looseObject({ version: z.string(), state: z.string(), reason: z.string().nullable() })) });
    const visible = async (version: string, says: RegExp): Promise<void> => {
      await until(`the refusal of ${version}`, async () => says.test(json(await spindle.get('/readyz'), ready).refused[version] ?? ''));
      const list = json(await spindle.get('/v1/models'), listed);
      expect([list.serving, list.refused[version]]).toEqual([sound, expect.stringMatching(says)]);
      const shown = list.versions.filter((one) => one.version === version).map(({ state, reason }) => [state, says.test(reason ?? '')]);
      expect(shown).toEqual(version === 'current' ? [] : [['refused', true]]);
      await load.untilAnswered(sound, 2_000);
    };

    for (const [index, { damage, says }] of damages.slice(0, 4).entries()) {
      const damaged = await publishVersion(models, 100 + index, { current: false });
      await damage(join(models, damaged));
      await pointAt(models, damaged);
      await visible(damaged, says);
      expect((await spindle.workers[0]?.untilLogged(({ msg, version }) => msg === 'refused model version' && version === damaged))?.['reason']).toMatch(says);
    }
    await writeFile(join(models, 'current'), 'garbage');
    await visible('current', /names no version: "garbage"/);

    // A worker and an API that start now find the last sound version by themselves.
    await spindle.addWorker();
    const [old] = spindle.workers.splice(0, 1);
    await old?.stop();
    await visible('current', /names no version: "garbage"/);
    await pointAt(models, await publishVersion(models, 150, { current: false }).then(async (damaged) => (await damages[1]?.damage(join(models, damaged)), damaged)));
    await spindle.addWorker();
    const [next] = spindle.workers.splice(0, 1);
    await next?.stop();
    const other = await spindle.addApi();
    await until('the other API', async () => (await ask(other + exampleQuery)).status === 200);
    expect(json(await ask(other + exampleQuery), estimateSchema).model_version).toBe(sound);
    await load.untilAnswered(sound, 2_000);

    const mended = await publishVersion(models, 200);
    await load.untilAnswered(mended, 2_500);
    await load.end();
    expect(await expectSound(load, models)).toEqual(new Set([sound, mended]));
    expect(json(await spindle.get('/readyz'), ready).refused).toEqual({});
    await spindle.stop();
  });

  test('SIGTERM to the API answers what is under way, and refuses what comes later', async () => {
    const spindle = await RunningSpindle.start(redis, { worker: { WORKER_SIMULATED_COST_MS: '1000' } });
    const underWay = Array.from({ length: 20 }, () => spindle.get(freshQuery()));
    const { health_port } = z.looseObject({ health_port: z.number() }).parse(await spindle.workers[0]?.ready());
    await until('the requests are with the API', async () => (await metric(spindle.url, 'spindle_parts_answered_total{from="worker"}')) >= 20);
    const start = Date.now();
    const stopped = spindle.api.stop();
    expect((await Promise.all(underWay)).map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(await stopped).toEqual({ code: 0, signal: null });
    expect(Date.now() - start).toBeLessThan(8_000);
    await expect(spindle.get('/healthz')).rejects.toThrow('fetch failed');
    expect((await ask(`http://127.0.0.1:${health_port}/readyz`)).status).toBe(200);
    await spindle.stop();
  });
});
