import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { Estimator } from '../../common/model/estimator.ts';
import { ModelReader } from '../../common/model/model-reader.ts';
import { FileEstimation } from '../../worker/file-estimation.ts';
import { RejectedFile } from '../../worker/rejected-file.ts';
import { temporaryDirectory } from '../support/leftovers.ts';
import { publishVersion } from '../support/model-versions.ts';

const header = 'part_id,x_cm,y_cm,z_cm,material,complexity,process';
let estimator: Estimator;
beforeAll(async () => {
  const models = await temporaryDirectory();
  estimator = await new ModelReader(models).load(await publishVersion(models, 0));
});

/** Estimates a file that arrives in pieces of this many bytes; returns the output and the refused rows. */
async function estimated(text: string, size = 1_000): Promise<{ rows: string[][]; estimation: FileEstimation; rejected: string[][] }> {
  const rejected: string[][] = [];
  const estimation = new FileEstimation(estimator, (_header, rows) => {
    rejected.push(...rows.map(({ cells }) => cells));
    return Promise.resolve();
  });
  const bytes = Buffer.from(text);
  // oxlint-disable-next-line typescript/require-await
  async function* pieces(): AsyncGenerator<Buffer> {
    for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
  }
  let out = '';
  for await (const lines of estimation.lines(pieces())) out += lines;
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

test('the first hundred reasons are kept, each with line and fix', async () => {
  const { estimation } = await estimated([header, ...Array.from({ length: 150 }, () => 'P,30,15,10,stel,5,milling')].join('\n'));
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
  await file.write(['a', 'b'], []);
  expect(await readFile(path, 'utf8')).toBe('line,reason,a,b\n');
  for (const line of [3, 5]) await file.write(['a', 'b'], [{ line, cells: ['1', 'x,y'], issues: [{ line, field: 'a', value: '1', message: `line ${line}: wrong` }] }]);
  await file.close();
  expect(parse(await readFile(path, 'utf8'))).toEqual([['line', 'reason', 'a', 'b'], ['3', 'line 3: wrong', '1', 'x,y'], ['5', 'line 5: wrong', '1', 'x,y']]);
});
