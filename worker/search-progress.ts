/** Where progress is told: standard error, or whatever behaves like it. */
export interface ProgressOutput {
  isTTY?: boolean | undefined;
  write(text: string): unknown;
}

/** How far a search has come, in the unit of its objective. */
export interface SearchState {
  objective: number | null;
  lower_bound: number;
  gap: number;
}

/** A terminal is drawn anew so often at most, anything else gets a line so often at most, in milliseconds. */
const drawMs = 100;
const lineMs = 2_000;

/** Tells how far a search for a schedule has come: on a terminal in one line that changes, elsewhere in a line every other second. */
export class SearchProgress {
  readonly #output: ProgressOutput;
  readonly #unit: string;
  readonly #now: () => number;
  #told = -Infinity;

  /** `unit` is that of the objective, or empty; `now` gives milliseconds since the start. */
  constructor(output: ProgressOutput, unit: string, now: () => number) {
    this.#output = output;
    this.#unit = unit;
    this.#now = now;
  }

  readonly update = (state: SearchState): void => {
    const { objective, lower_bound: bound, gap } = state;
    const at = this.#now();
    if (objective === null || at - this.#told < (this.#output.isTTY ? drawMs : lineMs)) return;
    this.#told = at;
    const unit = this.#unit === '' ? '' : ` ${this.#unit}`;
    const line = `${(at / 1_000).toFixed(1)} s: best ${rounded(objective)}${unit}, no schedule below ${rounded(bound)}${unit}, gap ${(100 * gap).toFixed(1)} %`;
    this.#output.write(this.#output.isTTY ? `\r\u001B[K${line}` : `${line}\n`);
  };

  /** Takes the line away. */
  end(): void {
    if (this.#output.isTTY) this.#output.write('\r\u001B[K');
  }
}

const rounded = (value: number): string => String(Math.round(value * 10) / 10);
