/** Uploads that are being taken in: a stopping API lets them tidy up after themselves before it lets go of Redis. */
export class UploadsUnderWay {
  readonly #running = new Set<Promise<unknown>>();

  /** The outcome of an upload, which counts as under way until then. */
  async run<T>(upload: () => Promise<T>): Promise<T> {
    const running = upload();
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Resolves when those that are under way now have ended, however they did. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }
}
