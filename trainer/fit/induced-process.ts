import { type Covariance, type WarpedInputs, covarianceBetween, warpedInputs } from '../../common/model/covariance.ts';
import type { GaussianProcessModel } from '../../common/model/gaussian-process.ts';
import { inputRows } from '../../common/model/inputs.ts';
import { packArray } from '../../common/model/packed-array.ts';
import { cholesky, choleskySolve } from './cholesky.ts';
import type { Problem } from './regression-family.ts';
import { sampleRows } from './sample-rows.ts';

/** A process whose mean is a sum over a sample of the rows. */
export interface InducedProcess {
  model: GaussianProcessModel;
  outOfFold: Float64Array;
  beyond: Float64Array[];
  noise: number;
}

const inducingPoints = 700;
/** Noise is tried at these multiples of what the sample says: an approximation leaves some of the function to the noise. */
const noiseFactors = [0.5, 1, 2];

/**
 * The projected-process approximation (Rasmussen and Williams, 2006, equation 8.26): weights (σ² K_mm + K_mn K_nm)⁻¹ K_mn y for m random rows,
 * so that a fold's rows are left out by taking their products away.
 */
export function fitInduced({ inputs, target, folds, ends, seed, onProgress }: Problem, covariance: Covariance, noise: number): InducedProcess {
  const sample = sampleRows(inputs.rows, inducingPoints, seed + 1);
  const points = warpedInputs(covariance, inputRows(inputs, sample));
  const m = points.rows;
  const prior = covarianceBetween(covariance, points, points, true);
  for (let i = 0; i < m; i++) prior[i * m + i] = (prior[i * m + i] ?? 0) * (1 + 1e-6);
  const at = warpedInputs(covariance, inputs);
  const byFold = folds.map((rows, fold) => {
    onProgress?.(fold / (folds.length + 2)); // what follows takes as long as two
    return productsOf(covariance, at, points, target, rows);
  });
  const all = byFold.reduce((sum, products) => combined(sum, products, 1));
  const factors = noiseFactors.map((factor) => ({ factor, error: 0, outOfFold: new Float64Array(inputs.rows) }));
  for (const [fold, rows] of folds.entries()) {
    const held = byFold[fold];
    if (!held) continue;
    const others = combined(all, held, -1);
    const predictions = predictAt(covariance, at, points, noiseFactors.map((factor) => weightsOf(prior, others, noise * factor)), rows);
    for (const [f, tried] of factors.entries()) {
      for (const [i, row] of rows.entries()) {
        const predicted = predictions[f]?.[i] ?? 0;
        tried.outOfFold[row] = predicted;
        tried.error += ((target[row] ?? 0) - predicted) ** 2;
      }
    }
  }
  const best = factors.reduce((least, next) => (next.error < least.error ? next : least));
  const chosen = noise * best.factor;
  const beyond = ends.map((rows) => predictAt(covariance, at, points, [weightsOf(prior, combined(all, productsOf(covariance, at, points, target, rows), -1), chosen)], rows)[0] ?? new Float64Array());
  const model: GaussianProcessModel = {
    kind: 'gaussian-process',
    mean: 0,
    covariance,
    points: m,
    warped: packArray('f64', points.warped),
    groups: packArray('u16', points.groups.map((group) => group + 1)),
    weights: packArray('f64', weightsOf(prior, all, chosen)),
  };
  return { model, outOfFold: best.outOfFold, beyond, noise: chosen };
}

/** K_mn K_nm, lower triangle, and K_mn y of some rows. */
interface Products {
  cross: Float64Array;
  withTarget: Float64Array;
}

/** Rows taken at a time: their covariances with the points stay in the processor's cache. */
const rowsAtOnce = 64;

function productsOf(covariance: Covariance, at: WarpedInputs, points: WarpedInputs, target: Float64Array, rows: Uint32Array): Products {
  const m = points.rows;
  const cross = new Float64Array(m * m);
  const withTarget = new Float64Array(m);
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const some = rows.subarray(from, from + rowsAtOnce);
    const between = covarianceBetween(covariance, points, warpedRows(at, some));
    const k = some.length;
    const ofTarget = Float64Array.from(some, (row) => target[row] ?? 0);
    for (let i = 0; i < m; i++) {
      let sum = 0;
      for (let r = 0; r < k; r++) sum += (between[i * k + r] ?? 0) * (ofTarget[r] ?? 0);
      withTarget[i] = (withTarget[i] ?? 0) + sum;
      // Four columns at a time: each number of row i that is read serves four times.
      let j = 0;
      for (; j + 3 <= i; j += 4) {
        let [p0, p1, p2, p3] = [0, 0, 0, 0];
        for (let r = 0; r < k; r++) {
          const value = between[i * k + r] ?? 0;
          p0 += value * (between[j * k + r] ?? 0);
          p1 += value * (between[(j + 1) * k + r] ?? 0);
          p2 += value * (between[(j + 2) * k + r] ?? 0);
          p3 += value * (between[(j + 3) * k + r] ?? 0);
        }
        cross[i * m + j] = (cross[i * m + j] ?? 0) + p0;
        cross[i * m + j + 1] = (cross[i * m + j + 1] ?? 0) + p1;
        cross[i * m + j + 2] = (cross[i * m + j + 2] ?? 0) + p2;
        cross[i * m + j + 3] = (cross[i * m + j + 3] ?? 0) + p3;
      }
      for (; j <= i; j++) {
        let product = 0;
        for (let r = 0; r < k; r++) product += (between[i * k + r] ?? 0) * (between[j * k + r] ?? 0);
        cross[i * m + j] = (cross[i * m + j] ?? 0) + product;
      }
    }
  }
  return { cross, withTarget };
}

function combined(a: Products, b: Products, sign: 1 | -1): Products {
  return { cross: a.cross.map((value, i) => value + sign * (b.cross[i] ?? 0)), withTarget: a.withTarget.map((value, i) => value + sign * (b.withTarget[i] ?? 0)) };
}

function weightsOf(prior: Float64Array, { cross, withTarget }: Products, noise: number): Float64Array {
  const m = withTarget.length;
  for (let jitter = 0; jitter <= 1e-3; jitter = jitter === 0 ? 1e-9 : jitter * 10) {
    const matrix = cross.map((value, i) => value + noise * noise * (prior[i] ?? 0));
    for (let i = 0; i < m; i++) matrix[i * m + i] = (matrix[i * m + i] ?? 0) * (1 + jitter);
    if (cholesky(matrix, m)) return choleskySolve(matrix, m, withTarget);
  }
  return new Float64Array(m);
}

/** Predictions for some rows by each of several weights. */
function predictAt(covariance: Covariance, at: WarpedInputs, points: WarpedInputs, weights: readonly Float64Array[], rows: Uint32Array): Float64Array[] {
  const out = weights.map(() => new Float64Array(rows.length));
  const m = points.rows;
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const some = rows.subarray(from, from + rowsAtOnce);
    const between = covarianceBetween(covariance, warpedRows(at, some), points);
    for (const [w, ofPoints] of weights.entries()) {
      const predicted = out[w] ?? ofPoints;
      for (let i = 0; i < some.length; i++) {
        let sum = 0;
        for (let j = 0; j < m; j++) sum += (ofPoints[j] ?? 0) * (between[i * m + j] ?? 0);
        predicted[from + i] = sum;
      }
    }
  }
  return out;
}

function warpedRows({ rows, warped, groups }: WarpedInputs, some: Uint32Array): WarpedInputs {
  const width = warped.length / rows;
  const kinds = groups.length / rows;
  const out = { rows: some.length, warped: new Float64Array(some.length * width), groups: new Int32Array(some.length * kinds) };
  for (const [i, row] of some.entries()) {
    out.warped.set(warped.subarray(row * width, (row + 1) * width), i * width);
    out.groups.set(groups.subarray(row * kinds, (row + 1) * kinds), i * kinds);
  }
  return out;
}
