import { describe, expect, it } from 'vitest';
import { Moments } from '../../../trainer/fit/moments.ts';
import { fitRidge, squaredError } from '../../../trainer/fit/ridge.ts';

const none = new Int32Array();

function momentsOf(rows: number[][], targets: number[]): Moments {
  const moments = new Moments(rows[0]?.length ?? 0);
  for (const [r, row] of rows.entries()) moments.add(Float64Array.from(row), none, targets[r] ?? 0);
  return moments;
}

/** Two columns of mean 0 and variance 1 that are orthogonal to each other. */
const orthonormal = [[1, 1], [1, -1], [-1, 1], [-1, -1]];

describe('fitRidge', () => {
  it('shrinks every coefficient of an orthonormal design by 1 / (1 + λ), and never the intercept', () => {
    const targets = orthonormal.map(([a = 0, b = 0]) => 7 + 3 * a - 2 * b);
    for (const [p, fit] of fitRidge(momentsOf(orthonormal, targets), [0, 1], [0, 0.25, 1, 4]).entries()) {
      const shrink = 1 / (1 + ([0, 0.25, 1, 4][p] ?? 0));
      expect(fit.intercept).toBeCloseTo(7, 12);
      expect(fit.coefficients[0]).toBeCloseTo(3 * shrink, 12);
      expect(fit.coefficients[1]).toBeCloseTo(-2 * shrink, 12);
    }
  });

  it('approaches least squares as the penalty goes to 0', () => {
    // Slope and intercept of these four points by hand: Sxy / Sxx = 7 / 5, mean 6 - 1.4 · 2.5.
    const [fit] = fitRidge(momentsOf([[1], [2], [3], [4]], [4, 5, 7, 8]), [0], [1e-12]);
    expect(fit?.coefficients[0]).toBeCloseTo(1.4, 9);
    expect(fit?.intercept).toBeCloseTo(2.5, 9);
  });

  it('takes the shortest solution where a column is there twice', () => {
    const rows = [[1, 1], [2, 2], [3, 3], [4, 4]];
    const [fit] = fitRidge(momentsOf(rows, [4, 5, 7, 8]), [0, 1], [0]);
    expect(fit?.coefficients[0]).toBeCloseTo(0.7, 9);
    expect(fit?.coefficients[1]).toBeCloseTo(0.7, 9);
  });

  it('gives a constant column no weight', () => {
    const [fit] = fitRidge(momentsOf([[1, 5], [2, 5], [3, 5], [4, 5]], [4, 5, 7, 8]), [0, 1], [0]);
    expect(fit?.coefficients[0]).toBeCloseTo(1.4, 9);
    expect(fit?.coefficients[1]).toBeCloseTo(0, 9);
  });

  it('weighs only the columns it is given', () => {
    const [fit] = fitRidge(momentsOf([[9, 1], [1, 2], [4, 3], [7, 4]], [4, 5, 7, 8]), [1], [0]);
    expect(fit?.columns).toEqual([1]);
    expect(fit?.coefficients[0]).toBeCloseTo(1.4, 9);
  });

  it('answers NaN, not an exception, where values have overflowed', () => {
    const [fit] = fitRidge(momentsOf([[1e200], [2e200], [3e200]], [1, 2, 3]), [0], [1e-6]);
    expect(fit?.coefficients[0]).toBeNaN();
  });
});

describe('squaredError', () => {
  it('is the sum over the rows, from the moments alone', () => {
    const rows = [[1, 2], [2, -1], [3, 0.5], [4, 4], [0, 1]];
    const targets = [4, 5, 7, 8, 1];
    const fit = { intercept: 1.5, columns: [0, 1], coefficients: Float64Array.of(1.2, -0.3) };
    const direct = rows.reduce((sum, [a = 0, b = 0], r) => sum + ((targets[r] ?? 0) - 1.5 - 1.2 * a + 0.3 * b) ** 2, 0);
    expect(squaredError(momentsOf(rows, targets), fit)).toBeCloseTo(direct, 10);
  });
});

describe('Moments', () => {
  it('without a fold are those of the other rows', () => {
    const [all, fold, rest] = [new Moments(3), new Moments(3), new Moments(3)];
    for (let row = 0; row < 20; row++) {
      const dense = Float64Array.of(Math.sin(row));
      const ones = Int32Array.of(1 + (row % 2));
      for (const moments of [all, row % 5 === 0 ? fold : rest]) moments.add(dense, ones, Math.cos(row));
    }
    const difference = all.minus(fold);
    expect(difference.rows).toBe(rest.rows);
    for (let i = 0; i <= 3; i++) for (let j = 0; j <= 3; j++) expect(difference.product(i, j)).toBeCloseTo(rest.product(i, j), 12);
  });

  it('count rows, sums and products of columns that are 0 or 1', () => {
    const moments = new Moments(3);
    moments.add(Float64Array.of(2), Int32Array.of(1), 10);
    moments.add(Float64Array.of(3), Int32Array.of(2), 20);
    expect([...moments.sums]).toEqual([5, 1, 1, 30]);
    expect(moments.product(0, 1)).toBe(2);
    expect(moments.product(2, 0)).toBe(3);
    expect(moments.product(1, 2)).toBe(0);
    expect(moments.product(2, 3)).toBe(20);
    expect(moments.product(3, 3)).toBe(500);
  });
});
