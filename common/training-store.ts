import type { Redis } from 'ioredis';
import { z } from 'zod';
import { versionIdSchema } from './model/version-id.ts';
import type { RedisKeys } from './redis-keys.ts';
import { type WorkFailure, WorkRecords, type WorkState, queuedWork, workFields } from './work-records.ts';

/** A training: an uploaded list of finished parts and what became of it. */
export const trainingSchema = z.strictObject({
  id: workFields.id,
  created_at: workFields.created_at,
  file_name: z.string().nullable(),
  columns: z.array(z.string()).describe('Header of the upload'),
  rows: z.int().describe('Rows uploaded, without blank lines'),
  blank: z.int().default(0).describe('Blank lines, which are passed over'),
  chunks: z.int(),
  sha256: z.string().describe('Hash of the uploaded bytes'),
  target: z.string().nullable().describe('Column to predict, where the upload named one'),
  promote: z.boolean().default(false).describe('True makes the version current whatever the gate says'),
  request_id: workFields.request_id,
  state: workFields.state,
  stage: z.string().nullable().describe('What the trainer is doing: reading, preparing, choosing, evaluating or publishing'),
  detail: z.string().nullable().default(null).describe('Within the stage: the family being fitted'),
  progress: z.number().min(0).max(1).describe('Share of the work done, by the time that it takes'),
  started_at: workFields.started_at.describe('When a trainer began with it, the last time'),
  finished_at: workFields.finished_at,
  version: versionIdSchema.nullable().describe('The version made'),
  verdict: z.enum(['promoted', 'kept', 'overridden', 'superseded']).nullable().describe('superseded: published, but another version was made current meanwhile'),
  reason: workFields.reason.describe('Why it was promoted, kept, failed or cancelled'),
  code: workFields.code,
  errors: workFields.errors.describe('What is wrong with the data, where it failed: the first hundred'),
});

export type Training = z.infer<typeof trainingSchema>;
/** How a training ended, unless it was cancelled. */
export type TrainingEnd = { state: 'succeeded'; version: string; verdict: NonNullable<Training['verdict']>; reason: string } | ({ state: 'failed' } & WorkFailure);

/** A training that waits: what is known of it when its rows have been stored. */
export function queuedTraining(known: Pick<Training, 'id' | 'created_at' | 'file_name' | 'columns' | 'rows' | 'blank' | 'chunks' | 'sha256' | 'target' | 'promote' | 'request_id'>): Training {
  return { ...known, ...queuedWork(), stage: null, detail: null, progress: 0, version: null, verdict: null };
}

/** From this stage on a training can no longer be cancelled. */
const lastStage = 'publishing';

/**
 * State of trainings in Redis; they live as long as batches do. Each step of one is taken only from a state that allows it, decided by Redis alone:
 * whether a training was cancelled or published is settled between `cancel` and `beginPublishing`, the first of them wins.
 */
export class TrainingStore {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;
  readonly #seconds: number;
  readonly #records: WorkRecords<Training>;

  constructor(redis: Redis, keys: RedisKeys, seconds: number) {
    this.#redis = redis;
    this.#keys = keys;
    this.#seconds = seconds;
    this.#records = new WorkRecords(redis, trainingSchema, { record: keys.training, index: keys.trainings }, seconds);
  }

  /** Stores a training whose rows have all been stored, makes them last, and lists it. */
  create(training: Training): Promise<void> {
    return this.#records.create(training, (pipeline) => {
      for (let chunk = 0; chunk < training.chunks; chunk++) pipeline.expire(this.#keys.trainingRows(training.id, chunk), this.#seconds);
    });
  }

  /** Removes an upload that did not become a training. */
  async discard(id: string, chunks: number): Promise<void> {
    await this.#redis.unlink(this.#keys.training(id), ...Array.from({ length: chunks }, (_, chunk) => this.#keys.trainingRows(id, chunk)));
  }

  /** The training, or undefined where there is none (any more). */
  find(id: string): Promise<Training | undefined> {
    return this.#records.find(id);
  }

  /** The newest trainings, newest first. */
  list(limit: number): Promise<Training[]> {
    return this.#records.list(limit);
  }

  /** A trainer begins with it, or begins again. False where it has ended or expired: then it must be left alone. */
  begin(id: string): Promise<boolean> {
    return this.#records.change(id, ['queued', 'running'], { state: 'running', stage: 'reading', detail: null, progress: 0, started_at: new Date().toISOString() });
  }

  /** How far a running one is; one that is being published or has ended stays as it is. */
  async report(id: string, progress: Pick<Training, 'stage' | 'detail' | 'progress'>): Promise<void> {
    await this.#records.change(id, ['running'], progress, lastStage);
  }

  /** The point of no return: after it a cancel is refused. False where it was cancelled before: then nothing may be published. */
  beginPublishing(id: string): Promise<boolean> {
    return this.#records.change(id, ['running'], { stage: lastStage, detail: null });
  }

  /** Cancels one that waits or runs, and lets go of its rows. False where it is being published, has ended or has expired. */
  cancel(id: string): Promise<boolean> {
    const ended = { state: 'cancelled', stage: null, detail: null, finished_at: new Date().toISOString(), reason: 'it was cancelled: nothing was published' } as const;
    return this.#end(id, ended, lastStage);
  }

  /** A running one goes back to the queue. */
  async handBack(id: string): Promise<void> {
    await this.#records.change(id, ['running'], { state: 'queued', stage: null, detail: null, progress: 0, started_at: null });
  }

  /** Records how it ended, and lets go of its rows. False where it had ended before. */
  finish(id: string, end: TrainingEnd): Promise<boolean> {
    const progress = end.state === 'succeeded' ? { progress: 1 } : {};
    return this.#end(id, { ...end, ...progress, stage: null, detail: null, finished_at: new Date().toISOString() });
  }

  /** Records that and why it failed. */
  fail(id: string, failure: WorkFailure): Promise<boolean> {
    return this.finish(id, { state: 'failed', ...failure });
  }

  /** The state alone, or undefined where there is no such training (any more). */
  state(id: string): Promise<WorkState | undefined> {
    return this.#records.state(id);
  }

  async #end(id: string, fields: Partial<Training>, unlessStage?: string): Promise<boolean> {
    if (!(await this.#records.change(id, ['queued', 'running'], fields, unlessStage))) return false;
    const chunks = Number(await this.#redis.hget(this.#keys.training(id), 'chunks'));
    if (chunks > 0) await this.#redis.unlink(Array.from({ length: chunks }, (_, chunk) => this.#keys.trainingRows(id, chunk)));
    return true;
  }
}
