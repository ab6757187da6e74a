import { type Job, UnrecoverableError, WaitingError } from 'bullmq';
import type { ChunkStore } from '../../common/chunk-store.ts';
import { SpindleError, messageOf } from '../../common/errors.ts';
import { type JobResult, parsePayload } from '../../common/jobs.ts';
import type { Log } from '../../common/log.ts';
import type { RedisKeys } from '../../common/redis-keys.ts';
import { type Training, type TrainingStore, hasEnded } from '../../common/training-store.ts';
import { CancelWatch } from '../cancel-watch.ts';
import { fitInThread } from '../fit-thread.ts';
import { LatestWrite } from '../latest-write.ts';
import type { ModelNews } from '../model-news.ts';
import type { ModelPublisher } from '../model-publisher.ts';
import { storedSource } from '../stored-source.ts';
import { type TrainingOutcome, trainAndPublish } from '../train-and-publish.ts';
import { type TrainingProgress, overallProgress } from '../training-progress.ts';
import { interruptible } from '../training-source.ts';

/** Trainers that a training may take down with it before it is given up. */
const maxDeaths = 3;

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
    try {
      if (job.stalledCounter >= maxDeaths) throw new SpindleError('out_of_memory', `its trainer died ${maxDeaths} times while it ran, most likely for want of memory: train on fewer rows or columns, or give the trainer more memory`);
      const { report, before, outcome: verdict, reason } = await this.#train(job, training, stopping);
      const { version } = report;
      await news.tell(version);
      await trainings.finish(trainingId, { state: 'succeeded', version, verdict, reason });
      log.info({ version, verdict, reason, rmse: report.overall.rmse, rows: report.data.rows_used, seconds: report.duration_s }, 'trained');
      await news.prune(before);
      return version;
    } catch (error) {
      if ((await trainings.state(trainingId)) === 'cancelled') {
        log.info('training cancelled');
        return null;
      }
      if (stopping.aborted) {
        // In this order: the next trainer may begin as soon as the job waits.
        await trainings.handBack(trainingId);
        await job.moveToWait(job.token);
        log.info('training goes back to the queue');
        throw new WaitingError();
      }
      await trainings.finish(trainingId, { state: 'failed', ...failure(error) });
      log.warn({ reason: messageOf(error) }, 'training failed');
      throw new UnrecoverableError(messageOf(error));
    }
  }

  async #train(job: Job, training: Training, stopping: AbortSignal): Promise<TrainingOutcome> {
    const { trainings, chunks, keys, publisher, seed } = this.#parts;
    const { id } = training;
    stopping.throwIfAborted();
    if (!(await trainings.begin(id))) throw new Error('the training has ended meanwhile');
    const cancel = new CancelWatch(() => trainings.state(id));
    const signal = AbortSignal.any([stopping, cancel.signal]);
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
      cancel.end();
      await progress.end();
    }
  }
}

function failure(error: unknown): Pick<Training, 'reason' | 'errors'> & { reason: string; code: string } {
  const [code, errors] = error instanceof SpindleError ? [error.code, error.issues.slice(0, 100)] : ['internal', []];
  return { reason: messageOf(error), code, errors };
}
