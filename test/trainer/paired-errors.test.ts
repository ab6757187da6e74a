import { describe, expect, it } from 'vitest';
import { compareErrors, isWorse, normalQuantile, studentQuantile } from '../../trainer/paired-errors.ts';

/** Each row a part of its own. */
const each = Uint32Array.of(0, 1, 2, 3, 4);

describe('compareErrors', () => {
  it('gives root mean squares, and the standard error of their difference by the rows taken in pairs', () => {
    // Squares 1, 9, 4, 2 and 0, 4, 4, 0: differences 1, 5, 0, 2 of mean 2 and variance 14/3.
    const figures = compareErrors(Float64Array.of(1, 9, 4, 2, 777), Float64Array.of(0, 4, 4, 0, 1), Uint32Array.of(0, 1, 2, 3), each);
    const [error, other] = [Math.sqrt(4), Math.sqrt(2)];
    expect(figures.rows).toBe(4);
    expect(figures.error).toBeCloseTo(error, 12);
    expect(figures.error_of_current).toBeCloseTo(other, 12);
    expect(figures.difference).toBeCloseTo(error - other, 12);
    expect(figures.standard_error).toBeCloseTo(Math.sqrt(14 / 3 / 4) / (error + other), 12);
  });

  it('is no number nowhere: no error at all is no difference', () => {
    expect(compareErrors(new Float64Array(3), new Float64Array(3), Uint32Array.of(0, 1, 2), each)).toEqual({ rows: 3, error: 0, error_of_current: 0, difference: 0, standard_error: 0 });
  });
});

describe('isWorse', () => {
  const figures = { rows: 100, error: 2.1, error_of_current: 2, difference: 0.1, standard_error: 0.05 };

  it('needs all: the standard errors, half a percent, and more than what is negligible', () => {
    expect(isWorse(figures, 1, 0)).toBe(true);
    expect(isWorse(figures, 2.1, 0)).toBe(false);
    expect(isWorse({ ...figures, error_of_current: 21 }, 1, 0)).toBe(false);
    expect(isWorse(figures, 1, 0.2)).toBe(false);
  });
});

describe('quantiles', () => {
  it.each([[0.025, 1.959964], [0.05, 1.644854], [0.001, 3.090232], [0.05 / 1_000, 3.890592]])('are those of the normal distribution above %d', (above, z) => {
    expect(Math.abs(normalQuantile(above) - z)).toBeLessThan(0.00045);
  });

  it.each([[49, 2.0096], [30, 2.0423], [120, 1.9799]])('are those of Student\'s t with %d degrees of freedom', (freedom, t) => {
    expect(studentQuantile(1.959964, freedom)).toBeCloseTo(t, 3);
  });
});
