import { designEffect } from './design-effect.ts';

/** Squared errors of two models on the same rows, compared row by row. Errors are root mean squares, in the target's unit. */
export interface PairedErrors {
  rows: number;
  error: number;
  error_of_current: number;
  /** error - error_of_current. */
  difference: number;
  standard_error: number;
}

/** Share by which an error may be larger without being called worse: no figure that anybody would see. */
const tolerance = 0.005;

/**
 * Compares the squared errors of some rows. The difference of the mean squares has the standard error s / √n of the differences by row, or more where
 * rows of one part (`parts` tells which, by row) differ alike; both are divided by the sum of the root mean squares, which turns them into those of the root mean squares.
 */
export function compareErrors(squares: Float64Array, squaresOfCurrent: Float64Array, rows: Uint32Array, parts: Uint32Array): PairedErrors {
  const count = rows.length;
  const meanOf = (values: Float64Array): number => rows.reduce((sum, row) => sum + (values[row] ?? 0) / count, 0);
  const [mean, meanOfCurrent] = [meanOf(squares), meanOf(squaresOfCurrent)];
  const difference = mean - meanOfCurrent;
  const differences = Float64Array.from(rows, (row) => (squares[row] ?? 0) - (squaresOfCurrent[row] ?? 0));
  const variance = differences.reduce((sum, one) => sum + (one - difference) ** 2, 0) / Math.max(1, count - 1);
  const alike = designEffect(differences, Uint32Array.from(rows, (row) => parts[row] ?? 0));
  const [error, error_of_current] = [Math.sqrt(mean), Math.sqrt(meanOfCurrent)];
  const sum = error + error_of_current || 1;
  return { rows: count, error, error_of_current, difference: difference / sum, standard_error: Math.sqrt((variance / count) * alike) / sum };
}

/** Whether the error is larger than the current version's by more than so many standard errors, by more than half a percent of it, and by more than `negligible`. */
export function isWorse({ error_of_current, difference, standard_error }: PairedErrors, standardErrors: number, negligible: number): boolean {
  return difference > Math.max(standardErrors * standard_error, tolerance * error_of_current, negligible);
}

/** The point that a normal deviate is above with this probability, below one half, to 0.00045 (Abramowitz and Stegun, 26.2.23). */
export function normalQuantile(above: number): number {
  const t = Math.sqrt(-2 * Math.log(above));
  return t - (2.515517 + 0.802853 * t + 0.010328 * t ** 2) / (1 + 1.432788 * t + 0.189269 * t ** 2 + 0.001308 * t ** 3);
}

/** The same of Student's t with many degrees of freedom, from the normal point z (Abramowitz and Stegun, 26.7.5, to the second order). */
export function studentQuantile(z: number, freedom: number): number {
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}
