import { randomUUID } from 'node:crypto';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { application } from '../../../api/application.ts';
import { JobQueues } from '../../../api/job-queues.ts';
import { trainingEventRoutes } from '../../../api/routes/training-events.ts';
import { trainingRoutes, trainingViewSchema } from '../../../api/routes/trainings.ts';
import { TrainingIntake } from '../../../api/upload/training-intake.ts';
import { UploadsUnderWay } from '../../../api/upload/uploads-under-way.ts';
import { ChunkStore } from '../../../common/chunk-store.ts';
import { type Training, TrainingStore } from '../../../common/training-store.ts';
import { HttpService } from '../../support/http-service.ts';
import { PrivateRedis } from '../../support/private-redis.ts';
import { type Answer, ask, json, problem } from '../../support/running-spindle.ts';
import { TestConnections, silentLog } from '../../support/test-connections.ts';
import { trainingOf } from '../../support/trainings.ts';

let redis: PrivateRedis;
let connections: TestConnections;
let queues: JobQueues;
let trainings: TrainingStore;
let stopping: AbortController;
let service: HttpService;
beforeAll(async () => void (redis = await PrivateRedis.start()));
afterAll(() => redis.stop());
beforeEach(async () => {
  connections = await TestConnections.open(redis);
  const { requests, keys } = connections;
  queues = new JobQueues(requests, connections.prefix, silentLog);
  trainings = new TrainingStore(requests, keys, 1_000);
  const intake = new TrainingIntake({ trainings, chunks: new ChunkStore(requests), queues, keys, maxRows: 50 });
  stopping = new AbortController();
  const routes = [trainingRoutes({ redis: requests, trainings, intake, uploads: new UploadsUnderWay(), queues, maxBytes: 1e6, log: silentLog }), trainingEventRoutes(trainings, stopping.signal)];
  service = await HttpService.start(application(routes, 'test', silentLog, new Registry()));
});
afterEach(async () => {
  stopping.abort();
  await service.close();
  await queues.close();
  await connections.close();
});

const call = (path: string, init?: RequestInit): Promise<Answer> => ask(service.url + path, init);
const cancel = (id: string): Promise<Answer> => call(`/v1/trainings/${id}`, { method: 'DELETE' });
const csv = (rows: number): string => ['x_cm,time_min', ...Array.from({ length: rows }, (_, row) => `${row},${2 * row}`)].join('\n');
const upload = (query = '', body: string | FormData = csv(30)): Promise<Answer> => call(`/v1/trainings${query}`, { method: 'POST', body, ...(typeof body === 'string' && { headers: { 'content-type': 'text/csv' } }) });

async function stored(changes: Partial<Training> = {}): Promise<string> {
  const training = trainingOf({ chunks: 0, ...changes });
  await trainings.create(training);
  return training.id;
}

describe('POST /v1/trainings', () => {
  test.each([['', false], ['?promote=false', false], ['?promote=true', true]])('%s keeps whether the version is to be current in any case, raw and as a form', async (query, promote) => {
    const form = new FormData();
    form.append('file', new Blob([csv(30)]), 'finished.csv');
    for (const body of [csv(30), form]) {
      const { id, promote: shown } = json(await upload(query, body), trainingViewSchema, 202);
      expect([shown, (await trainings.find(id))?.promote]).toEqual([promote, promote]);
    }
  });

  test('refuses another word for promote, and more rows than allowed by naming the limit', async () => {
    expect(problem(await upload('?promote=yes'))).toMatchObject({ status: 400, code: 'invalid_query', detail: 'query parameter promote: expected true or false, got "yes"' });
    expect(problem(await upload('', csv(51)))).toMatchObject({ status: 413, code: 'too_many_rows', detail: expect.stringContaining('more than 50 rows') as unknown });
  });
});

describe('POST /v1/trainings on the file', () => {
  test('passes over blank lines, counts them, and holds only rows against the limit', async () => {
    const text = `${csv(50).replaceAll('\n', '\n\n')}\n,\n`;
    expect(json(await upload('', text), trainingViewSchema, 202)).toMatchObject({ rows: 50, blank: expect.any(Number) as number, state: 'queued' });
    expect(problem(await upload('', 'x_cm,time_min\n,\n,\n'))).toMatchObject({ code: 'empty_file' });
  });

  test('lists the columns where the target is none of them, and suggests the nearest', async () => {
    expect(problem(await upload('?target=foo'))).toMatchObject({ code: 'missing_columns', detail: 'line 1: no column foo to learn; the header has x_cm, time_min; name one of the columns of the header' });
    expect(problem(await upload('?target=Time_min')).errors).toMatchObject([{ line: 1, field: 'Time_min', fix: expect.stringContaining('did you mean "time_min"?') as unknown }]);
  });
});

describe('DELETE /v1/trainings/{id}', () => {
  test('cancels one that waits: its job is gone, its rows are gone, and again is answered the same', async () => {
    const { id } = json(await upload(), trainingViewSchema, 202);
    const cancelled = json(await cancel(id), trainingViewSchema, 202);
    expect(cancelled).toMatchObject({ id, state: 'cancelled', version: null });
    expect(await queues.queue('training').getJobCountByTypes('waiting', 'active')).toBe(0);
    expect((await connections.left()).filter((key) => key.includes(':rows:'))).toEqual([]);
    expect(json(await cancel(id), trainingViewSchema, 202)).toEqual(cancelled);
  });

  test('cancels one that runs, at once and for good', async () => {
    const id = await stored();
    await trainings.begin(id);
    expect(json(await cancel(id), trainingViewSchema, 202).state).toBe('cancelled');
  });

  test('is refused once the version is being published or all is over', async () => {
    const id = await stored();
    await trainings.begin(id);
    await trainings.beginPublishing(id);
    expect(problem(await cancel(id))).toMatchObject({ status: 409, code: 'already_finished', detail: expect.stringContaining('is being published') as unknown });
    await trainings.finish(id, { state: 'succeeded', version: '20261122T000000Z-aaaaaa', verdict: 'promoted', reason: 'a gain' });
    expect(problem(await cancel(id))).toMatchObject({ status: 409, code: 'already_finished', detail: expect.stringContaining('has succeeded') as unknown });
    const failed = await stored();
    await trainings.finish(failed, { state: 'failed', reason: 'no', code: 'internal', errors: [] });
    expect(problem(await cancel(failed)).detail).toBe('the training has failed and can no longer be cancelled');
  });

  test.each(['no-id', randomUUID()])('of %s is a 404', async (id) => {
    expect(problem(await cancel(id))).toMatchObject({ status: 404, code: 'not_found' });
  });
});

interface Event {
  event: string | undefined;
  data: unknown;
}

/** The events of a training, as they come. */
async function* events(id: string): AsyncGenerator<Event, void, undefined> {
  const { status, headers, body } = await fetch(`${service.url}/v1/trainings/${id}/events`, { signal: AbortSignal.timeout(10_000) });
  expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  let text = '';
  for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      yield { event: /^event: (.*)$/m.exec(block)?.[1], data: JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? 'null') };
    }
  }
}

describe('GET /v1/trainings/{id}/events', () => {
  test('tells each step once, and at the end what came of it', async () => {
    const id = await stored();
    const steps = [
      async () => void (await trainings.begin(id)),
      () => trainings.report(id, { stage: 'choosing', detail: 'Gaussian process', progress: 0.4 }),
      async () => void (await trainings.finish(id, { state: 'succeeded', version: '20261122T000000Z-aaaaaa', verdict: 'kept', reason: 'no gain' })),
    ];
    const seen: Event[] = [];
    for await (const event of events(id)) {
      seen.push(event);
      await steps.shift()?.();
    }
    expect(seen).toEqual([
      { event: 'progress', data: { state: 'queued', stage: null, detail: null, progress: 0 } },
      { event: 'progress', data: { state: 'running', stage: 'reading', detail: null, progress: 0 } },
      { event: 'progress', data: { state: 'running', stage: 'choosing', detail: 'Gaussian process', progress: 0.4 } },
      { event: 'end', data: { state: 'succeeded', progress: 1, version: '20261122T000000Z-aaaaaa', verdict: 'kept', reason: 'no gain', code: null } },
    ]);
  });

  test('ends at once for one that was cancelled, and is a 404 for one that never was', async () => {
    const id = await stored();
    await cancel(id);
    for await (const event of events(id)) expect(event).toMatchObject({ event: 'end', data: { state: 'cancelled', version: null } });
    expect(problem(await call(`/v1/trainings/${randomUUID()}/events`)).status).toBe(404);
    expect(problem(await call(`/v1/trainings/${id}/events`, { method: 'POST' })).status).toBe(405);
  });

  test('closes without an end where the API stops', async () => {
    const id = await stored();
    for await (const { event } of events(id)) {
      expect(event).toBe('progress');
      stopping.abort();
    }
  });
});
