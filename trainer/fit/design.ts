import { type Basis, basisWidth, evaluateBasis } from '../../common/model/basis.ts';
import type { TrainingTable } from '../training-table.ts';

/** Columns of one number feature in one basis, from `offset` on. */
export interface SmoothBlock {
  feature: number;
  /** What the block is called among the feature's blocks. */
  name: string;
  basis: Basis;
  offset: number;
}

/** Columns of one category, from `offset` on: `columnOf[code]` is the column of a level within the block, -1 for a level without parts. */
export interface LevelsBlock {
  feature: number;
  columnOf: Int32Array;
  width: number;
  offset: number;
}

/**
 * The matrix that linear models of a table weigh, never held as a whole: bases of the number features first, brought to mean 0 and variance 1,
 * then a column of 0 and 1 for each level. The target is brought to mean 0 and variance 1, too.
 */
export class Design {
  readonly table: TrainingTable;
  readonly smooth: readonly SmoothBlock[];
  readonly levels: readonly LevelsBlock[];
  /** Columns of the smooth blocks, which are numbers; those after them are 0 or 1. */
  readonly denseWidth: number;
  readonly width: number;
  /** Mean and standard deviation of each dense column; 1 for a constant one. */
  readonly centers: Float64Array;
  readonly scales: Float64Array;
  readonly targetCenter: number;
  readonly targetScale: number;
  readonly #dense: Float64Array;
  readonly #ones: Int32Array;

  /** Blocks without their offsets, in the order of their columns. */
  constructor(table: TrainingTable, smooth: readonly Omit<SmoothBlock, 'offset'>[], levels: readonly Omit<LevelsBlock, 'offset'>[]) {
    this.table = table;
    let offset = 0;
    this.smooth = smooth.map((block) => {
      const placed = { ...block, offset };
      offset += basisWidth(block.basis);
      return placed;
    });
    this.denseWidth = offset;
    this.levels = levels.map((block) => {
      const placed = { ...block, offset };
      offset += block.width;
      return placed;
    });
    this.width = offset;
    this.#dense = new Float64Array(this.denseWidth);
    this.#ones = new Int32Array(levels.length);
    this.centers = new Float64Array(this.denseWidth);
    this.scales = new Float64Array(this.denseWidth).fill(1);
    this.scales = this.#measure();
    const [center, scale] = meanAndDeviation(table.target);
    this.targetCenter = center;
    this.targetScale = scale;
  }

  /** Fills `centers` and returns the columns' deviations (Welford, 1962, doi:10.1080/00401706.1962.10490022: no cancellation for large means). */
  #measure(): Float64Array {
    const { centers } = this;
    const raw = new Float64Array(this.denseWidth);
    const squares = new Float64Array(this.denseWidth);
    for (let row = 0; row < this.table.rows; row++) {
      this.#evaluate(row, raw);
      for (let c = 0; c < raw.length; c++) {
        const value = raw[c] ?? 0;
        const before = value - (centers[c] ?? 0);
        centers[c] = (centers[c] ?? 0) + before / (row + 1);
        squares[c] = (squares[c] ?? 0) + before * (value - (centers[c] ?? 0));
      }
    }
    return squares.map((sum, c) => usableScale(Math.sqrt(sum / this.table.rows), centers[c] ?? 0));
  }

  #evaluate(row: number, out: Float64Array): void {
    for (const { feature, basis, offset } of this.smooth) evaluateBasis(basis, this.table.columns[feature]?.[row] ?? 0, out, offset);
  }

  /** A row's dense columns and the ascending positions of its ones. The arrays are the design's own: they hold until the next call. */
  row(row: number): { dense: Float64Array; ones: Int32Array } {
    const dense = this.#dense;
    this.#evaluate(row, dense);
    for (let c = 0; c < dense.length; c++) dense[c] = ((dense[c] ?? 0) - (this.centers[c] ?? 0)) / (this.scales[c] ?? 1);
    for (let b = 0; b < this.levels.length; b++) {
      const block = this.levels[b];
      if (block) this.#ones[b] = block.offset + (block.columnOf[this.table.columns[block.feature]?.[row] ?? 0] ?? 0);
    }
    return { dense, ones: this.#ones };
  }

  /** A row's target, brought to scale. */
  target(row: number): number {
    return ((this.table.target[row] ?? 0) - this.targetCenter) / this.targetScale;
  }
}

function meanAndDeviation(values: Float64Array): [number, number] {
  let mean = 0;
  let squares = 0;
  for (let row = 0; row < values.length; row++) {
    const before = (values[row] ?? 0) - mean;
    mean += before / (row + 1);
    squares += before * ((values[row] ?? 0) - mean);
  }
  return [mean, usableScale(Math.sqrt(squares / values.length), mean)];
}

/** A deviation to divide by: 1 where the values differ by no more than their own rounding. */
function usableScale(deviation: number, center: number): number {
  return deviation > 1e-12 * Math.abs(center) && Number.isFinite(deviation) ? deviation : 1;
}
