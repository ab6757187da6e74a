import type { Report } from '../common/model/model-file.ts';

/** Out-of-fold squared errors, row by row, of a candidate and of what it has to beat. */
export interface GateEvidence {
  candidate: Float64Array;
  /** Of the plain mean of the other folds. */
  baseline: Float64Array;
  /** Unit of the target with a space before it, or an empty text. */
  unit: string;
}

/** How many standard errors make a difference more than noise. */
const clearly = 2;

/**
 * Whether a candidate becomes the current version: its cross-validated error must be finite, and its mean squared error must lie below that of the
 * plain mean by more than two standard errors of the difference, taken row by row.
 */
export function judge({ candidate, baseline, unit }: GateEvidence): Report['gate'] {
  const rows = candidate.length;
  let mean = 0;
  for (let row = 0; row < rows; row++) mean += ((baseline[row] ?? 0) - (candidate[row] ?? 0)) / rows;
  let variance = 0;
  for (let row = 0; row < rows; row++) variance += ((baseline[row] ?? 0) - (candidate[row] ?? 0) - mean) ** 2 / (rows - 1);
  const standardError = Math.sqrt(variance / rows);
  const errors = `a cross-validated error of ${figure(rootMean(candidate))}${unit} against ${figure(rootMean(baseline))}${unit} for the plain mean`;
  if (!Number.isFinite(mean) || !Number.isFinite(standardError)) return { verdict: 'kept', reason: 'its cross-validated error is not finite' };
  if (mean <= clearly * standardError) return { verdict: 'kept', reason: `${errors} is no clear gain: the difference is within ${clearly} standard errors` };
  return { verdict: 'promoted', reason: errors };
}

const rootMean = (squares: Float64Array): number => Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);

const figure = (value: number): string => String(Number(value.toPrecision(4)));
