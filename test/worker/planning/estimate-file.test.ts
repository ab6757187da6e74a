import { expect, test } from 'vitest';
import type { EstimatedPart, RefusedPart } from '../../../worker/planning/estimated-part.ts';
import { fileParts, shopOf } from '../../support/planned-shops.ts';

const shop = shopOf([{ name: 'M', processes: ['milling'] }, { name: 'L', processes: ['turning'] }], {
  time_zone: 'Europe/Berlin', setups: [{ feature: 'material', default: 10, changes: [{ from: 'steel', to: 'aluminum', minutes: 20 }] }],
});
const only = <T>(list: readonly T[]): T | undefined => (list.length === 1 ? list[0] : undefined);
const refusals = (parts: readonly (EstimatedPart | RefusedPart)[]): [number, string][] => parts.flatMap((part) => ('reason' in part ? [[part.line, part.reason] as [number, string]] : []));

test('a file of semicolons, commas and German words is read like an upload', async () => {
  const parts = await fileParts('Teile-Nr.;Auftrag;Arbeitsgang-Nr.;Werkstoff;Verfahren;Halter;Menge;Liefertermin;Prio;time_min;time_min_low;time_min_high;model_version\nA;O1;20;Stahl;Fräsen;H 7;3;24.12.2026 14:00;2;12,5;10,25;15;v1', shop);
  expect(only(parts)).toEqual({
    batchId: null, line: 2, partId: 'A', orderId: 'O1', operation: 20, process: 'milling', quantity: 3, setupMinutes: 0, due: '2026-12-24T13:00:00Z', release: null, priority: 2,
    estimate: { value: 12.5, low: 10.25, high: 15 }, features: { material: 'steel', Halter: 'H 7' }, modelVersion: 'v1',
  });
});

test('values that the shop does not name come as they are, and an estimate in hours in minutes', async () => {
  const parts = await fileParts('material,process,time [h]\nbrass,grinding,1.5\n,milling,', shop);
  expect(parts).toMatchObject([
    { process: 'grinding', features: { material: 'brass' }, estimate: { value: 90, low: 90, high: 90 }, partId: null, quantity: 1, due: null },
    { process: 'milling', features: { material: '' }, estimate: undefined },
  ]);
});

test.each([
  ['quantity', '0', /whole number of pieces/], ['quantity', '2.5', /whole number of pieces/], ['quantity', 'five', /got "five"/], ['due', 'soon', /expected a date such as/],
  ['priority', '-1', /1, the most urgent/], ['operation', 'first', /whole number from 1 such as 10, 20 or 30/], ['setup_min', '-5', /minutes from 0/], ['time_min', '-3', /time_min: expected a number of at least 0/],
])('a row whose %s is %s is refused, and keeps its name and place', async (column, value, reason) => {
  const row = { part_id: 'A', order_id: 'O1', process: 'milling', time_min: '1', [column]: value };
  const parts = await fileParts(`${Object.keys(row).join(',')}\n${Object.values(row).join(',')}\n`, shop);
  expect(only(parts)).toMatchObject({ line: 2, partId: 'A', orderId: 'O1', reason: expect.stringMatching(reason) as string, fix: expect.stringMatching(/./) as string });
});

test('one part may be in several operations and orders, but not twice in one', async () => {
  const parts = await fileParts('part_id,order_id,operation,process,time_min\nA,O1,10,milling,1\nA,O1,20,turning,1\nA,O2,10,milling,1\nA,O1,20,turning,1', shop);
  expect(refusals(parts)).toEqual([[5, expect.stringMatching(/line 3 has it already/)]]);
});

test('a file without the columns that planning needs is refused', async () => {
  await expect(fileParts('part_id,proces,time_min\nA,milling,1', shop)).rejects.toMatchObject({ code: 'missing_columns', message: expect.stringMatching(/missing process/) as string });
});

test('a file without parts is refused, and one of too many with the limit', async () => {
  await expect(fileParts('process,time_min\n', shop)).rejects.toMatchObject({ code: 'empty_file' });
  await expect(fileParts(`process,time_min\n${'milling,1\n'.repeat(20_001)}`, shop)).rejects.toMatchObject({ code: 'too_many_operations' });
});
