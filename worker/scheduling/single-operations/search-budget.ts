import { type EngineOptions } from '../problem.ts';

/** Calls between two looks at the clock. */
const callsBetween = 64;

/**
 * What an engine may still spend. Where iterations are limited they alone say how far a search is, so that it can be repeated whatever the
 * clock says; the deadline and `stop` still end it.
 */
export class SearchBudget {
  readonly #options: EngineOptions;
  readonly #start: number;
  #used = 0;
  #looks = 0;
  #ended = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#start = options.now();
    this.#ended = options.now() >= options.deadline || options.stop();
  }

  /** Counts `iterations` more and tells whether there is still some left. */
  spend(iterations = 1): boolean {
    this.#used += iterations;
    if (this.#used > (this.#options.iterations ?? Infinity)) this.#ended = true;
    else if (++this.#looks % callsBetween === 0) this.look();
    return !this.#ended;
  }

  /** Looks at the clock now; true where something is left. */
  look(): boolean {
    if (!this.#ended && (this.#options.now() >= this.#options.deadline || this.#options.stop())) this.#ended = true;
    return !this.#ended;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Share of the budget that is used, 0 to 1. */
  get used(): number {
    const { iterations, deadline, now } = this.#options;
    if (iterations !== undefined) return Math.min(1, this.#used / iterations);
    return deadline === this.#start ? 1 : Math.min(1, (now() - this.#start) / (deadline - this.#start));
  }
}
