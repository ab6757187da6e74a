import type { OnProgress, TrainingProgress } from './training-progress.ts';

/** Passes progress on, and measures how long each stage takes. */
export class StageClock {
  readonly #tell: OnProgress;
  readonly #started = performance.now();
  readonly #stages: Record<string, number> = {};
  #stage = 'reading';
  #since = this.#started;

  constructor(tell: OnProgress) {
    this.#tell = tell;
  }

  /** To be told of all progress. */
  readonly onProgress = (progress: TrainingProgress): void => {
    if (progress.stage !== this.#stage) {
      this.#turn();
      this.#stage = progress.stage;
    }
    this.#tell(progress);
  };

  /** Seconds since the beginning, and by stage until now. */
  durations(): { total: number; stages: Record<string, number> } {
    this.#turn();
    return { total: (this.#since - this.#started) / 1_000, stages: { ...this.#stages } };
  }

  #turn(): void {
    const now = performance.now();
    this.#stages[this.#stage] = (this.#stages[this.#stage] ?? 0) + (now - this.#since) / 1_000;
    this.#since = now;
  }
}
