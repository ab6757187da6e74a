import { type Covariance, covarianceBetween, warpedInputs } from '../../common/model/covariance.ts';
import type { GaussianProcessModel } from '../../common/model/gaussian-process.ts';
import { type Inputs, inputRows } from '../../common/model/inputs.ts';
import { packArray } from '../../common/model/packed-array.ts';
import { cholesky, choleskyInverse, choleskySolve } from './cholesky.ts';
import { type CovarianceShape, covarianceOf, covarianceShape, parameterCount, startingPoints } from './covariance-parameters.ts';
import { type InducedProcess, fitInduced } from './induced-process.ts';
import { negativeLogPosterior } from './marginal-likelihood.ts';
import { type Slope, minimize } from './minimize.ts';
import { type FamilyFit, type Problem, type RegressionFamily, otherRows } from './regression-family.ts';
import { oneRowOfEach, partsOf } from './repeated-parts.ts';
import { sampleRows } from './sample-rows.ts';

/** Rows up to which the process is exact: beyond, training takes the cube of them. */
const exactRows = 1_600;
/** Parts up to which each fold learns parameters of its own, where those are not too many: with few parts even two dozen parameters can learn the held-out ones by heart. */
const ownParametersParts = 150;
/** With fewer parts than this for each parameter some folds together have parameters of their own, as long as that does not take too long. */
const partsPerParameter = 8;
const sharedParametersParts = 700;
/** Rows beyond which an inverse for each fold takes too long. */
const ownInverseRows = 700;
const foldGroups = 3;

/** Effort spent on the parameters: first on few rows, then on more. */
const rounds = [
  { rows: 320, evaluations: 45 },
  { rows: 640, evaluations: 9 },
];
/** Parameters from which an evaluation takes longer: there are fewer of them, and no further round that would have fewer than these. */
const manyParameters = 60;
const fewestEvaluations = 6;

/**
 * An exact Gaussian process (Rasmussen and Williams, 2006, algorithm 2.1) whose parameters maximise the posterior; with many rows an approximation by inducing points.
 * What it predicts for rows left out comes in closed form from the inverse covariance of all rows, with the parameters of all rows.
 */
export const gaussianProcessFamily: RegressionFamily = {
  name: 'Gaussian process',
  fit(problem: Problem): FamilyFit | undefined {
    const { inputs, target, folds, ends, seed, onProgress } = problem;
    const shape = covarianceShape(inputs, target);
    if (shape.numbers.length + shape.categories.length === 0) return undefined;
    const learning = inputs.rows > exactRows ? 0.15 : 0.8; // its share of the time
    const parameters = learnParameters(shape, inputs, target, seed, (fraction) => onProgress?.(learning * fraction));
    const { noise, covariance } = covarianceOf(shape, parameters);
    if (inputs.rows > exactRows) return inducedFit(fitInduced({ ...problem, onProgress: (fraction) => onProgress?.(learning + (1 - learning) * fraction) }, covariance, noise));
    const exact = fitExact(inputs, target, covariance, noise);
    if (!exact) return undefined;
    const outOfFold = new Float64Array(inputs.rows);
    const forWeights = new Float64Array(inputs.rows);
    for (const group of groupedFolds(folds, inputs, parameterCount(shape))) {
      const without = group.own ? withParametersOfOthers(inputs, target, group.folds, seed) : exact.without;
      for (const rows of group.folds) {
        // With parameters that lack several folds it does worse than without these rows alone, with those of all rows it does better: its weight goes by the middle.
        const withAll = group.folds.length > 1 && group.own ? exact.without(rows) : undefined;
        for (const [i, value] of without(rows).entries()) {
          outOfFold[rows[i] ?? 0] = value;
          forWeights[rows[i] ?? 0] = withAll ? (value + (withAll[i] ?? 0)) / 2 : value;
        }
      }
    }
    return { model: exact.model, outOfFold, forWeights, beyond: ends.map((rows) => exact.without(rows)), note: `${inputs.rows} points, noise ${noise.toPrecision(2)}` };
  },
};

function inducedFit({ model, outOfFold, beyond, noise }: InducedProcess): FamilyFit {
  return { model, outOfFold, beyond, note: `${model.points} inducing points, noise ${noise.toPrecision(2)}` };
}

/** The parameters of the largest posterior found from the better one of the starting points, in rounds of growing samples of parts: by several rows of one, what is its own would pass for a law. */
function learnParameters(shape: CovarianceShape, inputs: Inputs, target: Float64Array, seed: number, onProgress?: (fraction: number) => void): Float64Array {
  let parameters: Float64Array | undefined;
  let seen = 0;
  const different = oneRowOfEach(partsOf(inputs), seed);
  for (const [round, { rows, evaluations }] of rounds.entries()) {
    const affordable = Math.round(evaluations * Math.min(1, manyParameters / parameterCount(shape)));
    if (different.length <= seen || (parameters && affordable < fewestEvaluations)) break;
    seen = rows;
    const sample = sampleRows(different.length, rows, seed).map((at) => different[at] ?? 0);
    const some = inputRows(inputs, sample);
    const ofTarget = Float64Array.from(sample, (row) => target[row] ?? 0);
    let evaluated = 0;
    const posterior = (at: Float64Array): Slope => {
      onProgress?.((round + evaluated++ / affordable) / rounds.length);
      return negativeLogPosterior(shape, some, ofTarget, at);
    };
    parameters = minimize(posterior, parameters ?? betterStart(shape, some, ofTarget), { evaluations: Math.max(fewestEvaluations, affordable), tolerance: 0.02 }).x;
  }
  return parameters ?? startingPoints(shape)[0];
}

/** The exact starting point where that explains the target, of mean 0 and variance 1, better than the usual one does, and than taking all of it for noise. */
function betterStart(shape: CovarianceShape, inputs: Inputs, target: Float64Array): Float64Array {
  const [usual, exact] = startingPoints(shape);
  const valueOf = (at: Float64Array): number => negativeLogPosterior(shape, inputs, target, at).value;
  const allNoise = (target.length / 2) * (1 + Math.log(2 * Math.PI));
  return valueOf(exact) < Math.min(allNoise, valueOf(usual)) ? exact : usual;
}

/** Folds that share parameters, and whether those are learned without them. */
function groupedFolds(folds: readonly Uint32Array[], inputs: Inputs, parameters: number): { folds: Uint32Array[]; own: boolean }[] {
  const parts = new Set(partsOf(inputs)).size;
  if (parts <= ownParametersParts && parameters <= manyParameters && inputs.rows <= ownInverseRows) return folds.map((fold) => ({ folds: [fold], own: true }));
  if (parts > sharedParametersParts || parts >= partsPerParameter * parameters) return [{ folds: [...folds], own: false }];
  return Array.from({ length: foldGroups }, (_, group) => ({ folds: folds.filter((__, fold) => fold % foldGroups === group), own: true }));
}

/** Predicts any of the folds from all rows but its own, with parameters that have seen none of the folds. */
function withParametersOfOthers(inputs: Inputs, target: Float64Array, folds: readonly Uint32Array[], seed: number): (rows: Uint32Array) => Float64Array {
  const others = otherRows(inputs.rows, Uint32Array.from(folds.flatMap((rows) => [...rows])));
  const some = inputRows(inputs, others);
  const ofTarget = Float64Array.from(others, (row) => target[row] ?? 0);
  const shape = covarianceShape(some, ofTarget);
  const { noise, covariance } = covarianceOf(shape, learnParameters(shape, some, ofTarget, seed));
  return fitExact(inputs, target, covariance, noise)?.without ?? ((rows) => new Float64Array(rows.length));
}

/** The process of all rows, and a way to predict any of them from all but a set. */
interface ExactProcess {
  model: GaussianProcessModel;
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
  return { model, without };
}
