import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { plainReport } from '../../common/files/import/import-report.ts';
import type { Estimator } from '../../common/model/estimator.ts';
import { ModelReader } from '../../common/model/model-reader.ts';
import { FileEstimation } from '../../worker/file-estimation.ts';
import { RejectedFile } from '../../worker/rejected-file.ts';
import type { UnknownPolicy } from '../../common/part.ts';
import { temporaryDirectory } from '../support/leftovers.ts';
import { publishVersion } from '../support/model-versions.ts';
import { gappySchema, gappyModel } from '../support/gappy-model.ts';

const header = 'part_id,x_cm,y_cm,z_cm,material,complexity,process';
let estimator: Estimator;
beforeAll(async () => {
  const models = await temporaryDirectory();
  estimator = await new ModelReader(models).load(await publishVersion(models, 0));
});

/** Estimates a file that arrives in pieces of this many bytes; returns the output and the refused rows. */
async function estimated(text: string, size = 1_000, { model = estimator, unknown = 'reject' }: { model?: Estimator; unknown?: UnknownPolicy } = {}): Promise<{ rows: string[][]; estimation: FileEstimation; rejected: string[][] }> {
  const rejected: string[][] = [];
  const estimation = new FileEstimation(model, {
    unknown,
    onRejected: (_header, _report, rows) => {
      rejected.push(...rows.map(({ cells }) => cells));
      return Promise.resolve();
    },
  });
  const bytes = Buffer.from(text);
  // oxlint-disable-next-line typescript/require-await
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
  }
  let out = '';
  for await (const lines of estimation.file(pieces(), 'csv')) out += String(lines);
  return { rows: parse(out), estimation, rejected };
}

test('a file comes out the same however it is cut, each row with its estimate or among the refused', async () => {
  const line = fc.tuple(fc.double({ min: 0.1, max: 99, noNaN: true }), fc.constantFrom('steel', 'wood'));
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 30 }), fc.integer({ min: 1, max: 500 }), async (lines, size) => {
      const text = [header, ...lines.map(([x, material], index) => `P${index},${x},15,10,${material},5,milling`)].join('\n');
      const { rows, estimation, rejected } = await estimated(text, size);
      const good = lines.flatMap(([x, material], index) => (material === 'wood' ? [] : [{ id: `P${index}`, x }]));
      const expected = estimator.estimate(good.map(({ x }) => [x, 15, 10, 'steel', 5, 'milling']));
      expect(rows.slice(1).map((cells) => [cells[0], Number(cells[7])])).toEqual(good.map(({ id }, index) => [id, expected[index]?.[0]]));
      expect(rejected.map(([id]) => id)).toEqual(lines.flatMap(([, material], index) => (material === 'wood' ? [`P${index}`] : [])));
      expect([estimation.estimated, estimation.rejected]).toEqual([good.length, lines.length - good.length]);
    }),
    { numRuns: 40 },
  );
});

test('any file with holes and unknown levels comes out whole: finite, flagged for what it lacks, and each row as if it came alone', async () => {
  const model = gappyModel();
  const number = fc.oneof(fc.double({ min: -1e15, max: 1e15, noNaN: true }), fc.double({ min: 0, max: 60, noNaN: true }), fc.constant(null));
  const level = fc.oneof(fc.constantFrom('steel', 'brass', null), fc.string({ unit: fc.constantFrom('a', 'ß', '"', ',', '…', '漢'), minLength: 1, maxLength: 120 }));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(number, number, level, level).filter((part) => part.some((value) => value !== null)), { minLength: 1, maxLength: 300 }), fc.integer({ min: 20, max: 5_000 }), async (parts, size) => {
      const cell = (value: number | string | null): string => (value === null ? '' : `"${String(value).replaceAll('"', '""')}"`);
      const text = ['id,length,width,material,shape', ...parts.map((part, index) => [`P${index}`, ...part.map(cell)].join(','))].join('\n');
      const { rows, rejected } = await estimated(text, size, { model, unknown: 'estimate' });
      expect(rejected).toEqual([]);
      const alone = parts.map((part) => model.estimate([part])[0]);
      for (const [index, row] of rows.slice(1).entries()) {
        const [value = NaN, low = NaN, high = NaN] = row.slice(5, 8).map(Number);
        expect([value, low, high].every((bound) => Number.isFinite(bound) && bound >= 0) && low <= value && value <= high).toBe(true);
        expect([value, low, high, row[8]]).toEqual([...(alone[index]?.slice(0, 3) ?? []), alone[index]?.[3].join('; ')]);
        const part = parts[index] ?? [];
        const told = (alone[index]?.[3] ?? []).map((flag) => /^(\w+) (?:".*" )?is (missing|unknown)(?:$|: no training part has it$)/s.exec(flag)?.slice(1).join(' ')).filter((flag) => flag !== undefined);
        expect(told.sort()).toEqual(gappySchema.features.flatMap(({ name, levels }, f) => (part[f] === null ? [`${name} missing`] : !levels || levels.includes(String(part[f]).trim()) ? [] : [`${name} unknown`])).sort());
      }
    }),
    { numRuns: 40 },
  );
});

test('a row that lacks what training never lacked is refused where the caller says so', async () => {
  const lacking = [header, 'P1,,15,10,steel,5,milling', 'P2,30,15,10,wood,5,milling', 'P3,abc,15,10,steel,5,milling'].join('\n');
  expect((await estimated(lacking)).rejected.map(([id]) => id)).toEqual(['P1', 'P2', 'P3']);
  expect((await estimated(lacking, 1_000, { unknown: 'estimate' })).rejected.map(([id]) => id)).toEqual(['P3']);
});

test('the first hundred reasons are kept, each with line and fix', async () => {
  const { estimation } = await estimated([header, ...Array.from({ length: 150 }, (_, index) => `P${index},30,15,10,stel,5,milling`)].join('\n'));
  expect(estimation.rejected).toBe(150);
  expect(estimation.firstReasons).toHaveLength(100);
  expect(estimation.firstReasons[99]).toBe('line 101, column material: expected one of steel, aluminum, copper, got "stel"; did you mean "steel"?');
});

test('an empty file is said to be one', async () => {
  await expect(estimated('')).rejects.toMatchObject({ code: 'empty_file' });
});

test('a file of refused rows is made by its first write, also of none, and grows by each', async () => {
  const path = join(await temporaryDirectory(), 'rejected.csv');
  const file = new RejectedFile(path);
  await file.write(['a', 'b'], plainReport(), []);
  expect(await readFile(path, 'utf8')).toBe('line,reason,a,b\n');
  for (const line of [3, 5]) await file.write(['a', 'b'], plainReport(), [{ line, cells: ['1', 'x,y'], issues: [{ line, field: 'a', value: '1', message: `line ${line}: wrong` }] }]);
  await file.close();
  expect(parse(await readFile(path, 'utf8'))).toEqual([['line', 'reason', 'a', 'b'], ['3', 'line 3: wrong', '1', 'x,y'], ['5', 'line 5: wrong', '1', 'x,y']]);
});
