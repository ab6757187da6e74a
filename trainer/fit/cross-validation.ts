import type { OnProgress } from '../training-progress.ts';
import type { Candidate } from './candidates.ts';
import type { Design } from './design.ts';
import { Moments } from './moments.ts';
import { type LinearFit, fitRidge, squaredError } from './ridge.ts';

/** Moments of each fold's rows and of all rows. */
export interface FoldMoments {
  byFold: Moments[];
  all: Moments;
}

/** Reads every row once. */
export function foldMoments(design: Design, folds: readonly Uint32Array[], onProgress?: OnProgress): FoldMoments {
  const byFold = folds.map((rows, fold) => {
    onProgress?.({ stage: 'preparing', fraction: fold / folds.length });
    const moments = new Moments(design.width);
    for (const row of rows) {
      const { dense, ones } = design.row(row);
      moments.add(dense, ones, design.target(row));
    }
    return moments;
  });
  const all = byFold.reduce((sum, moments) => sum.plus(moments), new Moments(design.width));
  return { byFold, all };
}

/** A candidate with a penalty, and its root mean square error out of fold, in the target's unit; NaN where it cannot be computed. */
export interface Score {
  candidate: Candidate;
  penalty: number;
  rmse: number;
}

/**
 * Out-of-fold errors of every candidate with every penalty, and of the plain mean, by K-fold cross-validation
 * (Stone, 1974, doi:10.1111/j.2517-6161.1974.tb00994.x). Each fit takes the moments of all rows minus its fold's.
 */
export function crossValidate(design: Design, { byFold, all }: FoldMoments, candidates: readonly Candidate[], penalties: readonly number[], onProgress?: OnProgress): { scores: Score[]; baselineRmse: number } {
  const training = byFold.map((moments) => all.minus(moments));
  const toRmse = (squares: number): number => Math.sqrt(squares / all.rows) * design.targetScale;
  const scores = candidates.flatMap((candidate, c) => {
    onProgress?.({ stage: 'choosing', fraction: c / candidates.length });
    const squares = new Float64Array(penalties.length);
    for (const [fold, moments] of training.entries()) {
      const held = byFold[fold];
      if (!held) continue;
      for (const [p, fit] of fitRidge(moments, candidate.columns, penalties).entries()) squares[p] = (squares[p] ?? 0) + squaredError(held, fit);
    }
    return penalties.map((penalty, p) => ({ candidate, penalty, rmse: toRmse(squares[p] ?? NaN) }));
  });
  const baseline = training.reduce((sum, moments, fold) => sum + (byFold[fold] ? squaredError(byFold[fold], meanOf(moments)) : 0), 0);
  return { scores, baselineRmse: toRmse(baseline) };
}

/** The fit that is the plain mean. */
export function meanOf(moments: Moments): LinearFit {
  return { intercept: (moments.sums[moments.width] ?? 0) / moments.rows, columns: [], coefficients: new Float64Array() };
}

/** The score with the smallest finite error; of practically equal ones the first, which is the simplest. */
export function bestScore(scores: readonly Score[]): Score | undefined {
  let best: Score | undefined;
  for (const score of scores) {
    if (Number.isFinite(score.rmse) && (!best || score.rmse < best.rmse * (1 - 1e-9))) best = score;
  }
  return best;
}

/** What each row's target is off by where a fit of the other folds predicts it: actual - prediction, in the target's unit. */
export function outOfFoldResiduals(design: Design, { byFold, all }: FoldMoments, folds: readonly Uint32Array[], fitOf: (moments: Moments) => LinearFit, onProgress?: OnProgress): Float64Array {
  const residuals = new Float64Array(design.table.rows);
  for (const [fold, rows] of folds.entries()) {
    onProgress?.({ stage: 'evaluating', fraction: fold / folds.length });
    const held = byFold[fold];
    if (!held) continue;
    const { intercept, columns, coefficients } = fitOf(all.minus(held));
    const weights = new Float64Array(design.width);
    for (const [c, column] of columns.entries()) weights[column] = coefficients[c] ?? 0;
    // Columns of other candidates are not touched: they may have overflowed.
    const used = columns.filter((column) => column < design.denseWidth);
    for (const row of rows) {
      let prediction = intercept;
      if (columns.length > 0) {
        const { dense, ones } = design.row(row);
        for (const c of used) prediction += (dense[c] ?? 0) * (weights[c] ?? 0);
        for (const column of ones) prediction += weights[column] ?? 0;
      }
      residuals[row] = (design.target(row) - prediction) * design.targetScale;
    }
  }
  return residuals;
}
