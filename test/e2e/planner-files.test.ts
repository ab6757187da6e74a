import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { nastyFiles } from '../fixtures/nasty-files.ts';
import { writtenWorkbook } from '../fixtures/written-workbook.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { RunningSpindle, ask, json } from '../support/running-spindle.ts';

let redis: PrivateRedis;
let spindle: RunningSpindle;
beforeAll(async () => {
  redis = await PrivateRedis.start();
  spindle = await RunningSpindle.start(redis);
});
afterAll(async () => {
  await spindle.stop();
  await redis.stop();
});

const batchSchema = z.looseObject({ id: z.string(), totals: z.record(z.string(), z.number()), by: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.number()))).optional(), slowest: z.array(z.looseObject({ line: z.number(), part_id: z.string().nullable() })).optional(), changes: z.looseObject({ added: z.number(), changed: z.number(), unchanged: z.number(), gone: z.number() }).optional(), import: z.looseObject({ format: z.string() }).optional() });
const partsSchema = z.looseObject({ parts: z.array(z.looseObject({ time_min: z.number() })) });
const upload = async (bytes: Uint8Array, query = '') => {
  const answer = await ask(`${spindle.url}/v1/batches${query}`, { method: 'POST', body: new Uint8Array(bytes), headers: { 'content-type': 'application/octet-stream' } });
  expect([200, 202]).toContain(answer.status);
  return batchSchema.parse(JSON.parse(answer.text));
};
const estimates = async (id: string): Promise<number[]> => json(await spindle.get(`/v1/batches/${id}/estimates.json?wait=true`), partsSchema).parts.map((part) => part.time_min);
/** The batch once it has ended, which is a moment after its last row. */
async function ended(id: string) {
  for await (const _ of (await fetch(`${spindle.url}/v1/batches/${id}/events`)).body ?? []) continue;
  return json(await spindle.get(`/v1/batches/${id}`), batchSchema);
}
const bytesOf = async (path: string): Promise<Uint8Array> => new Uint8Array(await (await fetch(spindle.url + path)).arrayBuffer());

test('every export of a batch comes back with the same estimates', async () => {
  for (const name of ['german-windows-1252.csv', 'erp-planning-columns.csv', 'dates-and-planning.xlsx', 'one-comma-two-fifty-answered.csv', 'formulas-in-text.csv']) {
    const bytes = await nastyFiles.find((file) => file.name === name)?.bytes();
    const { id } = await upload(bytes ?? new Uint8Array(), name.startsWith('one-comma') ? '?decimal=comma' : '');
    const expected = await estimates(id);
    for (const file of ['estimates.csv?wait=true', 'estimates.csv?delimiter=tab&decimal=comma&wait=true', 'estimates.xlsx?wait=true', 'estimates.json?wait=true', 'estimates.jsonl?wait=true']) expect(await estimates((await upload(await bytesOf(`/v1/batches/${id}/${file}`))).id)).toEqual(expected);
  }
});

test('a workbook with quantities is totalled by pieces, and says what replaces it', async () => {
  const header = ['part_id', 'X (mm)', 'y', 'z', 'material', 'complexity', 'process', 'quantity'];
  const first = await upload(await writtenWorkbook({ Parts: [header, ['A', 300, 15, 10, 'Stahl', 5, 'Fräsen', 3], ['B', 300, 15, 10, 'Alu', 5, 'Drehen', 1], ['Total', null, null, null, null, null, null, 4]] }));
  const times = await estimates(first.id);
  const whole = await ended(first.id);
  expect(whole.totals).toMatchObject({ parts: 2, pieces: 4 });
  expect(whole.totals.time_min).toBeCloseTo(3 * (times[0] ?? 0) + (times[1] ?? 0), 1);
  expect(whole.import).toMatchObject({ format: 'xlsx', totals: [{ line: 4 }] });
  const { by, slowest } = whole;
  expect([Object.keys(by?.material ?? {}).sort(), slowest?.map(({ part_id }) => part_id).sort()]).toEqual([['aluminum', 'steel'], ['A', 'B']]);
  const second = await upload(Buffer.from('part_id,x,y,z,material,complexity,process\nB,30,15,10,aluminum,5,turning\nC,30,15,10,steel,5,milling\n'), `?replaces=${first.id}`);
  expect(second.changes).toMatchObject({ added: 1, changed: 0, unchanged: 1, gone: 1 });
});

test('the templates can be uploaded as they are', async () => {
  for (const kind of ['csv', 'xlsx']) expect((await estimates((await upload(await bytesOf(`/v1/template.${kind}`))).id)).length).toBe(1);
});
