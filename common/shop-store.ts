import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { readShop } from './scheduling/read-shop.ts';
import type { Shop } from './scheduling/shop.ts';
import { throwFirstError } from './redis.ts';
import type { RedisKeys } from './redis-keys.ts';

// KEYS a version; ARGV seconds. The version in use has no end, and keeps none.
const keepLongerScript = "if redis.call('TTL', KEYS[1]) >= 0 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end";

const zoned = z.looseObject({ time_zone: z.string() });
const versionPattern = /^[0-9a-f]{12}$/;

/** A shop's version: the beginning of the hash of its content, so that equal shops are one version. */
export function shopVersion(shop: Shop): string {
  return createHash('sha256').update(JSON.stringify(shop)).digest('hex').slice(0, 12);
}

/** Versions of the shop in Redis. The one in use stays; any other lives as long as results do after it was last in use, or planned with. */
export class ShopStore {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;
  readonly #seconds: number;

  constructor(redis: Redis, keys: RedisKeys, seconds: number) {
    this.#redis = redis;
    this.#keys = keys;
    this.#seconds = seconds;
  }

  /** The version in use; undefined where none has been stored. */
  async currentVersion(): Promise<string | undefined> {
    return (await this.#redis.get(this.#keys.currentShop())) ?? undefined;
  }

  /** The shop of a version; undefined where there is none (any more). */
  async find(version: string): Promise<Shop | undefined> {
    const text = versionPattern.test(version) ? await this.#redis.get(this.#keys.shop(version)) : null;
    return text === null ? undefined : readShop(JSON.parse(text));
  }

  /** The shop in use; undefined where none has been stored. */
  async current(): Promise<Shop | undefined> {
    const version = await this.currentVersion();
    return version === undefined ? undefined : this.find(version);
  }

  /** The time zone of the shop in use, whatever else it holds; undefined where none has been stored. */
  async zone(): Promise<string | undefined> {
    const version = await this.currentVersion();
    const text = version === undefined ? null : await this.#redis.get(this.#keys.shop(version));
    return text === null ? undefined : zoned.parse(JSON.parse(text)).time_zone;
  }

  /** Puts a shop into use, and returns its version and the one before. */
  async use(shop: Shop): Promise<{ version: string; before: string | undefined }> {
    const version = shopVersion(shop);
    const before = await this.currentVersion();
    const pipeline = this.#redis.multi();
    if (before !== undefined) pipeline.expire(this.#keys.shop(before), this.#seconds);
    pipeline.set(this.#keys.shop(version), JSON.stringify(shop)).set(this.#keys.currentShop(), version);
    await throwFirstError(pipeline.exec());
    return { version, before };
  }

  /** Keeps a shop that is planned with for as long as the schedule; returns its version. */
  async keep(shop: Shop): Promise<string> {
    const version = shopVersion(shop);
    const key = this.#keys.shop(version);
    const isNew = await this.#redis.set(key, JSON.stringify(shop), 'EX', this.#seconds, 'NX');
    if (isNew === null) await this.#redis.eval(keepLongerScript, 1, key, this.#seconds);
    return version;
  }
}
