import type { Redis } from 'ioredis';
import type { BatchStore } from '../common/batch-store.ts';
import { messageOf } from '../common/errors.ts';
import type { Log } from '../common/log.ts';
import type { RedisKeys } from '../common/redis-keys.ts';
import type { ModelPublisher } from './model-publisher.ts';

/** What follows a change on the models volume: everybody is told, and old versions go. Neither can fail the change. */
export class ModelNews {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;
  readonly #batches: BatchStore;
  readonly #publisher: ModelPublisher;
  readonly #keep: number;
  readonly #log: Log;

  /** `keep` is how many versions stay in any case. */
  constructor(parts: { redis: Redis; keys: RedisKeys; batches: BatchStore; publisher: ModelPublisher; keep: number; log: Log }) {
    this.#redis = parts.redis;
    this.#keys = parts.keys;
    this.#batches = parts.batches;
    this.#publisher = parts.publisher;
    this.#keep = parts.keep;
    this.#log = parts.log;
  }

  /** Tells that this version was published or made current. A lost message is made good by the listeners' polling. */
  async tell(version: string): Promise<void> {
    try {
      await this.#redis.publish(this.#keys.modelNews(), version);
    } catch (error) {
      this.#log.warn({ version, reason: messageOf(error) }, 'cannot tell of the model version');
    }
  }

  /** Removes old versions, but for those that batches are pinned to and the one that was current just before: uploads that began with it are not listed yet. */
  async prune(before: string | undefined): Promise<void> {
    try {
      const inUse = await this.#batches.pinnedVersions();
      if (before !== undefined) inUse.add(before);
      const removed = await this.#publisher.prune(this.#keep, inUse);
      if (removed.length > 0) this.#log.info({ removed }, 'removed old model versions');
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, 'cannot remove old model versions');
    }
  }
}
