import type { Job } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Estimate } from '../../common/estimate.ts';
import { type JobResult, parsePayload } from '../../common/jobs.ts';
import type { Log } from '../../common/log.ts';
import type { Part } from '../../common/part.ts';
import { answerParts } from './answer-parts.ts';

/** Explains parts one by one, as long as somebody waits for them. */
export class ExplainParts {
  readonly #parts: { redis: Redis; log: Log };
  readonly #explain: (version: string, part: Part) => Promise<Estimate>;

  /** `explain` gives a part's estimate with its explanation, and leaves the event loop free meanwhile. */
  constructor({ explain, ...parts }: { redis: Redis; explain: (version: string, part: Part) => Promise<Estimate>; log: Log }) {
    this.#parts = parts;
    this.#explain = explain;
  }

  async process(job: Job): Promise<JobResult<'explain-parts'>> {
    const { parts, deadline, ...asked } = parsePayload('explain-parts', job.data);
    const estimates = await answerParts(this.#parts, job, asked, async () => {
      const explained: Estimate[] = [];
      for (const part of parts) {
        if (Date.now() >= deadline) return undefined;
        explained.push(await this.#explain(asked.version, part));
      }
      return explained;
    });
    return estimates?.length ?? 0;
  }
}
