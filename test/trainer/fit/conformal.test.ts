import { describe, expect, it } from 'vitest';
import { conformalHalfWidth, conformalRank, crossConformal } from '../../../trainer/fit/conformal.ts';
import { quantile, quantileKnots } from '../../../trainer/fit/quantile-knots.ts';

describe('conformalHalfWidth', () => {
  it('is the ⌈(n + 1) · coverage⌉-th smallest size of a residual', () => {
    // n = 19: ⌈20 · 0.9⌉ = 18, the second largest.
    const residuals = Float64Array.from({ length: 19 }, (_, row) => (row % 2 === 0 ? 1 : -1) * (row + 1));
    expect(conformalHalfWidth(residuals, 0.9)).toBe(18);
    // n = 20: ⌈21 · 0.9⌉ = ⌈18.9⌉ = 19.
    expect(conformalHalfWidth(Float64Array.from({ length: 20 }, (_, row) => row + 1), 0.9)).toBe(19);
  });

  it('is the largest where too few residuals are known for the coverage', () => {
    expect(conformalHalfWidth(Float64Array.of(3, -5, 1), 0.9)).toBe(5);
  });

  it('does not take a rank too many for the binary rounding of 0.9', () => {
    expect(conformalRank(9, 0.9)).toBe(9);
    expect(conformalRank(99, 0.9)).toBe(90);
    expect(conformalRank(999, 0.9)).toBe(900);
  });
});

describe('crossConformal', () => {
  it('judges each fold by the residuals of the others', () => {
    const residuals = Float64Array.of(1, 2, 100, 3, 4, 5);
    const folds = [Uint32Array.of(0, 1, 2), Uint32Array.of(3, 4, 5)];
    const { inside, halfWidths } = crossConformal(residuals, folds, 0.5);
    // Of three residuals the ⌈4 · 0.5⌉ = 2nd: 4 for the first fold, 2 for the second.
    expect(halfWidths).toEqual([4, 2]);
    expect([...inside]).toEqual([1, 1, 0, 0, 0, 0]);
  });
});

describe('quantileKnots', () => {
  it('stand at equally spaced quantiles', () => {
    const sorted = Float64Array.from({ length: 101 }, (_, value) => value);
    expect(quantileKnots(sorted, 5)).toEqual([10, 30, 50, 70, 90]);
    expect(quantile(sorted, 0.255)).toBeCloseTo(25.5, 12);
  });

  it('come once where values repeat', () => {
    // Quantiles 0.1, 0.3, 0.5, 0.7 and 0.9 of nine values: the last at 8 · 0.9 = 7.2, between 2 and 3.
    expect(quantileKnots(Float64Array.of(1, 1, 1, 1, 1, 1, 1, 2, 3), 5)).toEqual([1, expect.closeTo(2.2, 12)]);
    expect(quantileKnots(Float64Array.of(4, 4, 4), 8)).toEqual([4]);
  });
});
