/**
 * Sums and cross products of a design's rows, all that least squares needs to know of them: n, Σv and Σvv' for v = (columns, target).
 * The moments of the rows outside a fold are those of all rows minus the fold's, so that no row is read twice in cross-validation.
 */
export class Moments {
  /** Columns of the design, without the target. */
  readonly width: number;
  rows = 0;
  /** Σv: `width` columns, then the target. */
  readonly sums: Float64Array;
  /** Lower triangle of Σvv' by rows, (width + 1)²; above the diagonal it stays 0. */
  readonly cross: Float64Array;

  constructor(width: number) {
    this.width = width;
    this.sums = new Float64Array(width + 1);
    this.cross = new Float64Array((width + 1) ** 2);
  }

  /** Adds a row: `dense` holds columns 0 to dense.length - 1, `ones` the columns beyond them that are 1, ascending; all others are 0. */
  add(dense: Float64Array, ones: Int32Array, target: number): void {
    const { sums, cross, width } = this;
    const size = width + 1;
    this.rows++;
    for (let i = 0; i < dense.length; i++) {
      const value = dense[i] ?? 0;
      sums[i] = (sums[i] ?? 0) + value;
      addScaled(cross, i * size, dense, i + 1, value);
    }
    for (let a = 0; a < ones.length; a++) {
      const i = ones[a] ?? 0;
      sums[i] = (sums[i] ?? 0) + 1;
      addScaled(cross, i * size, dense, dense.length, 1);
      for (let b = 0; b <= a; b++) increase(cross, i * size + (ones[b] ?? 0), 1);
      increase(cross, width * size + i, target);
    }
    addScaled(cross, width * size, dense, dense.length, target);
    increase(cross, width * size + width, target * target);
    sums[width] = (sums[width] ?? 0) + target;
  }

  /** These moments and others' together. */
  plus(other: Moments): Moments {
    return this.#combined(other, 1);
  }

  /** These moments without others that they contain. */
  minus(other: Moments): Moments {
    return this.#combined(other, -1);
  }

  #combined(other: Moments, sign: 1 | -1): Moments {
    const result = new Moments(this.width);
    result.rows = this.rows + sign * other.rows;
    for (let i = 0; i < result.sums.length; i++) result.sums[i] = (this.sums[i] ?? 0) + sign * (other.sums[i] ?? 0);
    for (let i = 0; i < result.cross.length; i++) result.cross[i] = (this.cross[i] ?? 0) + sign * (other.cross[i] ?? 0);
    return result;
  }

  /** Σv_i v_j; position `width` is the target. */
  product(i: number, j: number): number {
    return this.cross[i >= j ? i * (this.width + 1) + j : j * (this.width + 1) + i] ?? 0;
  }
}

/** out[offset + j] += factor · values[j] for j below `count`. */
function addScaled(out: Float64Array, offset: number, values: Float64Array, count: number, factor: number): void {
  for (let j = 0; j < count; j++) out[offset + j] = (out[offset + j] ?? 0) + factor * (values[j] ?? 0);
}

function increase(out: Float64Array, at: number, by: number): void {
  out[at] = (out[at] ?? 0) + by;
}
