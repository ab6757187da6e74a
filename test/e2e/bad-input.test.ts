import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseRaw, sendRaw } from '../support/http-service.ts';
import { keysUnder } from '../support/leftovers.ts';
import { estimateSchema, examplePart, exampleQuery } from '../support/model-versions.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { type Answer, RunningSpindle, ask, json, problem, until } from '../support/running-spindle.ts';

let redis: PrivateRedis;
let spindle: RunningSpindle;
beforeAll(async () => {
  redis = await PrivateRedis.start();
  spindle = await RunningSpindle.start(redis, { api: { BATCH_MAX_MB: '3', BATCH_MAX_ROWS: '5000' } });
});
afterAll(async () => {
  const errors = spindle.api.log.filter(({ level }) => level === 'error');
  await spindle.stop();
  await redis.stop();
  if (errors.length > 0) throw new Error(`the API's log has errors: ${JSON.stringify(errors).slice(0, 3_000)}`);
});
afterEach(async () => {
  const connection = redis.connect();
  // What a refused request may leave is nothing: these are the worker's, the cache, and BullMQ's own.
  const known = /^(?:data:worker|cache:|estimates:|explanations:|(?:batches|schedules):(?:meta|id|events|stalled|metrics|marker))/;
  await until('nothing half-made is left', async () => {
    const keys = (await keysUnder(connection, spindle.prefix)).map((key) => key.slice(spindle.prefix.length + 1));
    return keys.every((key) => known.test(key));
  }, 5_000);
  connection.disconnect();
  json(await spindle.get(exampleQuery), z.unknown());
});

/** Asserts a problem and returns its first issue. */
function expectRefused(answer: Pick<Answer, 'status' | 'headers' | 'text'>, status: number, code: string, detail: RegExp = /./): unknown {
  const body = problem(answer);
  expect({ status: answer.status, code: body.code, detail: body.detail, retryable: body.retryable }).toEqual({ status, code, detail: expect.stringMatching(detail) as string, retryable: code === 'upload_interrupted' });
  return body.errors?.[0];
}

const good = { x: '30', y: '15', z: '10', material: 'steel', complexity: '5', process: 'milling' };
const predict = (changes: Record<string, string | undefined>): Promise<Answer> => {
  const query = Object.entries({ ...good, ...changes }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return spindle.get(`/predict?${new URLSearchParams(query).toString()}`);
};

describe('GET /predict refuses', () => {
  test.each<[string, Record<string, string | undefined>, object]>([
    ['a missing value', { z: undefined }, { field: 'z_cm', value: null, fix: 'give z_cm a value' }],
    ['an empty value', { z: '' }, { field: 'z_cm', value: '', fix: 'give z_cm a value' }],
    ['blanks', { z: '  ' }, { field: 'z_cm', value: '  ' }],
    ['a word', { x: 'abc' }, { field: 'x_cm', value: 'abc', message: 'query parameter x_cm: expected a number above 0, got "abc"', fix: 'use a number above 0' }],
    ['infinity', { x: 'Infinity' }, { field: 'x_cm', value: 'Infinity' }],
    ['an infinite number', { x: '1e999' }, { field: 'x_cm', value: '1e999' }],
    ['a number beyond all sense', { x: '1e300' }, { field: 'x_cm', fix: 'use a number of at most 1000000000000000 in size' }],
    ['NaN', { x: 'NaN' }, { field: 'x_cm', value: 'NaN' }],
    ['hexadecimal', { x: '0x1E' }, { field: 'x_cm', value: '0x1E' }],
    ['a decimal comma', { x: '1,5' }, { field: 'x_cm', fix: 'write the decimals after a point, not a comma' }],
    ['a size of zero', { x: '0' }, { field: 'x_cm', value: '0' }],
    ['a negative size', { y: '-3' }, { field: 'y_cm', value: '-3' }],
    ['complexity 11', { complexity: '11' }, { field: 'complexity', fix: 'use a whole number from 1 to 10' }],
    ['complexity 2.5', { complexity: '2.5' }, { field: 'complexity', value: '2.5' }],
    ['an unknown material, with the nearest known one', { material: 'stel' }, { field: 'material', value: 'stel', fix: 'did you mean "steel"?' }],
    ['an unknown process, with those that there are', { process: 'welding' }, { field: 'process', fix: 'use one of turning, drilling, milling' }],
    ['a material that is a word of JavaScript', { material: 'constructor' }, { field: 'material', value: 'constructor' }],
    ['a very long value', { material: 'x'.repeat(5_000) }, { field: 'material', value: `${'x'.repeat(80)}…` }],
    ['a NUL', { material: 'steel\u0000' }, { field: 'material' }],
  ])('%s', async (_name, changes, issue) => {
    expect(expectRefused(await predict(changes), 422, 'invalid_part')).toMatchObject(issue);
  });

  test.each<[string, string, RegExp]>([
    ['an unknown parameter, with the nearest known one', '&materal=steel', /unknown query parameter materal: did you mean material\?/],
    ['a parameter twice', '&x=30', /x is given more than once/],
    ['a parameter under both its names', '&x_cm=30', /x_cm is given more than once/],
    ['a nested parameter', '&x[a]=30', /unknown query parameter x\[a\]/],
    ['__proto__', '&__proto__=1', /unknown query parameter __proto__/],
    ['constructor', '&constructor=1', /unknown query parameter constructor/],
    ['a nameless parameter', '&=1', /unknown query parameter/],
    ['bad percent-encoding', '&%zz=%e4', /unknown query parameter/],
    ['a thousand parameters', Array.from({ length: 1_000 }, (_, n) => `&p${n}=1`).join(''), /unknown query parameter p0/],
  ])('%s', async (_name, more, detail) => {
    expectRefused(await spindle.get(exampleQuery + more), 400, 'invalid_query', detail);
  });
});

const post = (body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}, path = '/v1/estimates'): Promise<Answer> =>
  ask(spindle.url + path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
const partText = JSON.stringify(examplePart);

describe('POST /v1/estimates refuses', () => {
  test.each<[string, unknown, object]>([
    ['an unknown field', { ...examplePart, colour: 'red' }, { field: 'colour', value: 'red', message: 'colour: unknown field' }],
    ['a short name, with the whole one', { ...examplePart, x_cm: undefined, x: 30 }, { field: 'x', fix: 'did you mean x_cm?' }],
    ['a missing field', { ...examplePart, x_cm: undefined }, { field: 'x_cm', value: null, fix: 'give x_cm a value' }],
    ['a number in quotes', { ...examplePart, x_cm: '30' }, { field: 'x_cm', value: '30', fix: 'send the number without quotes' }],
    ['null', { ...examplePart, x_cm: null }, { field: 'x_cm', value: null }],
    ['a list', { ...examplePart, x_cm: [30] }, { field: 'x_cm', value: '[30]' }],
    ['true', { ...examplePart, x_cm: true }, { field: 'x_cm', value: true }],
    ['complexity 2.5', { ...examplePart, complexity: 2.5 }, { field: 'complexity', value: 2.5 }],
    ['a wrong one among many, by its place', { parts: [examplePart, examplePart, { ...examplePart, material: 'wood' }] }, { part: 2, field: 'material', message: 'parts[2].material: expected one of steel, aluminum, copper, got "wood"' }],
    ['what is no object among many', { parts: [examplePart, 5] }, { part: 1, field: '', value: 5 }],
    ['a part_id that is no text or number', { ...examplePart, part_id: {} }, { field: 'part_id' }],
    ['nothing but {}', {}, { field: 'x_cm' }],
  ])('%s', async (_name, body, issue) => {
    expect(expectRefused(await post(JSON.stringify(body)), 422, 'invalid_part')).toMatchObject(issue);
  });

  test.each<[string, string, number, string, RegExp]>([
    ['an infinite number', '{"x_cm":1e999}', 422, 'invalid_part', /x_cm: expected a number above 0, got "?Infinity/],
    ['__proto__', `{"__proto__":{"x_cm":1},${partText.slice(1)}`, 422, 'invalid_part', /__proto__: unknown field/],
    ['constructor', `{"constructor":1,${partText.slice(1)}`, 422, 'invalid_part', /constructor: unknown field/],
    ['toString for a value', partText.replace('"steel"', '"toString"'), 422, 'invalid_part', /material/],
    ['a value a hundred thousand levels deep', `{"x_cm":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 422, 'invalid_part', /x_cm: expected a number/],
    ['a list a hundred thousand levels deep', `{"parts":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 422, 'invalid_part', /parts\[0\]: expected an object/],
    ['80,000 unknown fields', `{${Array.from({ length: 80_000 }, (_, n) => `"f${n}":1`).join(',')}}`, 422, 'invalid_part', /f0: unknown field \(and 80005 more\)/],
    ['100,000 parts', `{"parts":[${Array.from({ length: 100_000 }, () => '{}').join(',')}]}`, 413, 'too_many_parts', /at most 1000 parts in one request, got 100000; upload a CSV/],
    ['2 MB', JSON.stringify({ ...examplePart, part_id: 'x'.repeat(2_000_000) }), 413, 'body_too_large', /larger than 1048576 bytes/],
    ['an empty list', '{"parts":[]}', 400, 'invalid_body', /at least one part/],
    ['parts that are no list', '{"parts":{}}', 400, 'invalid_body', /expected a list of parts/],
    ['a field beside parts', `{"parts":[${partText}],"explain":true}`, 400, 'invalid_body', /explain: unknown field beside parts/],
    ['a bare list', `[${partText}]`, 400, 'invalid_body', /send \{"parts": \[/],
    ['broken JSON', '{"x_cm":', 400, 'invalid_json', /not valid JSON/],
    ['a bare number', '5', 400, 'invalid_json', /not valid JSON/],
    ['NaN', '{"x_cm":NaN}', 400, 'invalid_json', /not valid JSON/],
    ['two values', `${partText}${partText}`, 400, 'invalid_json', /not valid JSON/],
    ['an empty body', '', 422, 'invalid_part', /x_cm: expected a number above 0, got nothing \(and 5 more\)/],
  ])('%s', async (_name, body, status, code, detail) => {
    expectRefused(await post(body), status, code, detail);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['text', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
    ['CSV', { 'content-type': 'text/csv' }, 415, 'unsupported_media_type'],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_media_type'],
    ['something that only starts like JSON', { 'content-type': 'application/jsonp' }, 415, 'unsupported_media_type'],
    ['JSON in Latin 1', { 'content-type': 'application/json; charset=latin1' }, 415, 'unsupported_media_type'],
    ['JSON in an unknown packing', { 'content-encoding': 'zip' }, 415, 'unsupported_media_type'],
    ['JSON that says that it is packed and is not', { 'content-encoding': 'gzip' }, 400, 'invalid_body'],
  ])('%s', async (_name, headers, status, code) => {
    expectRefused(await post(partText, headers), status, code);
  });

  test('packed JSON that unpacks to more than allowed', async () => {
    expectRefused(await post(gzipSync(JSON.stringify({ ...examplePart, part_id: 'x'.repeat(5_000_000) })), { 'content-encoding': 'gzip' }), 413, 'body_too_large');
  });

  test('a part that lacks a value or has an unknown level, unless it is asked for all the same', async () => {
    const strange = { ...examplePart, material: 'titanium', z_cm: null };
    const flags = ['z_cm is missing', 'material "titanium" is unknown: no training part has it'];
    expectRefused(await post(JSON.stringify(strange)), 422, 'invalid_part', /z_cm: expected a number above 0, got nothing \(and 1 more\)/);
    expectRefused(await post(partText, {}, '/v1/estimates?unknown=guess'), 400, 'invalid_query', /unknown: expected reject or estimate, got "guess"/);
    expectRefused(await post(JSON.stringify({ ...strange, x_cm: '30' }), {}, '/v1/estimates?unknown=estimate'), 422, 'invalid_part', /x_cm: expected a number above 0, got "30"/);
    const single = json(await post(JSON.stringify(strange), {}, '/v1/estimates?unknown=estimate'), estimateSchema);
    expect(single.flags).toEqual(flags);
    expect(json(await predict({ material: 'titanium', z: '', unknown: 'estimate' }), estimateSchema)).toEqual(single);
    expectRefused(await predict({ material: 'titanium', unknown: 'reject' }), 422, 'invalid_part');
    expectRefused(await predict({ unknown: 'yes' }), 400, 'invalid_query', /unknown: expected reject or estimate/);
    const dry = await spindle.upload('/v1/batches?dry_run=true&unknown=estimate', 'x_cm,y_cm,z_cm,material,complexity,process\n30,15,,titanium,5,milling\n30,15,?,steel,5,milling\n');
    expect(json(dry, z.looseObject({ counts: z.unknown() })).counts).toEqual({ rows: 2, accepted: 1, rejected: 1, blank: 0 });
  });

  test('an unknown option, and a switch that is neither true nor false', async () => {
    expectRefused(await post(partText, {}, '/v1/estimates?explian=true'), 400, 'invalid_query', /did you mean explain\?/);
    expectRefused(await post(partText, {}, '/v1/estimates?explain=yes'), 400, 'invalid_query', /explain: expected true or false, got "yes"/);
  });
});

const header = 'x_cm,y_cm,z_cm,material,complexity,process';
const row = '30,15,10,steel,5,milling';
const rowsOf = (count: number): string => `${row}\n`.repeat(count);
const bytes = (...parts: (string | number[])[]): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part)))));

describe('POST /v1/batches refuses', () => {
  test.each<[string, string | Uint8Array<ArrayBuffer>, number, string, RegExp]>([
    ['an empty file', '', 422, 'empty_file', /the file is empty/],
    ['a header only', `${header}\n`, 422, 'empty_file', /no parts below it/],
    ['blank lines only', '\n\n\n', 422, 'missing_columns', /line 1 is empty where the column names are expected/],
    ['blank rows only', `${header}\n\n,,,,,\n \n`, 422, 'empty_file', /no parts below it/],
    ['a header with a missing column, naming what is near', `${header.replace('material', 'Materials')}\n${row}\n`, 422, 'missing_columns', /missing material; the header has x_cm, y_cm, z_cm, Materials/],
    ['a header with a column twice', `${header},x_cm\n${row},1\n`, 422, 'duplicate_columns', /line 1/],
    ['columns called like parts of JavaScript, where they are not needed', `__proto__,constructor\n1,2\n`, 422, 'missing_columns', /missing x_cm/],
    ['a million columns', `${header}${',a'.repeat(1_000_000)}\n${row}\n`, 422, 'too_many_columns', /1000006 columns; at most 1000/],
    ['two thousand columns', `${header}${',a'.repeat(2_000)}\n${row}\n`, 422, 'too_many_columns', /at most 1000/],
    ['a row of 2 MB', `${header}\n${row}\n${'x'.repeat(2_000_000)}\n`, 422, 'invalid_csv', /line 3: the row is longer than 1 MB/],
    ['a quote that is never closed', `${header}\n${row}\n"30,15,10,steel,5,milling\n`, 422, 'invalid_csv', /line 3: a quote \("\) is opened in this row and never closed/],
    ['a NUL byte', `${header}\n${row}\n30,15,\u00000,steel,5,milling\n`, 415, 'not_text', /line 3: found a NUL byte/],
    ['UTF-16 without a mark', new Uint8Array(Buffer.from(`${header}\n${row}\n`, 'utf16le')), 415, 'not_text', /NUL byte/],
    ['a PNG', bytes([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d]), 415, 'not_text', /a PNG image, not CSV text/],
    ['a gzip archive', new Uint8Array(gzipSync(`${header}\n${row}\n`)), 415, 'not_text', /a gzip archive, not CSV text; unpack it first/],
    ['more rows than allowed', `${header}\n${rowsOf(5_001)}`, 413, 'too_many_rows', /more than 5000 rows/],
    ['more bytes than allowed', `${header}\n${row}${' '.repeat(3_100_000)}\n`, 413, 'body_too_large', /larger than 3 MB/],
    ['rows of which none can be estimated', `${header}\n${row.replace('steel', 'wood')}\n`, 422, 'no_acceptable_rows', /none of the 1 rows can be estimated; first: line 2, column material/],
  ])('%s', async (_name, file, status, code, detail) => {
    expectRefused(await spindle.upload('/v1/batches', file), status, code, detail);
  });

  test.each<[string, string, string, RegExp]>([
    ['a number that could be two', 'x;y;z;material;complexity;process\n1,250;2;3;steel;5;milling\n', '', /1\.25 with a decimal comma and 1250 with a decimal point/],
    ['two columns for one feature', 'x;length;y;z;material;complexity;process\n1;1;2;3;steel;5;milling\n', '?mapping={"y_cm":"z"}', /./],
  ])('%s with a question', async (_name, file, query, detail) => {
    const answer = await spindle.upload(`/v1/batches${query}`, file);
    expect([answer.status, problem(answer).detail]).toEqual([422, expect.stringMatching(detail) as string]);
  });

  test('rows of which one is bad, where all or nothing is wanted', async () => {
    expectRefused(await spindle.upload('/v1/batches?all_or_nothing=true', `${header}\n${row}\n${row.replace('steel', 'stel')}\n`), 422, 'rejected_rows', /1 of 2 rows are refused.*did you mean "steel"/);
  });

  test('every kind of wrong row by itself, and takes the others', async () => {
    const wrong = ['0,15,10,steel,5,milling', '30,-1,10,steel,5,milling', '30,15,1e999,steel,5,milling', '30,15,10,stel,5,milling', '30,15,10,steel,11,milling', '30,15,10,steel,2.5,milling', '30,15,10,steel,5', '30,15,10,steel,5,milling,7', '"30,5",15,10,steel,5,milling', ',15,10,steel,5,milling', '1e300,15,10,steel,5,milling', 'NaN,15,10,__proto__,5,toString'];
    const answer = await spindle.upload('/v1/batches?dry_run=true', [header, row, ...wrong, row].join('\n'));
    const { counts, errors } = json(answer, z.looseObject({ counts: z.unknown(), errors: z.array(z.looseObject({ line: z.number(), message: z.string() })) }));
    expect(counts).toEqual({ rows: 14, accepted: 2, rejected: 12, blank: 0 });
    expect([...new Set(errors.map(({ line }) => line))]).toEqual(wrong.map((_, index) => index + 3));
    expect(errors.every(({ line, message }) => message.startsWith(`line ${line}`))).toBe(true);
  });

  test.each<[string, Record<string, string>, string, number, string]>([
    ['a picture', { 'content-type': 'image/png' }, '', 415, 'unsupported_media_type'],
    ['a packed file', { 'content-encoding': 'gzip' }, '', 415, 'unsupported_media_type'],
    ['an unknown option', {}, '?dryrun=true', 400, 'invalid_query'],
    ['a switch that is neither true nor false', {}, '?dry_run=1', 400, 'invalid_query'],
    ['an empty Idempotency-Key', { 'idempotency-key': '' }, '', 400, 'invalid_query'],
    ['an Idempotency-Key that is too long', { 'idempotency-key': 'x'.repeat(201) }, '', 400, 'invalid_query'],
  ])('%s', async (_name, headers, query, status, code) => {
    expectRefused(await spindle.upload(`/v1/batches${query}`, `${header}\n${row}\n`, headers), status, code);
  });
});

describe('a form', () => {
  const file = (content: string) => `--B\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n${content}\r\n`;
  const field = '--B\r\nContent-Disposition: form-data; name="dry_run"\r\n\r\ntrue\r\n';
  const whole = file(`${header}\n${row}\n`);
  test.each<[string, string, string, number, string]>([
    ['without a file', `${field}--B--\r\n`, 'B', 400, 'invalid_body'],
    ['with two files', `${whole}${whole}--B--\r\n`, 'B', 400, 'invalid_body'],
    ['with a field behind the file', `${whole}${field}--B--\r\n`, 'B', 400, 'invalid_body'],
    ['with another boundary', `${whole}--B--\r\n`, 'C', 400, 'invalid_body'],
    ['without an end', whole, 'B', 400, 'invalid_body'],
    ['with an end within the file', whole.slice(0, -20), 'B', 400, 'invalid_body'],
    ['with an empty file', `${file('')}--B--\r\n`, 'B', 422, 'empty_file'],
  ])('%s is refused, and the good rows before the mistake leave nothing', async (_name, body, boundary, status, code) => {
    expectRefused(await spindle.upload('/v1/batches', body, { 'content-type': `multipart/form-data; boundary=${boundary}` }), status, code);
  });

  test('without the name of its boundary is refused', async () => {
    expectRefused(await spindle.upload('/v1/batches', whole, { 'content-type': 'multipart/form-data' }), 400, 'invalid_body', /Boundary not found/);
  });
});

describe('other addresses', () => {
  const id = '6b0c57dd-cb5b-4b1e-8d26-6b9d3f0b7a11';
  test.each<[string, string, number, string]>([
    ['GET', '/nowhere', 404, 'not_found'],
    ['GET', '/v1/batches/1', 404, 'not_found'],
    ['GET', `/v1/batches/${id}`, 404, 'not_found'],
    ['DELETE', `/v1/batches/${id}`, 404, 'not_found'],
    ['GET', `/v1/batches/${id}/events`, 404, 'not_found'],
    ['GET', `/v1/batches/${id}/estimates.csv`, 404, 'not_found'],
    ['GET', `/v1/batches/${id}/estimates.json?wait=true`, 404, 'not_found'],
    ['GET', `/v1/batches/${id}/rejected.csv`, 404, 'not_found'],
    ['GET', `/v1/batches/${id}/estimates.pdf`, 404, 'not_found'],
    ['GET', `/v1/trainings/${id}`, 404, 'not_found'],
    ['DELETE', `/v1/trainings/${id}`, 404, 'not_found'],
    ['DELETE', '/v1/trainings/1', 404, 'not_found'],
    ['GET', `/v1/trainings/${id}/events`, 404, 'not_found'],
    ['POST', `/v1/trainings/${id}/events`, 405, 'method_not_allowed'],
    ['POST', '/v1/trainings?promote=1', 400, 'invalid_query'],
    ['GET', '/v1/batches/..%2f..%2fetc%2fpasswd', 404, 'not_found'],
    ['GET', '/v1/models/..%2f..', 404, 'not_found'],
    ['GET', '/v1/models/..%2f..%2fetc%2fpasswd', 404, 'not_found'],
    ['GET', '/v1/models/20261122T000000Z-000000', 404, 'not_found'],
    ['GET', '/v1/models/%00', 404, 'not_found'],
    ['GET', '/v1/batches/%zz', 400, 'invalid_query'],
    ['GET', '/v1/models/%e4', 400, 'invalid_query'],
    ['GET', '/v1/batches?limit=0', 400, 'invalid_query'],
    ['GET', '/v1/batches?limti=5', 400, 'invalid_query'],
    ['GET', '/v1/schema?version=1', 400, 'invalid_query'],
    ['GET', '/v1/models?a=1', 400, 'invalid_query'],
    ['GET', `/v1/batches/${id}?a=1`, 400, 'invalid_query'],
    ['POST', '/predict', 405, 'method_not_allowed'],
    ['GET', '/v1/estimates', 405, 'method_not_allowed'],
    ['PUT', '/v1/batches', 405, 'method_not_allowed'],
    ['POST', `/v1/batches/${id}`, 405, 'method_not_allowed'],
    ['POST', `/v1/batches/${id}/events`, 405, 'method_not_allowed'],
    ['DELETE', '/v1/models', 405, 'method_not_allowed'],
    ['DELETE', '/v1/models/current', 405, 'method_not_allowed'],
    ['PATCH', '/v1/trainings', 405, 'method_not_allowed'],
    ['GET', '/admin/queues', 404, 'not_found'],
    ['GET', '/docs/../../package.json', 404, 'not_found'],
  ])('%s %s is %i %s', async (method, path, status, code) => {
    expectRefused(await ask(spindle.url + path, { method }), status, code);
  });

  test.each<[unknown, number, string]>([
    [{ version: '../../etc' }, 400, 'invalid_body'],
    [{ version: 5 }, 400, 'invalid_body'],
    [{ version: '20261122T000000Z-000000', more: 1 }, 400, 'invalid_body'],
    [{ version: '20261122T000000Z-000000' }, 404, 'not_found'],
    [[], 400, 'invalid_body'],
  ])('PUT /v1/models/current of %j is %i %s', async (body, status, code) => {
    const refused = await ask(`${spindle.url}/v1/models/current`, { method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
    expectRefused(refused, status, code);
  });

  test('PUT /v1/models/current names the field, the value and the fix', async () => {
    const refused = await ask(`${spindle.url}/v1/models/current`, { method: 'PUT', body: '{"version":5,"more":1}', headers: { 'content-type': 'application/json' } });
    expect(problem(refused).errors).toMatchObject([
      { field: 'version', value: 5, message: 'version: expected the id of a model version, got 5' },
      { field: 'more', value: 1, message: 'more: there is no such field', fix: 'remove it' },
    ]);
  });

  test.each<[string, string, number, string]>([
    ['an empty file', '', 422, 'empty_file'],
    ['a header only', 'a,time_min\n', 422, 'empty_file'],
    ['a PNG', '\u0000PNG', 415, 'not_text'],
    ['an unclosed quote', 'a,time_min\n"1,2\n', 422, 'invalid_csv'],
    ['a target that is not there', 'a,b\n1,2\n', 422, 'missing_columns'],
  ])('POST /v1/trainings of %s leaves nothing', async (_name, file, status, code) => {
    expectRefused(await spindle.upload('/v1/trainings?target=time_min', file), status, code);
  });
});

describe('a connection', () => {
  const portOf = (): number => Number(new URL(spindle.url).port);
  const head = (path: string, ...headers: string[]): string => `POST ${path} HTTP/1.1\r\nHost: x\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;

  test.each<[string, string, string]>([
    ['within a file', head('/v1/batches', 'Content-Type: text/csv', 'Content-Length: 500000'), `${header}\n${rowsOf(4_000)}`],
    ['within a file of pieces', head('/v1/batches', 'Content-Type: text/csv', 'Transfer-Encoding: chunked'), `1d4c0\r\n${`${header}\n${rowsOf(4_000)}`.padEnd(120_000)}\r\n`],
    ['within a form', head('/v1/batches', 'Content-Type: multipart/form-data; boundary=B', 'Content-Length: 500000'), `--B\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n${header}\n${rowsOf(4_000)}`],
    ['before a form\'s file', head('/v1/batches', 'Content-Type: multipart/form-data; boundary=B', 'Content-Length: 500000', 'Idempotency-Key: cut'), '--B\r\nContent-Dis'],
    ['within a keyed file', head('/v1/batches', 'Content-Type: text/csv', 'Content-Length: 500000', 'Idempotency-Key: cut'), `${header}\n${rowsOf(4_000)}`],
    ['within a training', head('/v1/trainings', 'Content-Type: text/csv', 'Content-Length: 500000'), `${header}\n${rowsOf(4_000)}`],
    ['within JSON', head('/v1/estimates', 'Content-Type: application/json', 'Content-Length: 500'), '{"x_cm":'],
  ])('that is lost %s leaves no batch, no claim and no key', async (_name, start, body) => {
    const connection = redis.connect();
    const socket = connect(portOf(), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(start + body);
    const isUpload = start.includes('text/csv') || body.includes('milling');
    // The pieces stored so far show that the upload was really under way.
    if (isUpload) await until('pieces are stored', async () => (await keysUnder(connection, `${spindle.prefix}:data:batch`)).length + (await keysUnder(connection, `${spindle.prefix}:data:training`)).length > 0);
    socket.resetAndDestroy();
    connection.disconnect();
    expect(json(await spindle.get('/v1/batches'), z.object({ batches: z.array(z.unknown()) })).batches).toEqual([]);
  });

  test('whose key was claimed by a lost upload can send it again', async () => {
    const socket = connect(portOf(), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(head('/v1/batches', 'Content-Type: text/csv', 'Content-Length: 500000', 'Idempotency-Key: again') + header);
    const connection = redis.connect();
    await until('the key is claimed', async () => (await keysUnder(connection, `${spindle.prefix}:data:idempotency`)).length === 1);
    socket.resetAndDestroy();
    await until('it is free', async () => (await keysUnder(connection, `${spindle.prefix}:data:idempotency`)).length === 0, 3_000);
    connection.disconnect();
    expectRefused(await spindle.upload('/v1/batches', '', { 'idempotency-key': 'again' }), 422, 'empty_file');
  });

  test.each<[string, string, number, string]>([
    ['with a huge header', `GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'headers_too_large'],
    ['with a huge address', `GET /predict?x=${'1'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431, 'headers_too_large'],
    ['that speaks no HTTP', 'HELO spindle\r\n\r\n', 400, 'invalid_request'],
    ['that names its length twice', `${head('/v1/estimates', 'Content-Type: application/json', 'Content-Length: 2', 'Transfer-Encoding: chunked')}{}`, 400, 'invalid_request'],
    ['with pieces that are none', `${head('/v1/batches', 'Content-Type: text/csv', 'Transfer-Encoding: chunked')}zz\r\n`, 400, 'invalid_request'],
    ['that sends more than it said', `${head('/v1/estimates', 'Content-Type: application/json', 'Content-Length: 2')}{}}}}`, 400, 'invalid_request'],
  ])('%s gets a problem', async (_name, text, status, code) => {
    expectRefused(parseRaw(await sendRaw(portOf(), text)), status, code);
  });
});

describe('whatever is sent is answered with 2xx or 4xx, in time', () => {
  const bound = 5_000;
  const expectAnswered = (answer: Answer): void => {
    expect(Math.floor(answer.status / 100), `${answer.status}: ${answer.text.slice(0, 500)}`).toBeOneOf([2, 4]);
    expect(answer.status < 400 || problem(answer).detail.length > 0).toBe(true);
  };

  test('as a query', async () => {
    const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.double().map(String), fc.constantFrom('steel', 'milling', '30', '5', '', 'toString', '__proto__'));
    const name = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...Object.keys(good), 'x_cm', 'complexity', '__proto__', 'toString') }, { weight: 1, arbitrary: fc.string() });
    await fc.assert(fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 10 }), async (pairs) => expectAnswered(await ask(`${spindle.url}/predict?${new URLSearchParams(pairs).toString()}`, {}, bound))), { numRuns: 150 });
    const raw = fc.string({ unit: fc.constantFrom('%', '&', '=', 'x', '[', ']', '.', '+', '0', 'e', '%2', '%00', '%ff', ';'), maxLength: 40 });
    await fc.assert(fc.asyncProperty(raw, async (text) => expectAnswered(await ask(`${spindle.url}/predict?${text}`, {}, bound))), { numRuns: 100 });
  });

  test('as JSON', async () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(30, 5, 'steel', 'milling', 1e300, -0, 0.1, '30'));
    const part = fc.record(Object.fromEntries([...Object.keys(examplePart), 'part_id', '__proto__', 'parts'].map((name) => [name, value])), { requiredKeys: [] });
    const body = fc.oneof(fc.jsonValue(), part, fc.record({ parts: fc.oneof(fc.array(fc.oneof(part, fc.constant(examplePart)), { maxLength: 5 }), fc.jsonValue()) }));
    await fc.assert(fc.asyncProperty(body, fc.nat(60), async (one, cut) => expectAnswered(await ask(`${spindle.url}/v1/estimates`, { method: 'POST', body: JSON.stringify(one).slice(cut > 50 ? 50 - cut : 0), headers: { 'content-type': 'application/json' } }, bound))), { numRuns: 200 });
  });

  test('as a file', async () => {
    const text = fc.string({ unit: fc.constantFrom(',', '\n', '\r', '"', 'a', ' ', ';', '\t', '3', '.', '-', 'é', '\u0000', '\ufeff', ',30', row, header, `\n${row}\n`), maxLength: 30 });
    const file = fc.oneof(text.map((one) => Buffer.from(one)), text.map((one) => Buffer.from(`${header}\n${one}\n${row}`)), fc.uint8Array({ maxLength: 300 }).map((one) => Buffer.from(one)));
    await fc.assert(fc.asyncProperty(file, async (one) => expectAnswered(await ask(`${spindle.url}/v1/batches?dry_run=true`, { method: 'POST', body: new Uint8Array(one), headers: { 'content-type': 'text/csv' } }, bound))), { numRuns: 200 });
  });

  test('as an address', async () => {
    const step = fc.oneof(fc.constantFrom('v1', 'batches', 'models', 'trainings', 'current', 'estimates.csv', 'events', '..', '.', '%2e%2e', '%00', '%zz', ''), fc.string({ maxLength: 8 }).map(encodeURIComponent), fc.uuid());
    const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH');
    await fc.assert(fc.asyncProperty(method, fc.array(step, { maxLength: 5 }), async (one, steps) => {
      const answer = await ask(`${spindle.url}/${steps.join('/')}`, { method: one }, bound);
      expect(answer.status).toBeLessThan(500);
    }), { numRuns: 150 });
  });
});
