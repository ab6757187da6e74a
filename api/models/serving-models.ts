import type { Redis } from 'ioredis';
import { SpindleError, messageOf } from '../../common/errors.ts';
import type { Service } from '../../common/lifecycle.ts';
import type { Log } from '../../common/log.ts';
import type { ModelMetadata, ModelReader } from '../../common/model/model-reader.ts';
import { PartReader } from '../../common/part.ts';
import type { RedisKeys } from '../../common/redis-keys.ts';
import type { WorkerRegistry, WorkerStatus } from '../../common/worker-registry.ts';

/** The version that requests are answered with, and the reader of its parts. */
export interface ServingModel extends ModelMetadata {
  reader: PartReader;
}

/**
 * Which model version to ask the workers for: the current one as soon as one of them has loaded and checked it, until then the one before.
 * Every request names the version it wants, so that one answer never mixes two.
 */
export class ServingModels implements Service {
  readonly #reader: ModelReader;
  readonly #registry: WorkerRegistry;
  readonly #messages: Redis;
  readonly #keys: RedisKeys;
  readonly #log: Log;
  readonly #pollMs: number;
  /** Version → why its schema cannot be read here. */
  readonly #unreadable = new Map<string, string>();
  #workers: WorkerStatus[] = [];
  #serving: ServingModel | undefined;
  #poll: NodeJS.Timeout | undefined;
  #refreshing: Promise<void> | undefined;
  #refreshAgain = false;

  constructor(parts: { reader: ModelReader; registry: WorkerRegistry; messages: Redis; keys: RedisKeys; log: Log; pollMs: number }) {
    this.#reader = parts.reader;
    this.#registry = parts.registry;
    this.#messages = parts.messages;
    this.#keys = parts.keys;
    this.#log = parts.log;
    this.#pollMs = parts.pollMs;
  }

  start(): Promise<void> {
    this.#messages.on('message', this.#onMessage);
    this.#messages.subscribe(this.#keys.modelNews()).catch((error: unknown) => this.#log.warn({ reason: messageOf(error) }, 'cannot listen for model news'));
    this.#poll = setInterval(() => void this.refresh(), this.#pollMs);
    return this.refresh();
  }

  stop(): Promise<void> {
    clearInterval(this.#poll);
    this.#messages.off('message', this.#onMessage);
    return Promise.resolve();
  }

  /** The version to answer with. Throws `no_model` while no worker serves one. */
  get serving(): ServingModel {
    if (!this.#serving) throw new SpindleError('no_model', 'no worker has a model loaded yet: try again in a few seconds, or see /readyz');
    return this.#serving;
  }

  /** The version that requests are answered with, or null. */
  get version(): string | null {
    return this.#serving?.version ?? null;
  }

  /** Living workers as of the last look. */
  get workers(): readonly WorkerStatus[] {
    return this.#workers;
  }

  /** Versions that workers, or this API, cannot use, with the reasons. */
  get refused(): Record<string, string> {
    return Object.assign(Object.fromEntries(this.#unreadable), ...this.#workers.map((worker) => worker.refused)) as Record<string, string>;
  }

  /** Looks at the workers' reports; a call during a look causes one more after it, so that no news is missed. */
  refresh(): Promise<void> {
    if (this.#refreshing) {
      this.#refreshAgain = true;
      return this.#refreshing;
    }
    this.#refreshing = this.#look()
      .catch((error: unknown) => this.#log.debug({ reason: messageOf(error) }, 'cannot see the workers'))
      .finally(() => {
        this.#refreshing = undefined;
        if (!this.#refreshAgain) return;
        this.#refreshAgain = false;
        void this.refresh();
      });
    return this.#refreshing;
  }

  readonly #onMessage = (channel: string): void => {
    if (channel === this.#keys.modelNews()) void this.refresh();
  };

  async #look(): Promise<void> {
    this.#workers = await this.#registry.list();
    const offered = this.#workers.flatMap(({ version }) => version ?? []).sort();
    const wanted = await this.#reader.current().catch(() => undefined); // a damaged pointer is the workers' to report
    const before = this.#serving?.version;
    const choices = new Set([wanted, before, offered.at(-1)].filter((version) => version !== undefined && offered.includes(version)));
    for (const version of choices) if (version === before || (version !== undefined && (await this.#serve(version)))) return;
    // Where none can be read here, the one before goes on: workers load it again when they are asked for it.
    if (choices.size === 0) this.#serving = undefined;
  }

  async #serve(version: string): Promise<boolean> {
    try {
      const metadata = await this.#reader.metadata(version);
      this.#log.info({ version, before: this.#serving?.version }, 'answering with model version');
      this.#serving = { ...metadata, reader: new PartReader(metadata.schema) };
      this.#unreadable.delete(version);
      return true;
    } catch (error) {
      const reason = messageOf(error);
      if (this.#unreadable.get(version) !== reason) this.#log.error({ version, reason }, 'workers serve a model version whose schema cannot be read here');
      this.#unreadable.set(version, reason);
      return false;
    }
  }
}
