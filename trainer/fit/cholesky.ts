/** The lower triangle L with L L' = A of a symmetric positive definite A of n rows, row by row, in place of A; false where A is not, to working precision. */
export function cholesky(matrix: Float64Array, n: number): boolean {
  const sums = new Float64Array(4);
  for (let i = 0; i < n; i += 2) {
    const a = i * n;
    const b = i + 1 < n ? a + n : a;
    for (let j = 0; j < i; j += 2) {
      const c = j * n;
      const d = c + n;
      productsOfRows(matrix, a, b, c, d, 0, j, sums);
      const first = matrix[c + j] ?? 1;
      const second = matrix[d + j + 1] ?? 1;
      const between = matrix[d + j] ?? 0;
      const aj = ((matrix[a + j] ?? 0) - (sums[0] ?? 0)) / first;
      matrix[a + j + 1] = ((matrix[a + j + 1] ?? 0) - (sums[1] ?? 0) - aj * between) / second;
      matrix[a + j] = aj;
      if (b === a) continue;
      const bj = ((matrix[b + j] ?? 0) - (sums[2] ?? 0)) / first;
      matrix[b + j + 1] = ((matrix[b + j + 1] ?? 0) - (sums[3] ?? 0) - bj * between) / second;
      matrix[b + j] = bj;
    }
    productsOfRows(matrix, a, b, a, b, 0, i, sums);
    const pivot = (matrix[a + i] ?? 0) - (sums[0] ?? 0);
    if (!(pivot > smallestPivot * (matrix[a + i] ?? 0))) return false;
    const root = Math.sqrt(pivot);
    matrix[a + i] = root;
    if (b === a) continue;
    const beside = ((matrix[b + i] ?? 0) - (sums[2] ?? 0)) / root;
    const next = (matrix[b + i + 1] ?? 0) - (sums[3] ?? 0) - beside * beside;
    if (!(next > smallestPivot * (matrix[b + i + 1] ?? 0))) return false;
    matrix[b + i] = beside;
    matrix[b + i + 1] = Math.sqrt(next);
  }
  return true;
}

/** Share of a diagonal element that must be left of it: less is rounding. */
const smallestPivot = 1e-14;

/** Inner products of the rows that begin at a and b with those that begin at c and d, over columns `from` to `to` - 1: ac, ad, bc, bd. Each number that is read serves twice. */
function productsOfRows(matrix: Float64Array, a: number, b: number, c: number, d: number, from: number, to: number, out: Float64Array): void {
  let ac = 0;
  let ad = 0;
  let bc = 0;
  let bd = 0;
  for (let k = from; k < to; k++) {
    const p = matrix[a + k] ?? 0;
    const q = matrix[b + k] ?? 0;
    const r = matrix[c + k] ?? 0;
    const s = matrix[d + k] ?? 0;
    ac += p * r;
    ad += p * s;
    bc += q * r;
    bd += q * s;
  }
  out[0] = ac;
  out[1] = ad;
  out[2] = bc;
  out[3] = bd;
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

/** L⁻¹ transposed, upper triangular, row by row: column j of L⁻¹ is row j, so that all products are of rows. */
export function invertedTransposed(lower: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const pivot = 1 / (lower[row + i] ?? 1);
    let j = 0;
    // (L⁻¹)_ij = -Σ_k L_ik (L⁻¹)_kj / L_ii for k from j to i - 1; four columns at a time.
    for (; j + 3 < i; j += 4) {
      const [a, b, c, d] = [j * n, (j + 1) * n, (j + 2) * n, (j + 3) * n];
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let k = j; k < i; k++) {
        const factor = lower[row + k] ?? 0;
        s0 += factor * (inverse[a + k] ?? 0);
        s1 += factor * (inverse[b + k] ?? 0);
        s2 += factor * (inverse[c + k] ?? 0);
        s3 += factor * (inverse[d + k] ?? 0);
      }
      inverse[a + i] = -s0 * pivot;
      inverse[b + i] = -s1 * pivot;
      inverse[c + i] = -s2 * pivot;
      inverse[d + i] = -s3 * pivot;
    }
    for (; j < i; j++) {
      let sum = 0;
      for (let k = j; k < i; k++) sum += (lower[row + k] ?? 0) * (inverse[j * n + k] ?? 0);
      inverse[j * n + i] = -sum * pivot;
    }
    inverse[row + i] = pivot;
  }
  return inverse;
}

/** A⁻¹ = L⁻ᵀ L⁻¹ for L as `cholesky` leaves it; only the lower triangle is filled. */
export function choleskyInverse(lower: Float64Array, n: number): Float64Array {
  const inverse = invertedTransposed(lower, n);
  const out = new Float64Array(n * n);
  const sums = new Float64Array(4);
  for (let i = 0; i < n; i += 2) {
    const a = i * n;
    const b = i + 1 < n ? a + n : a;
    for (let j = 0; j <= i; j += 2) {
      const c = j * n;
      const d = j + 1 < n ? c + n : c;
      // Row i of L⁻ᵀ is empty before column i; what row b lacks there is 0.
      productsOfRows(inverse, a, b, c, d, i, n, sums);
      out[a + j] = sums[0] ?? 0;
      if (j + 1 <= i) out[a + j + 1] = sums[1] ?? 0;
      if (b === a) continue;
      out[b + j] = sums[2] ?? 0;
      out[b + j + 1] = sums[3] ?? 0;
    }
  }
  return out;
}
