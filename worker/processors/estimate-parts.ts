import { type Job, UnrecoverableError } from 'bullmq';
import type { Redis } from 'ioredis';
import type { EstimateCache } from '../../common/estimate-cache.ts';
import { SpindleError, messageOf } from '../../common/errors.ts';
import { type JobResult, parsePayload } from '../../common/jobs.ts';
import type { Log } from '../../common/log.ts';
import { canonical } from '../../common/part.ts';
import type { EstimateReply } from '../../common/estimate-reply.ts';
import type { ModelShelf } from '../model-shelf.ts';

/** Estimates the parts of concurrent requests: the answer goes out first, the cache is written beside it. */
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
    const { replyTo, version, parts, explain, requestIds } = parsePayload('estimate-parts', job.data);
    const jobId = job.id ?? '';
    try {
      const estimator = await this.#shelf.get(version);
      const estimates = estimator.estimate(parts, { explain });
      const replied = this.#reply(replyTo, { jobId, estimates });
      const entries = explain ? [] : parts.map((part, index): [string, string] => [canonical(part), JSON.stringify(estimates[index])]);
      const cached = this.#cache.put(version, entries, this.#cacheLimits).catch((error: unknown) => this.#log.warn({ job: jobId, reason: messageOf(error) }, 'cannot cache estimates'));
      await Promise.all([replied, cached]);
      this.#log.debug({ job: jobId, version, requestIds, parts: parts.length }, 'estimated parts');
      return parts.length;
    } catch (error) {
      const final = error instanceof SpindleError || error instanceof RangeError || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
      this.#log.warn({ job: jobId, version, requestIds, reason: messageOf(error), final }, 'cannot estimate parts');
      if (!final) throw error;
      const code = error instanceof SpindleError ? error.code : 'internal';
      await this.#reply(replyTo, { jobId, error: { code, message: messageOf(error) } });
      throw new UnrecoverableError(messageOf(error));
    }
  }

  async #reply(channel: string, reply: EstimateReply): Promise<void> {
    await this.#redis.publish(channel, JSON.stringify(reply));
  }
}
