import { type Job, UnrecoverableError } from 'bullmq';
import type { Redis } from 'ioredis';
import { SpindleError, messageOf } from '../../common/errors.ts';
import type { Estimate } from '../../common/estimate.ts';
import type { EstimateReply } from '../../common/estimate-reply.ts';
import type { Log } from '../../common/log.ts';

/** What a job of concurrent requests is known by. */
export interface Asked {
  replyTo: string;
  version: string;
  requestIds: string[];
}

/** Sends what `compute` gives on the channel of the API that asked, and nothing where it gives undefined. An error that is final is sent too; throws any. */
export async function answerParts({ redis, log }: { redis: Redis; log: Log }, job: Job, { replyTo, version, requestIds }: Asked, compute: () => Promise<Estimate[] | undefined>): Promise<Estimate[] | undefined> {
  const jobId = job.id ?? '';
  const reply = async (message: EstimateReply): Promise<void> => void (await redis.publish(replyTo, JSON.stringify(message)));
  try {
    const estimates = await compute();
    if (estimates) await reply({ jobId, estimates });
    log.debug({ job: jobId, version, requestIds, parts: estimates?.length ?? 0 }, estimates ? 'estimated parts' : 'dropped parts whose callers have given up');
    return estimates;
  } catch (error) {
    const final = error instanceof SpindleError || error instanceof RangeError || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
    log.warn({ job: jobId, version, requestIds, reason: messageOf(error), final }, 'cannot estimate parts');
    if (!final) throw error;
    await reply({ jobId, error: { code: error instanceof SpindleError ? error.code : 'internal', message: messageOf(error) } });
    throw new UnrecoverableError(messageOf(error));
  }
}
