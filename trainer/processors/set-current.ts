import { type Job, UnrecoverableError } from 'bullmq';
import { SpindleError } from '../../common/errors.ts';
import { type JobResult, parsePayload } from '../../common/jobs.ts';
import type { Log } from '../../common/log.ts';
import type { ModelNews } from '../model-news.ts';
import type { ModelPublisher } from '../model-publisher.ts';

/** Makes a published version the current one: rolling back is the same as switching. */
export class SetCurrent {
  readonly #publisher: ModelPublisher;
  readonly #news: ModelNews;
  readonly #log: Log;

  constructor(parts: { publisher: ModelPublisher; news: ModelNews; log: Log }) {
    this.#publisher = parts.publisher;
    this.#news = parts.news;
    this.#log = parts.log;
  }

  /** Fails for good where the version does not exist or is damaged; the current one then stays. */
  async process(job: Job): Promise<JobResult<'set-current'>> {
    const { version, requestId } = parsePayload('set-current', job.data);
    try {
      const before = await this.#publisher.setCurrent(version, { by: 'switch', reason: 'PUT /v1/models/current', requestId });
      await this.#news.tell(version);
      this.#log.info({ version, before, request: requestId }, 'current model version set');
      return before ?? '';
    } catch (error) {
      if (error instanceof SpindleError) throw new UnrecoverableError(error.message);
      throw error;
    }
  }
}
