import { expect, it } from 'vitest';
import { relevanceBeyond } from '../../../trainer/fit/ignorance.ts';

it('tells how relevant a distance beyond a number is by the change over its range beside the noise', () => {
  const rows = 1_200;
  // Errors of 10 % of the value, half of them to either side: the usual deviation is 14.826 %.
  const value = new Float64Array(rows).fill(50);
  const target = value.map((center, row) => center * (row % 2 === 0 ? 1.1 : 0.9));
  const noise = 0.14826 ** 2;
  const missed = (12 * noise) / rows;
  const [none = NaN, some = NaN, much = NaN] = relevanceBeyond([0, 0.1, 2], target, value);
  expect(none).toBeCloseTo(missed / (missed + noise), 9);
  expect(some).toBeCloseTo((12 * 0.01 + missed) / (12 * 0.01 + missed + noise), 9);
  expect(much).toBeGreaterThan(0.999);
});

it('takes any distance for relevant where nothing is known of the noise', () => {
  expect(relevanceBeyond([0], new Float64Array(3), new Float64Array(3))).toEqual([1]);
});
