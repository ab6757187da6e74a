/** The lower triangle L with L L' = A of a symmetric positive definite A of n rows, row by row, in place of A; false where A is not, to working precision. */
export function cholesky(matrix: Float64Array, n: number): boolean {
  for (let i = 0; i < n; i++) {
    const rowI = i * n;
    for (let j = 0; j < i; j++) {
      const rowJ = j * n;
      matrix[rowI + j] = ((matrix[rowI + j] ?? 0) - dot(matrix, rowI, rowJ, j)) / (matrix[rowJ + j] ?? 1);
    }
    const pivot = (matrix[rowI + i] ?? 0) - dot(matrix, rowI, rowI, i);
    if (!(pivot > 1e-14 * (matrix[rowI + i] ?? 0))) return false;
    matrix[rowI + i] = Math.sqrt(pivot);
  }
  return true;
}

/** Σ a[from + k] a[other + k] for k below `count`, in four sums that the processor can keep apart. */
function dot(a: Float64Array, from: number, other: number, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < count; k += 4) {
    s0 += (a[from + k] ?? 0) * (a[other + k] ?? 0);
    s1 += (a[from + k + 1] ?? 0) * (a[other + k + 1] ?? 0);
    s2 += (a[from + k + 2] ?? 0) * (a[other + k + 2] ?? 0);
    s3 += (a[from + k + 3] ?? 0) * (a[other + k + 3] ?? 0);
  }
  for (; k < count; k++) s0 += (a[from + k] ?? 0) * (a[other + k] ?? 0);
  return s0 + s1 + s2 + s3;
}

/** x with L L' x = b, for L as `cholesky` leaves it. */
export function choleskySolve(lower: Float64Array, n: number, right: Float64Array): Float64Array<ArrayBuffer> {
  const x = Float64Array.from(right);
  for (let i = 0; i < n; i++) {
    let sum = x[i] ?? 0;
    for (let k = 0; k < i; k++) sum -= (lower[i * n + k] ?? 0) * (x[k] ?? 0);
    x[i] = sum / (lower[i * n + i] ?? 1);
  }
  for (let i = n - 1; i >= 0; i--) {
    const value = (x[i] ?? 0) / (lower[i * n + i] ?? 1);
    x[i] = value;
    for (let k = 0; k < i; k++) x[k] = (x[k] ?? 0) - (lower[i * n + k] ?? 0) * value;
  }
  return x;
}

/** L⁻¹, lower triangular, row by row. */
export function invertLower(lower: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    for (let k = 0; k < i; k++) {
      const factor = lower[row + k] ?? 0;
      if (factor === 0) continue;
      const from = k * n;
      for (let j = 0; j <= k; j++) inverse[row + j] = (inverse[row + j] ?? 0) - factor * (inverse[from + j] ?? 0);
    }
    inverse[row + i] = 1;
    const pivot = 1 / (lower[row + i] ?? 1);
    for (let j = 0; j <= i; j++) inverse[row + j] = (inverse[row + j] ?? 0) * pivot;
  }
  return inverse;
}

/** A⁻¹ = L⁻ᵀ L⁻¹ for L as `cholesky` leaves it; only the lower triangle is filled. */
export function choleskyInverse(lower: Float64Array, n: number): Float64Array {
  const inverse = invertLower(lower, n);
  const out = new Float64Array(n * n);
  // Two rows at a time: half the passes over the result.
  for (let k = 0; k < n; k += 2) {
    const a = k * n;
    const b = k + 1 < n ? a + n : -1;
    const until = b < 0 ? k : k + 1;
    for (let i = 0; i <= until; i++) {
      const row = i * n;
      const p = inverse[a + i] ?? 0;
      if (b < 0) {
        for (let j = 0; j <= i; j++) out[row + j] = (out[row + j] ?? 0) + p * (inverse[a + j] ?? 0);
        continue;
      }
      const q = inverse[b + i] ?? 0;
      for (let j = 0; j <= i; j++) out[row + j] = (out[row + j] ?? 0) + p * (inverse[a + j] ?? 0) + q * (inverse[b + j] ?? 0);
    }
  }
  return out;
}
