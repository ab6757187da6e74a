import { type TrainingProgress, doing, overallProgress } from './training-progress.ts';

/** Where progress is drawn: standard error, or whatever behaves like it. */
export interface ProgressOutput {
  isTTY?: boolean | undefined;
  /** Width of the terminal. */
  columns?: number | undefined;
  write(text: string): unknown;
}

const cells = 24;
const tickMs = 1_000;

/** Draws a training's progress: where that is a terminal a bar with what is being done and the time since the start, else a line for each thing done. */
export class ProgressBar {
  readonly #output: ProgressOutput;
  readonly #now: () => number;
  readonly #started: number;
  #last: TrainingProgress | undefined;
  #ticking: NodeJS.Timeout | undefined;

  /** `now` gives milliseconds. */
  constructor(output: ProgressOutput, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
    this.#started = now();
  }

  /** Draws the progress. */
  readonly update = (progress: TrainingProgress): void => {
    const isNew = this.#last === undefined || doing(progress) !== doing(this.#last);
    this.#last = progress;
    if (this.#output.isTTY) {
      this.#draw();
      // A slow stage has nothing new to tell for a while: the seconds show that it is alive.
      this.#ticking ??= setInterval(() => this.#draw(), tickMs).unref();
    } else if (isNew) this.#output.write(`${doing(progress)} …\n`);
  };

  /** Takes the bar away. */
  end(): void {
    clearInterval(this.#ticking);
    this.#ticking = undefined;
    if (this.#output.isTTY) this.#output.write('\r\u001B[K');
  }

  #draw(): void {
    if (!this.#last) return;
    const share = overallProgress(this.#last);
    const filled = Math.round(share * cells);
    const line = `${'█'.repeat(filled)}${'░'.repeat(cells - filled)} ${String(Math.floor(100 * share)).padStart(3)} % ${duration(this.#now() - this.#started)} ${doing(this.#last)}`;
    // A line that the terminal breaks could not be drawn over. Some terminals say that they have no columns.
    const { columns = 0 } = this.#output;
    this.#output.write(`\r\u001B[K${line.slice(0, (columns > 0 ? columns : 80) - 1)}`);
  }
}

/** Milliseconds as m:ss. */
function duration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
