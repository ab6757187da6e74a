import type { Redis } from 'ioredis';
import type { RedisKeys } from './redis-keys.ts';

// KEYS young, old; ARGV entries from which on the young one is full, time to live, then field and value of each entry.
// The young generation becomes the old one when it is full or has lived half the time to live, and the old one goes:
// the cap holds strictly, an entry lives between half and all of its time, and no index of entries is needed.
const putScript = `
local lifetime = redis.call('TTL', KEYS[1])
if lifetime >= 0 and (lifetime <= ARGV[2] / 2 or redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[1])) then
  redis.call('RENAME', KEYS[1], KEYS[2])
  lifetime = -2
end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
if lifetime < 0 then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return redis.call('HLEN', KEYS[1])`;

/** Estimates by model version and canonical part, so that a new version never meets an old answer. */
export class EstimateCache {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** The entry of each field, or null, in one round trip. */
  async find(version: string, fields: string[]): Promise<(string | null)[]> {
    const replies = await this.#redis.pipeline().hmget(this.#keys.cacheYoung(version), ...fields).hmget(this.#keys.cacheOld(version), ...fields).exec();
    const [young, old] = (replies ?? []).map(([error, reply]) => {
      if (error) throw error;
      return reply as (string | null)[];
    });
    return fields.map((_, index) => young?.[index] ?? old?.[index] ?? null);
  }

  /** Stores entries (field, value) for up to `seconds`, at most `cap` for the version, the last ones where there are more; a cap below 2 stores nothing. */
  async put(version: string, entries: [string, string][], limits: { seconds: number; cap: number }): Promise<void> {
    const generation = Math.floor(limits.cap / 2);
    const kept = generation === 0 ? [] : entries.slice(-generation);
    if (kept.length === 0) return;
    const full = generation - kept.length + 1;
    await this.#redis.eval(putScript, 2, this.#keys.cacheYoung(version), this.#keys.cacheOld(version), full, limits.seconds, ...kept.flat());
  }
}
