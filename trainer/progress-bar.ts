import { type TrainingProgress, overallProgress } from './training-progress.ts';

/** Where progress is drawn: standard error, or whatever behaves like it. */
export interface ProgressOutput {
  isTTY?: boolean | undefined;
  write(text: string): unknown;
}

const cells = 24;

/** Draws a training's progress: a bar where that is a terminal, else a line for each stage. */
export class ProgressBar {
  readonly #output: ProgressOutput;
  #stage: TrainingProgress['stage'] | undefined;

  constructor(output: ProgressOutput) {
    this.#output = output;
  }

  /** Draws the progress. */
  readonly update = ({ stage, fraction }: TrainingProgress): void => {
    if (this.#output.isTTY) {
      const filled = Math.round(overallProgress({ stage, fraction }) * cells);
      this.#output.write(`\r\u001B[K${'█'.repeat(filled)}${'░'.repeat(cells - filled)} ${stage}`);
    } else if (stage !== this.#stage) this.#output.write(`${stage} …\n`);
    this.#stage = stage;
  };

  /** Takes the bar away. */
  end(): void {
    if (this.#output.isTTY) this.#output.write('\r\u001B[K');
  }
}
