/** Σ1, Σx, Σxx', Σxy and Σy of some rows, all that least squares needs to know of them; those of other rows come by subtraction. */
export interface TermMoments {
  rows: number;
  sums: Float64Array;
  /** Lower triangle by rows, width². */
  cross: Float64Array;
  withTarget: Float64Array;
  targetSum: number;
}

/** Rows taken at a time: their columns stay in the processor's cache. */
const rowsAtOnce = 512;

/** Moments of the columns over some rows. */
export function termMoments(columns: readonly Float64Array[], target: Float64Array, rows: Uint32Array): TermMoments {
  const width = columns.length;
  const moments: TermMoments = { rows: rows.length, sums: new Float64Array(width), cross: new Float64Array(width * width), withTarget: new Float64Array(width), targetSum: 0 };
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    const some = rows.subarray(from, from + rowsAtOnce);
    const block = columns.map((column) => Float64Array.from(some, (row) => column[row] ?? 0));
    const ofTarget = Float64Array.from(some, (row) => target[row] ?? 0);
    for (const value of ofTarget) moments.targetSum += value;
    for (let i = 0; i < width; i++) {
      const a = block[i] ?? ofTarget;
      let sum = 0;
      for (let r = 0; r < a.length; r++) sum += a[r] ?? 0;
      moments.sums[i] = (moments.sums[i] ?? 0) + sum;
      moments.withTarget[i] = (moments.withTarget[i] ?? 0) + product(a, ofTarget);
      for (let j = 0; j <= i; j++) moments.cross[i * width + j] = (moments.cross[i * width + j] ?? 0) + product(a, block[j] ?? a);
    }
  }
  return moments;
}

function product(a: Float64Array, b: Float64Array): number {
  let even = 0;
  let odd = 0;
  let r = 0;
  for (; r + 1 < a.length; r += 2) {
    even += (a[r] ?? 0) * (b[r] ?? 0);
    odd += (a[r + 1] ?? 0) * (b[r + 1] ?? 0);
  }
  return r < a.length ? even + odd + (a[r] ?? 0) * (b[r] ?? 0) : even + odd;
}

/** a + sign · b. */
export function combineMoments(a: TermMoments, b: TermMoments, sign: 1 | -1): TermMoments {
  const plus = (x: Float64Array, y: Float64Array): Float64Array => x.map((value, i) => value + sign * (y[i] ?? 0));
  return { rows: a.rows + sign * b.rows, sums: plus(a.sums, b.sums), cross: plus(a.cross, b.cross), withTarget: plus(a.withTarget, b.withTarget), targetSum: a.targetSum + sign * b.targetSum };
}

/** Covariances of the columns with each other (lower triangle by rows) and with the target, and all means. */
export interface Covariances {
  cross: Float64Array;
  withTarget: Float64Array;
  means: Float64Array;
  targetMean: number;
}

/** The covariances of moments. */
export function covariancesOf({ rows, sums, cross, withTarget, targetSum }: TermMoments): Covariances {
  const width = sums.length;
  const means = sums.map((sum) => sum / rows);
  const targetMean = targetSum / rows;
  const out = new Float64Array(width * width);
  for (let i = 0; i < width; i++) for (let j = 0; j <= i; j++) out[i * width + j] = (cross[i * width + j] ?? 0) / rows - (means[i] ?? 0) * (means[j] ?? 0);
  return { cross: out, withTarget: withTarget.map((sum, i) => sum / rows - (means[i] ?? 0) * targetMean), means, targetMean };
}

/** intercept + Σ coefficients[i] · column i. */
export interface Weights {
  intercept: number;
  coefficients: Float64Array;
}

/** The weights with the intercept that fits the means. */
export function withIntercept({ means, targetMean }: Covariances, coefficients: Float64Array): Weights {
  return { intercept: coefficients.reduce((sum, weight, i) => sum - weight * (means[i] ?? 0), targetMean), coefficients };
}

/** Predictions for some rows. */
export function weigh(columns: readonly Float64Array[], { intercept, coefficients }: Weights, rows: Uint32Array): Float64Array {
  const out = new Float64Array(rows.length).fill(intercept);
  for (let i = 0; i < columns.length; i++) {
    const weight = coefficients[i] ?? 0;
    const column = columns[i];
    if (weight === 0 || !column) continue;
    for (let r = 0; r < rows.length; r++) out[r] = (out[r] ?? 0) + weight * (column[rows[r] ?? 0] ?? 0);
  }
  return out;
}
