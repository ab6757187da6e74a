import type { Estimator } from '../common/model/estimator.ts';
import type { ModelReader } from '../common/model/model-reader.ts';

/** Versions kept in memory: the current one, the one before it, and a few that running batches are pinned to. */
const capacity = 4;

/** The model versions that this worker has in memory, loaded and checked when first asked for. */
export class ModelShelf {
  readonly #reader: ModelReader;
  /** In order of last use, the latest last. */
  readonly #loaded = new Map<string, Promise<Estimator>>();

  constructor(reader: ModelReader) {
    this.#reader = reader;
  }

  /** The version, ready to estimate. Throws `not_found` or `model_refused`; a failed load is tried again at the next call. */
  get(version: string): Promise<Estimator> {
    const loading = this.#loaded.get(version) ?? this.#load(version);
    this.#loaded.delete(version);
    this.#loaded.set(version, loading);
    for (const oldest of this.#loaded.keys()) {
      if (this.#loaded.size <= capacity) break;
      this.#loaded.delete(oldest);
    }
    return loading;
  }

  /**
   * The version read from the volume once more, as before it becomes the one in use: what is in memory says nothing of a file damaged since.
   * Throws as `get` does; a copy in memory then stays, for the batches that are pinned to it.
   */
  async reload(version: string): Promise<Estimator> {
    const estimator = await this.#reader.load(version);
    this.#loaded.set(version, Promise.resolve(estimator));
    return this.get(version);
  }

  /** Versions in memory or being loaded. */
  get versions(): string[] {
    return [...this.#loaded.keys()].sort();
  }

  #load(version: string): Promise<Estimator> {
    const loading = this.#reader.load(version);
    loading.catch(() => {
      if (this.#loaded.get(version) === loading) this.#loaded.delete(version);
    });
    return loading;
  }
}
