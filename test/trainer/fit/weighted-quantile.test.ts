import { describe, expect, it } from 'vitest';
import { weightedQuantile } from '../../../trainer/fit/weighted-quantile.ts';

const ones = (count: number): number[] => Array.from({ length: count }, () => 1);

describe('weightedQuantile', () => {
  it('lies at share · (n + 1) of the values in order where all weigh 1', () => {
    expect(weightedQuantile([7, 1, 3, 5], ones(4), 0.5)).toBeCloseTo(4, 12); // 2.5th of 1, 3, 5, 7
    expect(weightedQuantile([7, 1, 3, 5], ones(4), 0.7)).toBeCloseTo(6, 12); // 3.5th
  });

  it('is the first or last value where it would lie beyond', () => {
    expect(weightedQuantile([1, 3, 5, 7], ones(4), 0.1)).toBe(1);
    expect(weightedQuantile([1, 3, 5, 7], ones(4), 0.95)).toBe(7);
  });

  it('takes equal values for one of their weight together', () => {
    const values = [1, 3, 3, 3, 3, 5, 7];
    const weights = [1, 0.25, 0.25, 0.25, 0.25, 1, 1];
    for (const share of [0.2, 0.35, 0.5, 0.55, 0.7, 0.9]) expect(weightedQuantile(values, weights, share)).toBeCloseTo(weightedQuantile([1, 3, 5, 7], ones(4), share), 12);
  });
});
