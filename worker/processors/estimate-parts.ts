import type { Job } from 'bullmq';
import type { Redis } from 'ioredis';
import type { EstimateCache } from '../../common/estimate-cache.ts';
import { messageOf } from '../../common/errors.ts';
import { type JobResult, parsePayload } from '../../common/jobs.ts';
import type { Log } from '../../common/log.ts';
import { canonical } from '../../common/part.ts';
import type { ModelShelf } from '../model-shelf.ts';
import { answerParts } from './answer-parts.ts';

/** Estimates the parts of concurrent requests: the answer goes out first, then the cache is written. */
export class EstimateParts {
  readonly #redis: Redis;
  readonly #shelf: ModelShelf;
  readonly #cache: EstimateCache;
  readonly #cacheLimits: { seconds: number; cap: number };
  readonly #log: Log;

  constructor(parts: { redis: Redis; shelf: ModelShelf; cache: EstimateCache; cacheLimits: { seconds: number; cap: number }; log: Log }) {
    this.#redis = parts.redis;
    this.#shelf = parts.shelf;
    this.#cache = parts.cache;
    this.#cacheLimits = parts.cacheLimits;
    this.#log = parts.log;
  }

  async process(job: Job): Promise<JobResult<'estimate-parts'>> {
    const { parts, ...asked } = parsePayload('estimate-parts', job.data);
    const { version } = asked;
    const estimates = await answerParts({ redis: this.#redis, log: this.#log }, job, asked, async () => (await this.#shelf.get(version)).estimate(parts));
    const entries = parts.map((part, index): [string, string] => [canonical(part), JSON.stringify(estimates?.[index])]);
    await this.#cache.put(version, entries, this.#cacheLimits).catch((error: unknown) => this.#log.warn({ job: job.id, reason: messageOf(error) }, 'cannot cache estimates'));
    return parts.length;
  }
}
