import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ModelReader } from '../../common/model/model-reader.ts';
import { keysUnder } from '../support/leftovers.ts';
import { publishVersion } from '../support/model-versions.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { type Answer, RunningSpindle, ask, json, problem, until } from '../support/running-spindle.ts';

const batchSchema = z.looseObject({
  id: z.string(),
  state: z.enum(['queued', 'running', 'complete', 'partial', 'cancelled']),
  model_version: z.string(),
  file_name: z.string().nullable(),
  finished_at: z.string().nullable(),
  progress: z.number(),
  counts: z.strictObject({ rows: z.number(), accepted: z.number(), rejected: z.number(), blank: z.number(), estimated: z.number(), flagged: z.number() }),
  totals: z.record(z.string(), z.number()),
  reused: z.boolean().optional(),
  errors: z.array(z.looseObject({ line: z.number(), message: z.string() })).optional(),
});
type Batch = z.infer<typeof batchSchema>;

const header = 'part_id,x_cm,y_cm,z_cm,material,complexity,process';
const row = 'P1,30,15,10,steel,5,milling';

let redis: PrivateRedis;
let spindle: RunningSpindle;
let otherApi: string;
beforeAll(async () => {
  redis = await PrivateRedis.start();
  // Every chunk takes a moment, so that there is something to see, to cancel and to wait for.
  spindle = await RunningSpindle.start(redis, { worker: { WORKER_SIMULATED_COST_MS: '150' } });
  otherApi = await spindle.addApi();
});
afterAll(async () => {
  const errors = spindle.apis.flatMap((api) => api.log.filter(({ level }) => level === 'error'));
  await spindle.stop();
  await redis.stop();
  if (errors.length > 0) throw new Error(`the API's log has errors: ${JSON.stringify(errors).slice(0, 3_000)}`);
});

/** Different rows in every file, so that none is answered with an earlier batch. */
let files = 0;
function rowsOf(count: number): string {
  files++;
  return `${header}\n${Array.from({ length: count }, (_, index) => `P${files}-${index},${10 + (index % 4_000) / 100},15,10,steel,5,milling\n`).join('')}`;
}

const submit = async (text: string, headers: Record<string, string> = {}): Promise<Batch> => json(await spindle.upload('/v1/batches', text, headers), batchSchema, 202);
const look = async (id: string): Promise<Batch> => json(await spindle.get(`/v1/batches/${id}`), batchSchema);
const results = (id: string, file = 'estimates.csv', query = '?wait=true'): Promise<Answer> => spindle.get(`/v1/batches/${id}/${file}${query}`);
const cancel = (id: string): Promise<Answer> => ask(`${spindle.url}/v1/batches/${id}`, { method: 'DELETE' });
const table = (answer: Answer): string[][] => parse(answer.text, { relax_column_count: true });
const listed = async (): Promise<string[]> => json(await spindle.get('/v1/batches?limit=1000'), z.looseObject({ batches: z.array(batchSchema) })).batches.map(({ id }) => id);

describe('results', () => {
  test('are in input order with every column as it came', async () => {
    const ids = ['007', ' padded ', 'say "when"', 'two\nlines', 'two\r\nlines', 'a,b', '漢字 – ü', '=1+1', '', '1e5', ' '];
    const rows = ids.map((id, index) => [id, ` ${10 + index} `, '15.0', '010', 'steel', '5', 'milling', `note ${index}`]);
    const quoted = rows.map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','));
    const { id, model_version } = await submit(`${header},note\r\n${quoted.join('\r\n')}\r\n`);
    const csv = await results(id);
    expect(csv.headers.get('content-disposition')).toContain('estimates.csv');
    const [names, ...estimated] = table(csv);
    expect(names).toEqual([...header.split(','), 'note', 'time_min', 'time_min_low', 'time_min_high', 'flags', 'model_version']);
    expect(estimated.map((cells) => cells.slice(0, 8))).toEqual(rows.map(([first, ...rest]) => [first === '=1+1' ? `'=1+1` : first, ...rest])); // guarded from becoming a formula
    const estimator = await new ModelReader(spindle.models).load(model_version);
    const expected = estimator.estimate(rows.map((_, index) => [10 + index, 15, 10, 'steel', 5, 'milling']));
    expect(estimated.map((cells) => cells.slice(8))).toEqual(expected.map(([time, low, high, flags]) => [String(time), String(low), String(high), flags.join('; '), model_version]));
  });

  test('keep columns that have the name of an estimate\'s, also where that was done before', async () => {
    const { id } = await submit(`time_min,flags,uploaded_flags,model_version,${header}\n9,my flag,older,v0,${row}\n`);
    const [names, cells] = table(await results(id));
    expect(Object.fromEntries((names ?? []).map((name, index) => [name, cells?.[index]]))).toMatchObject({ uploaded_time_min: '9', uploaded_uploaded_flags: 'my flag', uploaded_flags: 'older', uploaded_model_version: 'v0', time_min: '526.457', flags: '' });
    expect(new Set(names).size).toBe(names?.length);
  });

  test('say the same as JSON and as CSV, whatever is in the file', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '漢', '"', ',', '\n', '\r', ' ', ';', "'", '0', '.', '\t'), maxLength: 6 }).filter((text) => !/^'*[\t\r]/.test(text));
    const name = fc.oneof(fc.constantFrom('note', 'time_min', 'flags', '__proto__', 'constructor', 'order_id'), cell.map((text) => `c${text}`));
    const extra = fc.uniqueArray(name, { maxLength: 4, selector: (text) => text.trim() });
    const line = fc.record({ x: fc.double({ min: 0.1, max: 99, noNaN: true }), material: fc.constantFrom('steel', 'copper', 'wood'), cells: fc.array(cell, { minLength: 4, maxLength: 4 }) });
    const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(extra, fc.array(line, { minLength: 1, maxLength: 12 }), async (names, lines) => {
        const id = `file ${++files}`; // shrinking sends the same again
        fc.pre(lines.some(({ material }) => material !== 'wood'));
        const text = [
          [...header.split(','), ...names].map(quote).join(','),
          ...lines.map(({ x, material, cells }, index) => [`${id} ${index}`, String(x), '15', '10', material, '5', 'milling', ...cells.slice(0, names.length)].map(quote).join(',')),
        ].join('\n');
        const batch = await submit(text);
        const [columns = [], ...rows] = table(await results(batch.id));
        const { parts } = json(await results(batch.id, 'estimates.json'), z.looseObject({ parts: z.array(z.custom<object>()) }));
        expect(rows.map((cells) => cells[columns.indexOf('x_cm')])).toEqual(lines.filter(({ material }) => material !== 'wood').map(({ x }) => String(x)));
        expect(parts.map((part) => Object.keys(part).sort())).toEqual(rows.map(() => [...columns].sort()));
        const asText = (value: unknown): string => (Array.isArray(value) ? value.join('; ') : String(value));
        expect(parts.map((part) => columns.map((column) => asText(new Map(Object.entries(part)).get(column))))).toEqual(rows);
      }),
      { numRuns: 12, interruptAfterTimeLimit: 20_000 },
    );
  });

  test('are the same for a file in a form', async () => {
    const text = rowsOf(20);
    const form = new FormData();
    form.set('parts', new File([text], 'Aufträge Mai.csv', { type: 'text/csv' }));
    const batch = json(await ask(`${spindle.url}/v1/batches`, { method: 'POST', body: form }), batchSchema, 202);
    expect(batch.file_name).toBe('Aufträge Mai.csv');
    expect(table(await results(batch.id)).slice(1).map((cells) => cells.slice(0, 7).join(','))).toEqual(text.trimEnd().split('\n').slice(1));
  });

  test('of a running batch are not ready yet, unless waited for', async () => {
    const { id } = await submit(rowsOf(3_000));
    expect(problem(await results(id, 'estimates.csv', ''))).toMatchObject({ status: 409, code: 'not_ready_yet', retryable: true, detail: expect.stringContaining(`/v1/batches/${id}/events`) as string });
    const response = await fetch(`${spindle.url}/v1/batches/${id}/estimates.csv?wait=true`);
    let text = '';
    let stateAtFirstRows: string | undefined;
    for await (const piece of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      text += piece;
      if (text.includes('\n', header.length + 200)) stateAtFirstRows ??= (await look(id)).state;
    }
    expect(stateAtFirstRows).toBe('running');
    expect(text.trimEnd().split('\n')).toHaveLength(3_001);
    expect((await results(id, 'estimates.csv', '')).text).toBe(text);
  });

  test('that nobody waits for any more are no error', async () => {
    const { id } = await submit(rowsOf(3_000));
    for (const file of ['estimates.csv', 'estimates.json']) await expect(ask(`${spindle.url}/v1/batches/${id}/${file}?wait=true`, { signal: AbortSignal.timeout(60) })).rejects.toThrow(/./);
    await until('the batch ends', async () => (await look(id)).state === 'complete');
    expect((await results(id)).status).toBe(200);
  });
});

describe('refused rows', () => {
  const text = [header, row, '', '"two\nlines",0,15,10,steel,5,milling', 'P3,30,15,10,stel,5,milling', ',,,,,,', 'P4,30,15,10,steel,5', 'P5,30,15,10,steel,5,milling'].join('\n');

  test('are listed with line and reason, fail no others, and come back as they came', async () => {
    const batch = await submit(text);
    expect(batch.counts).toMatchObject({ rows: 5, accepted: 2, rejected: 3, blank: 2 });
    expect(batch.errors?.map(({ line, message }) => [line, message])).toEqual([
      [4, 'line 4, column x_cm: expected a number above 0, got "0"'],
      [6, 'line 6, column material: expected one of steel, aluminum, copper, got "stel"'],
      [8, 'line 8: expected 7 cells as in the header, got 6'],
    ]);
    expect((await look(batch.id)).errors).toEqual(batch.errors);
    expect(table(await results(batch.id)).slice(1).map(([id]) => id)).toEqual(['P1', 'P5']);
    const [names, ...rows] = table(await results(batch.id, 'rejected.csv', ''));
    expect(names).toEqual(['line', 'reason', ...header.split(',')]);
    expect(rows.map(([line, , ...cells]) => [line, ...cells])).toEqual([
      ['4', 'two\nlines', '0', '15', '10', 'steel', '5', 'milling'],
      ['6', 'P3', '30', '15', '10', 'stel', '5', 'milling'],
      ['8', 'P4', '30', '15', '10', 'steel', '5'],
    ]);
    expect(rows[1]?.[1]).toBe('line 6, column material: expected one of steel, aluminum, copper, got "stel"; did you mean "steel"?');
  });

  test('once corrected, are accepted as that file is', async () => {
    const { id } = await submit(`${text}\n`);
    const rejected = (await results(id, 'rejected.csv', '')).text;
    const corrected = rejected.replace('two\nlines",0,', 'two\nlines",3,').replace(',stel,', ',steel,').replace(/(P4,.*)$/m, '$1,milling');
    const again = await submit(corrected);
    expect(again.counts).toMatchObject({ rows: 3, accepted: 3, rejected: 0 });
    expect(table(await results(again.id)).slice(1).map((cells) => [cells[0], cells[2], Number(cells[9]) > 0])).toEqual([['4', 'two\nlines', true], ['6', 'P3', true], ['8', 'P4', true]]);
    expect(table(await results(again.id, 'rejected.csv', ''))).toHaveLength(1);
  });
});

describe('an upload', () => {
  test('with a key that was used gives the batch that it became, on any API', async () => {
    const text = rowsOf(3);
    const key = { 'idempotency-key': 'order 7'.replace(' ', '-') };
    const first = await submit(text, key);
    const again = await Promise.all([spindle.upload('/v1/batches', text, key), ask(`${otherApi}/v1/batches`, { method: 'POST', body: text, headers: { 'content-type': 'text/csv', ...key } })]);
    expect(again.map((answer) => json(answer, batchSchema, 202).id)).toEqual([first.id, first.id]);
    expect(again[0]?.headers.get('location')).toBe(`/v1/batches/${first.id}`);
    expect(problem(await spindle.upload('/v1/batches', rowsOf(3), key))).toMatchObject({ status: 422, code: 'idempotency_key_reused', retryable: false });
    await cancel(first.id);
    expect(json(await spindle.upload('/v1/batches', text, key), batchSchema, 202).id).toBe(first.id);
  });

  test('sent twice at the same time with one key becomes one batch', async () => {
    const before = await listed();
    const text = rowsOf(4_000);
    const answers = await Promise.all([spindle.url, otherApi, spindle.url, otherApi].map((url) => ask(`${url}/v1/batches`, { method: 'POST', body: text, headers: { 'content-type': 'text/csv', 'idempotency-key': 'at-once' } })));
    const ids = answers.flatMap((answer) => (answer.status === 202 ? [json(answer, batchSchema, 202).id] : []));
    const refused = answers.filter(({ status }) => status !== 202).map((answer) => problem(answer));
    expect(new Set(ids).size).toBe(1);
    expect(refused).toMatchObject(refused.map(() => ({ status: 409, code: 'idempotency_in_progress', retryable: true })));
    expect((await listed()).length).toBe(before.length + 1);
    expect(json(await spindle.upload('/v1/batches', text, { 'idempotency-key': 'at-once' }), batchSchema, 202).id).toBe(ids[0]);
  });

  test('that was refused leaves its key free for the corrected file', async () => {
    const key = { 'idempotency-key': 'corrected' };
    expect(problem(await spindle.upload('/v1/batches', `${header}\n`, key)).code).toBe('empty_file');
    expect((await submit(rowsOf(1), key)).counts.accepted).toBe(1);
  });

  test('of the same bytes without a key is answered with the batch that is kept, unless that was cancelled', async () => {
    const text = rowsOf(2_500);
    const first = await submit(text);
    const answer = await ask(`${otherApi}/v1/batches`, { method: 'POST', body: text, headers: { 'content-type': 'text/csv' } });
    expect(json(answer, batchSchema)).toMatchObject({ id: first.id, reused: true });
    await cancel(first.id);
    const third = await submit(text);
    expect(third.id).not.toBe(first.id);
    await cancel(third.id);
  });

  test('that is only tried tells what would be accepted, and stores nothing', async () => {
    const connection = redis.connect();
    await until('all batches have ended', async () => (await listed()).length === 0 || (await Promise.all((await listed()).map(look))).every(({ finished_at }) => finished_at !== null), 20_000);
    const before = (await keysUnder(connection, spindle.prefix)).filter((key) => key.includes(':data:'));
    const answer = await spindle.upload('/v1/batches?dry_run=true', `${rowsOf(2_500)}P,0,15,10,steel,5,milling\n\n`);
    expect(json(answer, z.looseObject({ dry_run: z.literal(true), counts: z.unknown(), columns: z.array(z.string()) }))).toMatchObject({ counts: { rows: 2_501, accepted: 2_500, rejected: 1, blank: 1 }, columns: header.split(',') });
    expect((await keysUnder(connection, spindle.prefix)).filter((key) => key.includes(':data:'))).toEqual(before);
    connection.disconnect();
  });

  test('appears in the list of every API, newest first', async () => {
    const ids = [await submit(rowsOf(1)), await submit(rowsOf(1))].map(({ id }) => id).reverse();
    expect((await listed()).slice(0, 2)).toEqual(ids);
    const { batches } = json(await ask(`${otherApi}/v1/batches?limit=1`), z.looseObject({ batches: z.array(batchSchema) }));
    expect(batches.map(({ id }) => id)).toEqual(ids.slice(0, 1));
  });
});

describe('a batch', () => {
  test('tells its progress as events until the end', async () => {
    const { id } = await submit(rowsOf(4_500));
    const answer = await ask(`${otherApi}/v1/batches/${id}/events`);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const events = answer.text.trim().split('\n\n').map((event) => {
      const [name = '', data = ''] = event.split('\n');
      return { name: name.replace('event: ', ''), ...z.looseObject({ state: z.string(), progress: z.number(), counts: z.looseObject({ estimated: z.number() }) }).parse(JSON.parse(data.replace('data: ', ''))) };
    });
    expect(events.at(-1)).toMatchObject({ name: 'end', state: 'complete', progress: 1, counts: { estimated: 4_500 } });
    expect(events.slice(0, -1).every(({ name }) => name === 'progress')).toBe(true);
    expect(events.length).toBeGreaterThan(2);
    const progress = events.map((event) => event.progress);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect((await ask(`${spindle.url}/v1/batches/${id}/events`)).text).toMatch(/^event: end\ndata: .*\n\n$/);
  });

  test('adds up its figures', async () => {
    const { id } = await submit(`${header}\n${row}\nP2,60,15,10,steel,5,milling\n`);
    const [, ...rows] = table(await results(id));
    await until('its end', async () => (await look(id)).state === 'complete');
    const total = rows.reduce((sum, cells) => sum + Number(cells[7]), 0);
    expect(await look(id)).toMatchObject({ progress: 1, counts: { estimated: 2, flagged: 1 }, totals: { time_min: Math.round(total * 100) / 100 } });
  });

  test('keeps the version that it was submitted under, while new ones come and go', async () => {
    const { id, model_version } = await submit(rowsOf(4_000));
    const next = await publishVersion(spindle.models, 500);
    await spindle.untilServing(next);
    const [, ...rows] = table(await results(id));
    expect(new Set(rows.map((cells) => cells.at(-1)))).toEqual(new Set([model_version]));
    const estimator = await new ModelReader(spindle.models).load(model_version);
    expect(rows.map((cells) => Number(cells[7]))).toEqual(estimator.estimate(rows.map((cells) => [Number(cells[1]), 15, 10, 'steel', 5, 'milling'])).map(([time]) => time));
    const other = await submit(rowsOf(1));
    expect(other.model_version).toBe(next);
  });

  test('that is cancelled while it runs stops, and keeps what was estimated', async () => {
    const { id } = await submit(rowsOf(8_000));
    await until('it runs', async () => (await look(id)).state === 'running');
    expect((await cancel(id)).status).toBe(202);
    await until('it has stopped', async () => (await look(id)).finished_at !== null, 3_000);
    const { state, counts } = await look(id);
    expect(state).toBe('cancelled');
    expect(counts.estimated).toBeGreaterThan(0);
    expect(counts.estimated).toBeLessThan(8_000);
    const [, ...rows] = table(await results(id));
    expect(rows).toHaveLength(8_000);
    expect(rows.filter((cells) => cells[7] !== '')).toHaveLength(counts.estimated);
    expect(rows.at(-1)?.slice(7)).toEqual(['', '', '', 'not estimated', expect.any(String)]);
    expect(json(await results(id, 'estimates.json'), z.looseObject({ parts: z.array(z.looseObject({ time_min: z.number().nullable(), flags: z.array(z.string()) })) })).parts.at(-1)).toMatchObject({ time_min: null, flags: ['not estimated'] });
    expect((await cancel(id)).status).toBe(202);
    expect((await look(id)).state).toBe('cancelled');
  });

  test('that is cancelled while it waits behind another never runs', async () => {
    const [first, second] = [await submit(rowsOf(3_000)), await submit(rowsOf(2_000))];
    await Promise.all([cancel(second.id), pause(0)]);
    await until('it has ended', async () => (await look(second.id)).finished_at !== null);
    expect(await look(second.id)).toMatchObject({ state: 'cancelled' });
    expect((await look(second.id)).counts.estimated).toBeLessThan(2_000);
    await until('the other has ended', async () => (await look(first.id)).finished_at !== null);
    expect((await look(first.id)).state).toBe('complete');
  });

  test('that has ended cannot be cancelled', async () => {
    const { id } = await submit(rowsOf(1));
    await until('its end', async () => (await look(id)).state === 'complete');
    expect(problem(await cancel(id))).toMatchObject({ status: 409, code: 'already_finished' });
    expect((await results(id)).status).toBe(200);
  });
});

describe('an API that is asked to end during an upload', () => {
  let api: string;
  afterEach(() => spindle.apis.splice(2));

  /** Begins an upload by hand on an API of its own; returns what ends it, and the answer. */
  async function begin(rows: number): Promise<{ send: (text: string) => void; answer: Promise<string> }> {
    api = await spindle.addApi({ SHUTDOWN_SECONDS: '2' });
    const socket = connect(Number(new URL(api).port), '127.0.0.1');
    let text = '';
    socket.on('error', () => {}).setEncoding('utf8').on('data', (piece: string) => (text += piece));
    socket.write('POST /v1/batches HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\nIdempotency-Key: ending\r\n\r\n');
    const send = (piece: string): void => void socket.write(`${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`);
    send(rowsOf(rows));
    const connection = redis.connect();
    await until('it is under way', async () => (await keysUnder(connection, `${spindle.prefix}:data:batch:*:rows`)).length > 0);
    connection.disconnect();
    return { send, answer: new Promise((resolve) => socket.once('close', () => resolve(text))) };
  }

  const claims = async (): Promise<number> => {
    const connection = redis.connect();
    const keys = await keysUnder(connection, `${spindle.prefix}:data:idempotency`);
    connection.disconnect();
    return keys.filter((key) => key.endsWith(':ending')).length;
  };

  test('takes it in where it comes to its end in time', async () => {
    const { send, answer } = await begin(1_500);
    const stopped = spindle.apis[2]?.stop();
    await until('no more connections are taken', () => ask(`${api}/healthz`).then(() => false, () => true));
    send(row);
    send('');
    expect(await answer).toMatch(/^HTTP\/1\.1 202 /);
    expect(await stopped).toEqual({ code: 0, signal: null });
    expect((await listed()).length).toBeGreaterThan(0);
  });

  test('cuts it off at the deadline where it does not, and leaves nothing of it', async () => {
    const before = await listed();
    const connection = redis.connect();
    await connection.del(`${spindle.prefix}:data:idempotency:ending`);
    const kept = await keysUnder(connection, `${spindle.prefix}:data:batch:*:rows`);
    const { answer } = await begin(1_600);
    const start = Date.now();
    expect(await spindle.apis[2]?.stop()).toEqual({ code: 0, signal: null });
    expect(Date.now() - start).toBeLessThan(3_500);
    await answer;
    expect(await listed()).toEqual(before);
    expect(await keysUnder(connection, `${spindle.prefix}:data:batch:*:rows`)).toEqual(kept);
    expect(await claims()).toBe(0);
    connection.disconnect();
  });
});
