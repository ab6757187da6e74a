import type { Job } from 'bullmq';
import type { BatchStore } from '../../common/batch-store.ts';
import { type JobResult, parsePayload } from '../../common/jobs.ts';
import type { Log } from '../../common/log.ts';

/** Closes a batch once all its chunks have ended, however they did. */
export class FinishBatch {
  readonly #batches: BatchStore;
  readonly #log: Log;

  constructor(batches: BatchStore, log: Log) {
    this.#batches = batches;
    this.#log = log;
  }

  async process(job: Job): Promise<JobResult<'finish-batch'>> {
    const { batchId } = parsePayload('finish-batch', job.data);
    const state = await this.#batches.finish(batchId);
    const batch = await this.#batches.find(batchId);
    this.#log.info({ batch: batchId, request: batch?.request_id, state, estimated: batch?.estimated }, 'batch ended');
    return state;
  }
}
