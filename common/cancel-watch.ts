import type { WorkState } from './work-records.ts';

/** How often to look, in milliseconds: cancelled work ends well within a second. */
const lookMs = 250;

/** Looks again and again whether some work has been cancelled; its signal fires when it was. */
export class CancelWatch {
  readonly #cancelled = new AbortController();
  readonly #state: () => Promise<WorkState | undefined>;
  #timer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(state: () => Promise<WorkState | undefined>) {
    this.#state = state;
    this.#lookLater();
  }

  get signal(): AbortSignal {
    return this.#cancelled.signal;
  }

  end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
  }

  #lookLater(): void {
    if (this.#hasEnded) return;
    this.#timer = setTimeout(() => {
      // While Redis is away nothing can be cancelled.
      this.#look().catch(() => {}).finally(() => this.#lookLater());
    }, lookMs);
  }

  async #look(): Promise<void> {
    if ((await this.#state()) !== 'cancelled' || this.#hasEnded) return;
    this.end();
    this.#cancelled.abort(new Error('it was cancelled'));
  }
}
