import type { Job } from 'bullmq';
import type { ChunkStore } from '../../common/chunk-store.ts';
import { type JobResult, parsePayload } from '../../common/jobs.ts';
import { LatestWrite } from '../../common/latest-write.ts';
import type { Log } from '../../common/log.ts';
import type { RedisKeys } from '../../common/redis-keys.ts';
import { runWork } from '../../common/run-work.ts';
import type { Training, TrainingStore } from '../../common/training-store.ts';
import { hasEnded } from '../../common/work-records.ts';
import { fitInThread } from '../fit-thread.ts';
import type { ModelNews } from '../model-news.ts';
import type { ModelPublisher } from '../model-publisher.ts';
import { storedSource } from '../stored-source.ts';
import { type TrainingOutcome, trainAndPublish } from '../train-and-publish.ts';
import { type TrainingProgress, overallProgress } from '../training-progress.ts';
import { interruptible } from '../training-source.ts';

/** What training on uploads needs. */
export interface TrainModelParts {
  trainings: TrainingStore;
  chunks: ChunkStore;
  keys: RedisKeys;
  publisher: ModelPublisher;
  news: ModelNews;
  seed: number;
  log: Log;
}

/** Trains on an upload and publishes the version. Run again after its trainer died, it starts over; once ended, it does nothing. */
export class TrainModel {
  readonly #parts: TrainModelParts;

  constructor(parts: TrainModelParts) {
    this.#parts = parts;
  }

  /** Where `stopping` is signalled, the job goes back to the queue for the next trainer, unless its version is being published. */
  async process(job: Job, stopping: AbortSignal): Promise<JobResult<'train-model'>> {
    const { trainings, news } = this.#parts;
    const { trainingId } = parsePayload('train-model', job.data);
    const training = await trainings.find(trainingId);
    if (!training) return null; // expired: nobody can ask for it
    if (hasEnded(training)) return training.version;
    const log = this.#parts.log.child({ training: trainingId, request: training.request_id });
    const run = { store: trainings, id: trainingId, name: 'training', by: 'trainer', mend: 'train on fewer rows or columns, or give the trainer more memory', log };
    return runWork(job, stopping, run, async (signal) => {
      const { report, before, outcome: verdict, reason } = await this.#train(job, training, signal);
      const { version } = report;
      await news.tell(version);
      await trainings.finish(trainingId, { state: 'succeeded', version, verdict, reason });
      log.info({ version, verdict, reason, rmse: report.overall.rmse, rows: report.data.rows_used, seconds: report.duration_s }, 'trained');
      await news.prune(before);
      return version;
    });
  }

  async #train(job: Job, training: Training, signal: AbortSignal): Promise<TrainingOutcome> {
    const { trainings, chunks, keys, publisher, seed } = this.#parts;
    const { id } = training;
    const progress = new LatestWrite(async (now: TrainingProgress) => {
      const share = overallProgress(now);
      await trainings.report(id, { stage: now.stage, detail: now.detail ?? null, progress: share });
      await job.updateProgress(share);
    });
    try {
      return await trainAndPublish(interruptible(storedSource(training, chunks, keys), signal), publisher, {
        target: training.target ?? undefined,
        promote: training.promote,
        requestId: training.request_id,
        seed,
        maxRows: training.rows, // the API has counted them against its limit
        fit: (input, onProgress) => fitInThread(input, { onProgress, signal }),
        onProgress: (now) => progress.push(now),
        beforePublishing: async () => {
          signal.throwIfAborted();
          if (!(await trainings.beginPublishing(id))) throw new Error('the training was cancelled');
        },
      });
    } finally {
      await progress.end();
    }
  }
}
