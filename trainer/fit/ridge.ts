import { CholeskyDecomposition, Matrix, SingularValueDecomposition } from 'ml-matrix';
import type { Moments } from './moments.ts';

/** A linear prediction: intercept + Σ coefficients[i] · column `columns[i]` of the design. */
export interface LinearFit {
  intercept: number;
  columns: readonly number[];
  coefficients: Float64Array;
}

/**
 * Ridge regression on some columns of a design, for each penalty λ: the minimum over b₀ and b of (1/n) Σ (y - b₀ - x'b)² + λ b'b
 * (Hoerl and Kennard, 1970, doi:10.2307/1267351). The intercept is not penalised; λ is in units of the columns' variance.
 * Where the normal equations are singular the shortest of all solutions is taken.
 */
export function fitRidge(moments: Moments, columns: readonly number[], penalties: readonly number[]): LinearFit[] {
  const { covariance, withTarget } = centered(moments, columns);
  const targetMean = (moments.sums[moments.width] ?? 0) / moments.rows;
  return penalties.map((penalty) => {
    const matrix = covariance.clone();
    for (let i = 0; i < columns.length; i++) matrix.set(i, i, matrix.get(i, i) + penalty);
    const coefficients = solveSymmetric(matrix, withTarget);
    const intercept = columns.reduce((sum, column, i) => sum - ((moments.sums[column] ?? 0) / moments.rows) * (coefficients[i] ?? 0), targetMean);
    return { intercept, columns, coefficients };
  });
}

/** Covariances of the columns with each other and with the target. */
function centered(moments: Moments, columns: readonly number[]): { covariance: Matrix; withTarget: Matrix } {
  const { rows, sums, width } = moments;
  const between = (i: number, j: number): number => moments.product(i, j) / rows - ((sums[i] ?? 0) / rows) * ((sums[j] ?? 0) / rows);
  const covariance = new Matrix(columns.length, columns.length);
  for (const [a, i] of columns.entries()) {
    for (let b = 0; b <= a; b++) {
      const value = between(i, columns[b] ?? 0);
      covariance.set(a, b, value);
      covariance.set(b, a, value);
    }
  }
  return { covariance, withTarget: Matrix.columnVector(columns.map((i) => between(i, width))) };
}

/** Solves A x = b for a symmetric A without negative eigenvalues; the shortest x where A is singular to working precision, NaN where A overflowed. */
function solveSymmetric(matrix: Matrix, right: Matrix): Float64Array {
  // ml-matrix takes NaN for a lack of symmetry and throws.
  if (!Number.isFinite(matrix.sum())) return new Float64Array(right.rows).fill(NaN);
  const cholesky = new CholeskyDecomposition(matrix);
  if (cholesky.isPositiveDefinite() && !nearlySingular(cholesky.lowerTriangularMatrix, matrix)) return Float64Array.from(cholesky.solve(right).to1DArray());
  return Float64Array.from(new SingularValueDecomposition(matrix).solve(right).to1DArray());
}

/** True where a pivot lost all but a few of its 53 bits to cancellation: what it would give is rounding noise. */
function nearlySingular(lower: Matrix, matrix: Matrix): boolean {
  for (let i = 0; i < lower.rows; i++) {
    const pivot = lower.get(i, i) ** 2;
    if (!(pivot > 1e-13 * matrix.get(i, i))) return true;
  }
  return false;
}

/** Σ (y - fit)² over the rows of these moments, from the moments alone. */
export function squaredError(moments: Moments, { intercept, columns, coefficients }: LinearFit): number {
  const { rows, sums, width } = moments;
  // (y - b₀ - x'b)² summed = Σy² - 2 b₀Σy - 2 b'Σxy + n b₀² + 2 b₀ b'Σx + b'Σxx' b
  let error = moments.product(width, width) - 2 * intercept * (sums[width] ?? 0) + rows * intercept * intercept;
  for (const [a, i] of columns.entries()) {
    const weight = coefficients[a] ?? 0;
    let inner = 0;
    for (const [b, j] of columns.entries()) inner += (coefficients[b] ?? 0) * moments.product(i, j);
    error += weight * (inner + 2 * intercept * (sums[i] ?? 0) - 2 * moments.product(i, width));
  }
  return Math.max(0, error);
}
