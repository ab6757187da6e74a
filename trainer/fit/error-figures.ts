/** How far estimates are from actuals, in the target's unit: root mean square and mean absolute error, and the mean of estimate - actual. */
export interface ErrorFigures {
  rmse: number;
  mae: number;
  bias: number;
}

/** Figures of some rows, with the share of actuals that lie in their interval. */
export interface GroupFigures extends ErrorFigures {
  rows: number;
  coverage: number;
  /** Mean width of their intervals. */
  interval_width: number;
}

/** Gathers the figures of a group row by row. */
export class FigureSums {
  rows = 0;
  #squares = 0;
  #sizes = 0;
  #sum = 0;
  #inside = 0;
  #width = 0;

  /** Takes a row: its residual actual - estimate, and whether its actual lay in its interval, and how wide that is. */
  add(residual: number, inside: boolean, width: number): void {
    this.rows++;
    this.#squares += residual * residual;
    this.#sizes += Math.abs(residual);
    this.#sum -= residual;
    if (inside) this.#inside++;
    this.#width += width;
  }

  /** The figures so far; there must be a row. */
  figures(): GroupFigures {
    const { rows } = this;
    return { rmse: Math.sqrt(this.#squares / rows), mae: this.#sizes / rows, bias: this.#sum / rows, rows, coverage: this.#inside / rows, interval_width: this.#width / rows };
  }
}
