import { expect, it } from 'vitest';
import { designEffect } from '../../trainer/design-effect.ts';

it('is 1 where each value is a part of its own, and where none differs', () => {
  expect(designEffect([3, 1, 4, 1], [0, 1, 2, 3])).toBe(1);
  expect(designEffect([2, 2, 2], [0, 0, 1])).toBe(1);
});

it('makes values that come m times count as one', () => {
  const values = [3, 1, 4, 1, 5];
  const [variance, times] = [values.reduce((sum, value) => sum + (value - 2.8) ** 2, 0) / 4, 3];
  const repeated = values.flatMap((value) => Array.from({ length: times }, () => value));
  const varianceOfAll = repeated.reduce((sum, value) => sum + (value - 2.8) ** 2, 0) / 14;
  // s² / n · the effect is the variance of the mean of the five.
  expect((varianceOfAll / 15) * designEffect(repeated, repeated.map((_, i) => Math.floor(i / times)))).toBeCloseTo(variance / 5, 12);
});

it('counts values of one part as one', () => {
  expect(designEffect([1, 2, 3], [7, 7, 7])).toBe(3);
});
