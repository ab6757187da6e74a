import type { Redis } from 'ioredis';
import { Counter, type Registry } from 'prom-client';
import { SpindleError } from '../../common/errors.ts';
import { type Estimate, estimateSchema } from '../../common/estimate.ts';
import type { EstimateCache } from '../../common/estimate-cache.ts';
import { type Part, canonical } from '../../common/part.ts';
import { asRedisError } from '../../common/redis.ts';
import { type Order, PartBatcher } from './part-batcher.ts';
import type { JobQueues } from '../job-queues.ts';
import type { ReplyInbox } from './reply-inbox.ts';

interface Lookup extends Order {
  field: string;
}

/**
 * Answers parts: from the cache, else from a worker. Equal parts asked for at the same time are computed once.
 * The lookups of one turn of the event loop share a round trip.
 */
export class Estimation {
  readonly #cache: EstimateCache;
  readonly #batcher: PartBatcher;
  readonly #answered: Counter<'from'>;
  /** Parts under way by version, kind and canonical part. */
  readonly #underWay = new Map<string, Promise<Estimate>>();
  #lookups: Lookup[] = [];

  constructor(parts: { redis: Redis; cache: EstimateCache; queues: JobQueues; inbox: ReplyInbox; deadlineMs: number; metrics: Registry }) {
    this.#cache = parts.cache;
    this.#batcher = new PartBatcher(parts.queues, parts.inbox, parts.deadlineMs, (orders) => void this.#lastLook(orders, parts.deadlineMs));
    this.#answered = new Counter({ name: 'spindle_parts_answered_total', help: 'Parts answered over HTTP by where the estimate came from', labelNames: ['from'], registers: [parts.metrics] });
    parts.redis.on('close', () => this.#batcher.rejectAll(asRedisError(new Error('Connection is closed.'))));
  }

  /**
   * The part's estimate by this model version.
   * Throws `redis_unavailable`, `no_model` or `deadline_exceeded`.
   */
  estimate(version: string, part: Part, options: { explain: boolean; requestId: string }): Promise<Estimate> {
    const field = canonical(part);
    const key = `${version}${options.explain ? '+' : ' '}${field}`;
    const earlier = this.#underWay.get(key);
    if (earlier) {
      this.#answered.inc({ from: 'shared' });
      return earlier;
    }
    const promise = new Promise<Estimate>((resolve, reject) => {
      const order = { version, part, field, ...options, resolve, reject };
      // Explanations are rare and large: they are computed, not cached.
      if (options.explain) this.#batcher.add([order]);
      else this.#lookUp(order);
    });
    this.#underWay.set(key, promise);
    const forget = (): void => void this.#underWay.delete(key);
    promise.then(forget, forget);
    return promise;
  }

  #lookUp(lookup: Lookup): void {
    this.#lookups.push(lookup);
    if (this.#lookups.length > 1) return;
    setImmediate(() => {
      const lookups = this.#lookups;
      this.#lookups = [];
      for (const version of new Set(lookups.map((one) => one.version))) {
        void this.#findAll(version, lookups.filter((one) => one.version === version));
      }
    });
  }

  async #findAll(version: string, lookups: Lookup[]): Promise<void> {
    try {
      const entries = await this.#cache.find(version, lookups.map((lookup) => lookup.field));
      const misses = lookups.filter((lookup, index) => {
        const estimate = parseEntry(entries[index]);
        if (estimate) lookup.resolve(estimate);
        return !estimate;
      });
      this.#answered.inc({ from: 'cache' }, lookups.length - misses.length);
      this.#answered.inc({ from: 'worker' }, misses.length);
      this.#batcher.add(misses);
    } catch (error) {
      for (const lookup of lookups) lookup.reject(asRedisError(error));
    }
  }

  /** No answer in time: it may have landed in the cache while the message was lost. */
  async #lastLook(orders: Order[], deadlineMs: number): Promise<void> {
    const late = new SpindleError('deadline_exceeded', `no worker answered within ${deadlineMs / 1_000} s: the workers are busy or down; try again, the answer may be ready by then`);
    const version = orders[0]?.version ?? '';
    try {
      const entries = await this.#cache.find(version, orders.map((order) => canonical(order.part)));
      for (const [index, order] of orders.entries()) {
        const estimate = order.explain ? undefined : parseEntry(entries[index]);
        if (estimate) order.resolve(estimate);
        else order.reject(late);
      }
    } catch {
      for (const order of orders) order.reject(late);
    }
  }
}

function parseEntry(entry: string | null | undefined): Estimate | undefined {
  if (typeof entry !== 'string') return undefined;
  const parsed = estimateSchema.safeParse(JSON.parse(entry));
  return parsed.success ? parsed.data : undefined;
}
