/** Writes under way at a time: enough to keep Redis and the compressor busy, few enough to hold a slow one's backlog in check. */
const limit = 4;

/** Runs writes a few at a time; adding waits while too many are under way, which holds back whoever produces them. */
export class BoundedWrites {
  readonly #running = new Set<Promise<void>>();
  #failure: { error: unknown } | undefined;

  /** Starts a write. Throws the first failure of an earlier one. */
  async add(write: () => Promise<void>): Promise<void> {
    while (this.#running.size >= limit) await Promise.race(this.#running);
    this.#throwFailure();
    const running: Promise<void> = write()
      .catch((error: unknown) => void (this.#failure ??= { error }))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Waits for all writes. Throws the first failure. */
  async finish(): Promise<void> {
    await this.settle();
    this.#throwFailure();
  }

  /** Waits for all writes, whatever becomes of them. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.race(this.#running);
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
