import type { Redis } from 'ioredis';
import { messageOf } from '../common/errors.ts';
import { type Service, byDeadline } from '../common/lifecycle.ts';
import type { Log } from '../common/log.ts';
import type { ModelReader } from '../common/model/model-reader.ts';
import { outcomeOf } from '../common/model/report.ts';
import type { RedisKeys } from '../common/redis-keys.ts';
import { type WorkerRegistry, type WorkerStatus, reportInterval } from '../common/worker-registry.ts';
import type { ModelShelf } from './model-shelf.ts';

/** How long saying goodbye to the registry may take, in milliseconds. */
const withdrawPatience = 500;

/**
 * Follows the current model version: told by message, and by polling in case a message is lost.
 * A version is loaded and checked before the one before it is let go; a bad one is refused with its reason and the old one serves on.
 */
export class ModelWatcher implements Service {
  readonly #id: string;
  readonly #reader: ModelReader;
  readonly #shelf: ModelShelf;
  readonly #registry: WorkerRegistry;
  readonly #messages: Redis;
  readonly #keys: RedisKeys;
  readonly #log: Log;
  readonly #pollMs: number;
  readonly #startedAt = new Date().toISOString();
  readonly #refused = new Map<string, string>();
  readonly #stopped = new AbortController();
  #serving: string | null = null;
  #poll: NodeJS.Timeout | undefined;
  #report: NodeJS.Timeout | undefined;
  #checking: Promise<void> | undefined;

  constructor(parts: {
    id: string;
    reader: ModelReader;
    shelf: ModelShelf;
    registry: WorkerRegistry;
    messages: Redis;
    keys: RedisKeys;
    log: Log;
    pollMs: number;
  }) {
    this.#id = parts.id;
    this.#reader = parts.reader;
    this.#shelf = parts.shelf;
    this.#registry = parts.registry;
    this.#messages = parts.messages;
    this.#keys = parts.keys;
    this.#log = parts.log;
    this.#pollMs = parts.pollMs;
  }

  /** The version that new requests are answered with, once one has been accepted. */
  get serving(): string | null {
    return this.#serving;
  }

  get status(): WorkerStatus {
    return { id: this.#id, version: this.#serving, loaded: this.#shelf.versions, refused: Object.fromEntries(this.#refused), started_at: this.#startedAt };
  }

  async start(): Promise<void> {
    this.#messages.on('message', this.#onMessage);
    // Subscribing waits for Redis; a worker starts without it and serves once it is there.
    this.#messages.subscribe(this.#keys.modelNews()).catch((error: unknown) => this.#log.warn({ reason: messageOf(error) }, 'cannot listen for model news'));
    await this.check();
    this.#poll = setInterval(() => void this.check(), this.#pollMs);
    this.#report = setInterval(() => void this.#tell(false), reportInterval);
    // After a reconnect the report may have expired: say at once who serves what.
    this.#messages.on('ready', this.#onReady);
    void this.#tell(true);
  }

  async stop(deadline: number): Promise<void> {
    this.#stopped.abort();
    clearInterval(this.#poll);
    clearInterval(this.#report);
    this.#messages.off('message', this.#onMessage);
    this.#messages.off('ready', this.#onReady);
    const withdrawn = this.#registry.withdraw(this.#id).catch(() => {}); // without Redis the report expires by itself
    await byDeadline(withdrawn, Math.min(deadline, Date.now() + withdrawPatience));
  }

  /** Looks at the current version once; concurrent calls share one look. */
  check(): Promise<void> {
    this.#checking ??= this.#look()
      .catch((error: unknown) => this.#log.error({ reason: messageOf(error) }, 'cannot read the models volume'))
      .finally(() => (this.#checking = undefined));
    return this.#checking;
  }

  readonly #onMessage = (channel: string): void => {
    if (channel === this.#keys.modelNews()) void this.check();
  };

  readonly #onReady = (): void => void this.#tell(true);

  async #look(): Promise<void> {
    const before = JSON.stringify(this.status);
    const wanted = await this.#wanted();
    if (wanted !== undefined && wanted !== this.#serving) {
      if (await this.#accepts(wanted)) this.#serve(wanted);
      else if (this.#serving === null) await this.#fallBack(wanted);
    } else if (wanted !== undefined) this.#refused.clear();
    if (JSON.stringify(this.status) !== before && !this.#stopped.signal.aborted) await this.#tell(true);
  }

  async #wanted(): Promise<string | undefined> {
    try {
      return await this.#reader.current();
    } catch (error) {
      this.#refuse('current', messageOf(error));
      if (this.#serving === null) await this.#fallBack('current');
      return undefined;
    }
  }

  async #accepts(version: string): Promise<boolean> {
    try {
      await this.#shelf.reload(version);
      this.#refused.delete(version);
      return true;
    } catch (error) {
      this.#refuse(version, messageOf(error));
      return false;
    }
  }

  #serve(version: string): void {
    this.#log.info({ version, before: this.#serving }, 'serving model version');
    this.#serving = version;
    this.#refused.clear();
  }

  /** A worker that starts on a damaged current version, or a damaged file that should name it, serves the newest sound one that was promoted before it. */
  async #fallBack(damaged: string): Promise<void> {
    for (const version of (await this.#reader.list()).reverse()) {
      if (version === damaged || !(await this.#wasPromoted(version))) continue;
      if (!(await this.#accepts(version))) continue;
      this.#log.warn({ version, damaged }, 'serving an older model version in place of the damaged current one');
      this.#serving = version;
      return;
    }
  }

  async #wasPromoted(version: string): Promise<boolean> {
    try {
      return outcomeOf((await this.#reader.metadata(version)).report.gate) !== 'kept';
    } catch {
      return false; // its own damage is reported where it is asked for
    }
  }

  #refuse(version: string, reason: string): void {
    if (this.#refused.get(version) === reason) return;
    this.#refused.set(version, reason);
    this.#log.error({ version, reason, serving: this.#serving }, 'refused model version');
  }

  async #tell(news: boolean): Promise<void> {
    try {
      await this.#registry.report(this.status, news);
    } catch (error) {
      this.#log.debug({ reason: messageOf(error) }, 'cannot report to the registry');
    }
  }
}
