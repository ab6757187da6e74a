import { designEffect } from './design-effect.ts';

/** Squared errors of two models on the same rows, compared row by row. Errors are root mean squares, in the target's unit. */
interface Comparison {
  rows: number;
  error: number;
  error_of_current: number;
  /** error - error_of_current. */
  difference: number;
  standard_error: number;
}

/** A comparison and, where up to four rows outweigh the others, the same with each of them counted in part; `rows` are these. */
export interface PairedErrors extends Comparison {
  limited?: Comparison | undefined;
}

/** Share by which an error may be larger without being called worse: no figure that anybody would see. */
const tolerance = 0.005;
/** Most that one row may have of the squares of all differences. */
const mostOfOne = 0.2;
/** Standard errors that two rows alone cannot bring about, but √2 at most. */
const ofSeveral = 1.5;

/**
 * Compares the squared errors of some rows. The difference of the mean squares has the standard error s / √n of the differences by row, or more where
 * rows of one part (`parts` tells which, by row) differ alike; both are divided by the sum of the root mean squares, which turns them into those of the root mean squares.
 * A row of a part a hundred times as large as the others is nearly all there is to difference and standard error, which then come out equal, whatever the others say:
 * such rows get a smaller weight, by which none has more than a fifth of the squares of the differences (as Lindeberg's condition asks of a sum that is to be normal).
 */
export function compareErrors(squares: Float64Array, squaresOfCurrent: Float64Array, rows: Uint32Array, parts: Uint32Array): PairedErrors {
  const ours = Float64Array.from(rows, (row) => squares[row] ?? 0);
  const theirs = Float64Array.from(rows, (row) => squaresOfCurrent[row] ?? 0);
  const partsOfRows = Uint32Array.from(rows, (row) => parts[row] ?? 0);
  const compared = compare(ours, theirs, partsOfRows);
  const sizes = ours.map((square, i) => Math.abs(square - (theirs[i] ?? 0)));
  const limit = limitOf(sizes);
  const outweighing = sizes.reduce((count, size) => count + (size > limit ? 1 : 0), 0);
  if (outweighing === 0) return compared;
  const weighted = (values: Float64Array): Float64Array => values.map((square, i) => square * Math.min(1, limit / (sizes[i] || limit)));
  return { ...compared, limited: { ...compare(weighted(ours), weighted(theirs), partsOfRows), rows: outweighing } };
}

function compare(squares: Float64Array, squaresOfCurrent: Float64Array, parts: Uint32Array): Comparison {
  const count = squares.length;
  const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value / count, 0);
  const [mean, meanOfCurrent] = [meanOf(squares), meanOf(squaresOfCurrent)];
  const difference = mean - meanOfCurrent;
  const differences = squares.map((square, i) => square - (squaresOfCurrent[i] ?? 0));
  const variance = differences.reduce((sum, one) => sum + (one - difference) ** 2, 0) / Math.max(1, count - 1);
  const alike = designEffect(differences, parts);
  const [error, error_of_current] = [Math.sqrt(mean), Math.sqrt(meanOfCurrent)];
  const sum = error + error_of_current || 1;
  return { rows: count, error, error_of_current, difference: difference / sum, standard_error: Math.sqrt((variance / count) * alike) / sum };
}

/** The size to which the largest are cut so that none has more than `mostOfOne` of the sum of squares: with k of them cut, limit² = share · (the others' sum + k · limit²). Infinity where there is nothing else to go by. */
function limitOf(sizes: Float64Array): number {
  const sorted = Float64Array.from(sizes).sort();
  const sums = new Float64Array(sorted.length + 1);
  for (const [i, size] of sorted.entries()) sums[i + 1] = (sums[i] ?? 0) + size ** 2;
  for (let cut = 0; cut < Math.min(1 / mostOfOne, sorted.length); cut++) {
    const others = sorted.length - cut;
    const limit = Math.sqrt((mostOfOne * (sums[others] ?? 0)) / (1 - mostOfOne * cut));
    if ((sorted[others - 1] ?? 0) <= limit) return limit || Infinity;
  }
  return Infinity;
}

/** Whether the error is larger than the current version's by more than so many standard errors, by more than half a percent of it, and by more than `negligible`; with rows that outweigh the others counted in part, or so clearly that two rows alone cannot be why. */
export function isWorse(errors: PairedErrors, standardErrors: number, negligible: number): boolean {
  const exceeds = ({ error_of_current, difference, standard_error }: Comparison, times: number): boolean => difference > Math.max(times * standard_error, tolerance * error_of_current, negligible);
  return exceeds(weighed(errors), standardErrors) || exceeds(errors, Math.max(standardErrors, ofSeveral));
}

/** Whether the error is smaller by more than so many standard errors, rows that outweigh the others counted in part. */
export function isBetter(errors: PairedErrors, standardErrors: number): boolean {
  const { difference, standard_error } = weighed(errors);
  return difference < -standardErrors * standard_error;
}

/** The comparison that verdicts are by. */
export const weighed = (errors: PairedErrors): Comparison => errors.limited ?? errors;

/** What the figures of a verdict are to be read with; nothing where no row outweighs the others. */
export const inPart = ({ limited }: PairedErrors): string => (limited ? `, ${limited.rows === 1 ? 'one row that outweighs' : `${limited.rows} rows that outweigh`} the others counted in part` : '');

/** True where an error is smaller than another one by more than nobody would see. */
export const isSmaller = (error: number, other: number): boolean => error < (1 - tolerance) * other;

/** The point that a normal deviate is above with this probability, below one half, to 0.00045 (Abramowitz and Stegun, 26.2.23). */
export function normalQuantile(above: number): number {
  const t = Math.sqrt(-2 * Math.log(above));
  return t - (2.515517 + 0.802853 * t + 0.010328 * t ** 2) / (1 + 1.432788 * t + 0.189269 * t ** 2 + 0.001308 * t ** 3);
}

/** The same of Student's t with many degrees of freedom, from the normal point z (Abramowitz and Stegun, 26.7.5, to the second order). */
export function studentQuantile(z: number, freedom: number): number {
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}
