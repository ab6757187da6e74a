import { type Covariance, covarianceBetween, warpedInputs } from '../../common/model/covariance.ts';
import type { GaussianProcessModel } from '../../common/model/gaussian-process.ts';
import { type Inputs, inputRows } from '../../common/model/inputs.ts';
import { packArray } from '../../common/model/packed-array.ts';
import { cholesky, choleskyInverse, choleskySolve } from './cholesky.ts';
import { type CovarianceShape, covarianceOf, covarianceShape, parameterCount, priors } from './covariance-parameters.ts';
import { type InducedProcess, fitInduced } from './induced-process.ts';
import { negativeLogPosterior } from './marginal-likelihood.ts';
import { minimize } from './minimize.ts';
import { type FamilyFit, type Problem, type RegressionFamily, otherRows } from './regression-family.ts';
import { sampleRows } from './sample-rows.ts';

/** Rows up to which the process is exact: beyond, training takes the cube of them. */
const exactRows = 1_600;
/** Rows up to which each fold learns parameters of its own: with few rows even two dozen parameters can learn the held-out rows by heart. */
const ownParametersRows = 150;

/** Effort spent on the parameters: first on few rows, then on more. */
const rounds = [
  { rows: 320, evaluations: 45 },
  { rows: 640, evaluations: 9 },
];

/**
 * An exact Gaussian process (Rasmussen and Williams, 2006, algorithm 2.1) whose parameters maximise the posterior; with many rows an approximation by inducing points.
 * What it predicts for rows left out comes in closed form from the inverse covariance of all rows, with the parameters of all rows.
 */
export const gaussianProcessFamily: RegressionFamily = {
  name: 'Gaussian process',
  fit(problem: Problem): FamilyFit | undefined {
    const { inputs, target, folds, ends, seed } = problem;
    const shape = covarianceShape(inputs);
    if (shape.numbers.length + shape.categories.length === 0) return undefined;
    const parameters = learnParameters(shape, inputs, target, seed);
    const { noise, covariance } = covarianceOf(shape, parameters);
    if (inputs.rows > exactRows) return inducedFit(fitInduced(problem, covariance, noise));
    const exact = fitExact(inputs, target, covariance, noise);
    if (!exact) return undefined;
    const outOfFold = new Float64Array(inputs.rows);
    for (const rows of folds) {
      const predicted = inputs.rows > ownParametersRows ? exact.without(rows) : predictedFromOthers(inputs, target, rows, seed);
      for (const [i, row] of rows.entries()) outOfFold[row] = predicted[i] ?? 0;
    }
    return { model: exact.model, outOfFold, beyond: ends.map((rows) => exact.without(rows)), note: `${inputs.rows} points, noise ${noise.toPrecision(2)}` };
  },
};

function inducedFit({ model, outOfFold, beyond, noise }: InducedProcess): FamilyFit {
  return { model, outOfFold, beyond, note: `${model.points} inducing points, noise ${noise.toPrecision(2)}` };
}

/** The parameters of the largest posterior found from the priors' means, in rounds of growing samples. */
function learnParameters(shape: CovarianceShape, inputs: Inputs, target: Float64Array, seed: number): Float64Array {
  let parameters: Float64Array = Float64Array.from(priors(shape), ({ mean }) => mean);
  let seen = 0;
  for (const { rows, evaluations } of rounds) {
    if (inputs.rows <= seen) break;
    seen = rows;
    const sample = sampleRows(inputs.rows, rows, seed);
    const some = inputRows(inputs, sample);
    const ofTarget = Float64Array.from(sample, (row) => target[row] ?? 0);
    // Many inputs take longer for each evaluation.
    const affordable = Math.max(6, Math.round(evaluations * Math.min(1, 60 / parameterCount(shape))));
    parameters = minimize((at) => negativeLogPosterior(shape, some, ofTarget, at), parameters, { evaluations: affordable, tolerance: 0.02 }).x;
  }
  return parameters;
}

function predictedFromOthers(inputs: Inputs, target: Float64Array, held: Uint32Array, seed: number): Float64Array {
  const others = otherRows(inputs.rows, held);
  const some = inputRows(inputs, others);
  const ofTarget = Float64Array.from(others, (row) => target[row] ?? 0);
  const shape = covarianceShape(some);
  const { noise, covariance } = covarianceOf(shape, learnParameters(shape, some, ofTarget, seed));
  const fit = fitExact(some, ofTarget, covariance, noise);
  if (!fit) return new Float64Array(held.length);
  const between = covarianceBetween(covariance, warpedInputs(covariance, inputRows(inputs, held)), warpedInputs(covariance, some));
  return Float64Array.from(held, (_, i) => fit.alpha.reduce((sum, weight, j) => sum + weight * (between[i * some.rows + j] ?? 0), 0));
}

/** The process of all rows, and a way to predict any of them from all but a set. */
interface ExactProcess {
  model: GaussianProcessModel;
  alpha: Float64Array;
  without: (rows: Uint32Array) => Float64Array;
}

function fitExact(inputs: Inputs, target: Float64Array, covariance: Covariance, noise: number): ExactProcess | undefined {
  const n = inputs.rows;
  const at = warpedInputs(covariance, inputs);
  const matrix = covarianceBetween(covariance, at, at, true);
  for (let i = 0; i < n; i++) matrix[i * n + i] = (matrix[i * n + i] ?? 0) + noise * noise;
  if (!cholesky(matrix, n)) return undefined;
  const alpha = choleskySolve(matrix, n, target);
  let inverse: Float64Array | undefined;
  const model: GaussianProcessModel = {
    kind: 'gaussian-process',
    mean: 0,
    covariance,
    points: n,
    warped: packArray('f64', at.warped),
    groups: packArray('u16', at.groups.map((group) => group + 1)),
    weights: packArray('f64', alpha),
  };
  // y_F - ŷ_F = ((K⁻¹)_FF)⁻¹ α_F: leave-one-out's equation 5.12, for sets.
  const without = (rows: Uint32Array): Float64Array => {
    inverse ??= choleskyInverse(matrix, n);
    const m = rows.length;
    const block = new Float64Array(m * m);
    for (let i = 0; i < m; i++) for (let j = 0; j <= i; j++) block[i * m + j] = inverse[(rows[i] ?? 0) * n + (rows[j] ?? 0)] ?? 0;
    if (!cholesky(block, m)) return Float64Array.from(rows, () => 0);
    const errors = choleskySolve(block, m, Float64Array.from(rows, (row) => alpha[row] ?? 0));
    return Float64Array.from(rows, (row, i) => (target[row] ?? 0) - (errors[i] ?? 0));
  };
  return { model, alpha, without };
}
