import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { expect, it } from 'vitest';
import { CombinedRegression } from '../../../common/model/combined-regression.ts';
import { InputReader } from '../../../common/model/inputs.ts';
import type { PartSchema } from '../../../common/part-schema.ts';
import { seededRandom } from '../../../common/seeded-random.ts';
import { combine } from '../../../trainer/fit/combine.ts';
import { changesOverRange, relevanceBeyond } from '../../../trainer/fit/ignorance.ts';
import { inputSpaceOf } from '../../../trainer/fit/input-space.ts';

it('tells how relevant a distance beyond a number is by the change over its range beside the noise', () => {
  const rows = 1_200;
  // Errors of 10 % of the value, half of them to either side: the usual deviation is 14.826 %.
  const value = new Float64Array(rows).fill(50);
  const target = value.map((center, row) => center * (row % 2 === 0 ? 1.1 : 0.9));
  const noise = 0.14826 ** 2;
  // Spread evenly the range is √12 deviations; of ones among zeros, one in a hundred, ten.
  const even = Float64Array.from({ length: rows }, (_, row) => row);
  const rare = Float64Array.from({ length: rows }, (_, row) => (row % 100 === 0 ? 1 : 0));
  const missed = (12 * noise) / rows;
  const [none = NaN, some = NaN, much = NaN, seldom = NaN] = relevanceBeyond([0, 0.3, 20, 0], [even, even, even, rare], target, value);
  expect(none).toBeCloseTo(missed / (missed + noise), 4);
  expect(some).toBeCloseTo((0.09 + missed) / (0.09 + missed + noise), 4);
  expect(seldom).toBeCloseTo(1 / (1 + rows * 0.01 * 0.99), 5);
  expect(much).toBeGreaterThan(0.999);
});

it('takes any distance for relevant where nothing is known of the noise', () => {
  expect(relevanceBeyond([0], [new Float64Array(3)], new Float64Array(3), new Float64Array(3))).toEqual([1]);
});

it('finds what a number changes that few parts have', () => {
  const random = seededRandom(7);
  const rows = 300;
  const even = (): number => uniformFloat64(random);
  const length = Float64Array.from({ length: rows }, () => 10 + 90 * even());
  const welds = Float64Array.from({ length: rows }, () => (even() < 0.04 ? 1 + Math.floor(5 * even()) : 0));
  const target = length.map((cm, row) => (10 + 0.3 * cm + 6 * (welds[row] ?? 0)) * (1 + 0.15 * (even() + even() - 1)));
  const table = { columns: [length, welds], rows };
  const schema: PartSchema = { features: [{ name: 'length', kind: 'number' }, { name: 'welds', kind: 'number' }], target: { name: 'time_min' } };
  const { space } = inputSpaceOf(schema, table);
  const inputs = new InputReader(space, schema).read(table, 0, rows);
  const fit = combine(space, inputs, target, { seed: 1, quick: true });
  if (!fit) throw new Error('nothing was fitted');
  const [, change = NaN] = changesOverRange(new CombinedRegression(fit.model), inputs, 1);
  expect(change).toBeGreaterThan(0.3);
});
