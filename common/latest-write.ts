/**
 * Writes values that come faster than they can be stored: one write at a time, and of the values that came meanwhile only the latest.
 * A write that fails is given up; the next value makes it good.
 */
export class LatestWrite<T> {
  readonly #write: (value: T) => Promise<unknown>;
  #next: { value: T } | undefined;
  #writing: Promise<void> | undefined;

  constructor(write: (value: T) => Promise<unknown>) {
    this.#write = write;
  }

  /** Takes a value to be written soon. */
  push(value: T): void {
    this.#next = { value };
    this.#writing ??= this.#drain();
  }

  /** Resolves once nothing is being written; a value that waits for its turn is dropped. */
  async end(): Promise<void> {
    this.#next = undefined;
    await this.#writing;
  }

  async #drain(): Promise<void> {
    while (this.#next) {
      const { value } = this.#next;
      this.#next = undefined;
      await this.#write(value).catch(() => {});
    }
    this.#writing = undefined; // in the same turn as the last look for a next value
  }
}
