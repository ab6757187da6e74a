import type { Redis } from 'ioredis';
import { z } from 'zod';
import { SpindleError } from '../../common/errors.ts';
import type { RedisKeys } from '../../common/redis-keys.ts';

const recordSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('running'), owner: z.string() }),
  z.strictObject({ state: z.literal('done'), sha256: z.string(), batchId: z.uuid() }).transform(({ sha256: content, ...rest }) => ({ ...rest, content })),
]);

/** A running request's claim lives this long, in seconds, unless renewed: an API that dies must not block the retry for long. */
const claimSeconds = 15;

// KEYS claim; ARGV what this request wrote there. A claim that was lost may have become another request's.
const releaseScript = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('UNLINK', KEYS[1]) end";

/** A request that may be repeated under its key. */
export interface Claim {
  /** Answer of the earlier request with this key, to be given again if bytes and options are the same. */
  earlier: { content: string; batchId: string } | undefined;
  /** Remembers the outcome for as long as results are kept. */
  complete(content: string, batchId: string): Promise<void>;
  /** Lets the key be used again, as after a refused upload; does nothing once completed. */
  release(): Promise<void>;
}

/** The `Idempotency-Key` of uploads: the same key and bytes give the same batch, however often they are sent. */
export class Idempotency {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;
  readonly #resultSeconds: number;

  constructor(redis: Redis, keys: RedisKeys, resultSeconds: number) {
    this.#redis = redis;
    this.#keys = keys;
    this.#resultSeconds = resultSeconds;
  }

  /** Claims a key for a request. Throws `invalid_query` for an unusable key and `idempotency_in_progress` while another request holds it. */
  async claim(idempotencyKey: string, owner: string): Promise<Claim> {
    if (!/^[\x21-\x7e]{1,200}$/.test(idempotencyKey)) {
      throw new SpindleError('invalid_query', 'header Idempotency-Key: expected 1 to 200 visible ASCII characters, such as a UUID');
    }
    const key = this.#keys.idempotency(idempotencyKey);
    const running = JSON.stringify({ state: 'running', owner });
    const taken = await this.#redis.set(key, running, 'EX', claimSeconds, 'NX');
    if (taken === null) {
      const record = recordSchema.safeParse(JSON.parse((await this.#redis.get(key)) ?? 'null'));
      if (!record.success || record.data.state === 'running') {
        throw new SpindleError('idempotency_in_progress', 'a request with this Idempotency-Key is still running: try again when it is done');
      }
      return { earlier: record.data, complete: async () => {}, release: async () => {} };
    }
    const renewal = setInterval(() => void this.#redis.expire(key, claimSeconds).catch(() => {}), (claimSeconds * 1_000) / 3);
    let held = true;
    return {
      earlier: undefined,
      complete: async (content, batchId) => {
        held = false;
        clearInterval(renewal);
        await this.#redis.set(key, JSON.stringify({ state: 'done', sha256: content, batchId }), 'EX', this.#resultSeconds);
      },
      release: async () => {
        clearInterval(renewal);
        if (held) await this.#redis.eval(releaseScript, 1, key, running);
      },
    };
  }
}
