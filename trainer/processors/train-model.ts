import { type Job, UnrecoverableError, WaitingError } from 'bullmq';
import type { ChunkStore } from '../../common/chunk-store.ts';
import { SpindleError, messageOf } from '../../common/errors.ts';
import { type JobResult, parsePayload } from '../../common/jobs.ts';
import type { Log } from '../../common/log.ts';
import type { RedisKeys } from '../../common/redis-keys.ts';
import type { Training, TrainingStore } from '../../common/training-store.ts';
import { fitInThread } from '../fit-thread.ts';
import { LatestWrite } from '../latest-write.ts';
import type { ModelNews } from '../model-news.ts';
import type { ModelPublisher } from '../model-publisher.ts';
import { storedSource } from '../stored-source.ts';
import { type TrainingOutcome, trainAndPublish } from '../train-and-publish.ts';
import { type TrainingProgress, overallProgress } from '../training-progress.ts';

/** Trains on an upload and publishes the version. Run again after its trainer died, it starts over; once finished, it does nothing. */
export class TrainModel {
  readonly #parts: { trainings: TrainingStore; chunks: ChunkStore; keys: RedisKeys; publisher: ModelPublisher; news: ModelNews; seed: number; log: Log };

  constructor(parts: { trainings: TrainingStore; chunks: ChunkStore; keys: RedisKeys; publisher: ModelPublisher; news: ModelNews; seed: number; log: Log }) {
    this.#parts = parts;
  }

  /** Where `stopping` is signalled, the job goes back to the queue for the next trainer. */
  async process(job: Job, stopping: AbortSignal): Promise<JobResult<'train-model'>> {
    const { trainings, news } = this.#parts;
    const { trainingId } = parsePayload('train-model', job.data);
    const training = await trainings.find(trainingId);
    if (!training) return null; // expired: nobody can ask for it
    if (training.state === 'succeeded' || training.state === 'failed') return training.version;
    const log = this.#parts.log.child({ training: trainingId, request: training.request_id });
    try {
      const { report, before } = await this.#train(job, training, stopping);
      const { verdict, reason } = report.gate;
      await news.tell(report.version);
      await trainings.update(trainingId, { state: 'succeeded', stage: null, progress: 1, finished_at: new Date().toISOString(), version: report.version, verdict, reason });
      log.info({ version: report.version, verdict, reason, rmse: report.overall.rmse, rows: report.data.rows_used, seconds: report.duration_s }, 'trained');
      await news.prune(before);
      return report.version;
    } catch (error) {
      if (stopping.aborted) {
        await job.moveToWait(job.token);
        await trainings.update(trainingId, { state: 'queued', stage: null, progress: 0 });
        log.info('training goes back to the queue');
        throw new WaitingError();
      }
      await trainings.update(trainingId, { state: 'failed', stage: null, finished_at: new Date().toISOString(), ...failure(error) });
      log.warn({ reason: messageOf(error) }, 'training failed');
      throw new UnrecoverableError(messageOf(error));
    }
  }

  async #train(job: Job, training: Training, signal: AbortSignal): Promise<TrainingOutcome> {
    const { trainings, chunks, keys, publisher, seed } = this.#parts;
    signal.throwIfAborted();
    const progress = new LatestWrite(async (now: TrainingProgress) => {
      await trainings.update(training.id, { stage: now.stage, progress: overallProgress(now) });
      await job.updateProgress(overallProgress(now));
    });
    await trainings.update(training.id, { state: 'running', stage: 'reading', progress: 0 });
    try {
      return await trainAndPublish(storedSource(training, chunks, keys), publisher, {
        target: training.target ?? undefined,
        seed,
        maxRows: training.rows, // the API has counted them against its limit
        fit: (input, onProgress) => fitInThread(input, { onProgress, signal }),
        onProgress: (now) => progress.push(now),
      });
    } finally {
      // A late write would undo what is written of the outcome.
      await progress.end();
    }
  }
}

function failure(error: unknown): Pick<Training, 'reason' | 'code' | 'errors'> {
  const [code, errors] = error instanceof SpindleError ? [error.code, error.issues.slice(0, 100)] : ['internal', []];
  return { reason: messageOf(error), code, errors };
}
