import type { Redis } from 'ioredis';
import { z } from 'zod';
import { fieldIssueSchema } from './errors.ts';
import { versionIdSchema } from './model/version-id.ts';
import { throwFirstError } from './redis.ts';
import type { RedisKeys } from './redis-keys.ts';

export const trainingStates = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;

/** A training: an uploaded list of finished parts and what became of it. */
export const trainingSchema = z.strictObject({
  id: z.uuid(),
  created_at: z.iso.datetime(),
  file_name: z.string().nullable(),
  columns: z.array(z.string()).describe('Header of the upload'),
  rows: z.int().describe('Rows uploaded, without blank lines'),
  blank: z.int().default(0).describe('Blank lines, which are passed over'),
  chunks: z.int(),
  sha256: z.string().describe('Hash of the uploaded bytes'),
  target: z.string().nullable().describe('Column to predict, where the upload named one'),
  promote: z.boolean().default(false).describe('True makes the version current whatever the gate says'),
  request_id: z.string(),
  state: z.enum(trainingStates),
  stage: z.string().nullable().describe('What the trainer is doing: reading, preparing, choosing, evaluating or publishing'),
  detail: z.string().nullable().default(null).describe('Within the stage: the family being fitted'),
  progress: z.number().min(0).max(1).describe('Share of the work done, by the time that it takes'),
  started_at: z.iso.datetime().nullable().default(null).describe('When a trainer began with it, the last time'),
  finished_at: z.iso.datetime().nullable(),
  version: versionIdSchema.nullable().describe('The version made'),
  verdict: z.enum(['promoted', 'kept', 'overridden', 'superseded']).nullable().describe('superseded: published, but another version was made current meanwhile'),
  reason: z.string().nullable().describe('Why it was promoted, kept, failed or cancelled'),
  code: z.string().nullable().describe('Stable name of the problem, where it failed'),
  errors: z.array(fieldIssueSchema).describe('What is wrong with the data, where it failed: the first hundred'),
});

export type Training = z.infer<typeof trainingSchema>;
export type TrainingState = Training['state'];
/** How a training ended, unless it was cancelled. */
export type TrainingEnd = { state: 'succeeded'; version: string; verdict: NonNullable<Training['verdict']>; reason: string } | { state: 'failed'; reason: string; code: string; errors: Training['errors'] };

/** A training that waits: what is known of it when its rows have been stored. */
export function queuedTraining(known: Pick<Training, 'id' | 'created_at' | 'file_name' | 'columns' | 'rows' | 'blank' | 'chunks' | 'sha256' | 'target' | 'promote' | 'request_id'>): Training {
  return { ...known, state: 'queued', stage: null, detail: null, progress: 0, started_at: null, finished_at: null, version: null, verdict: null, reason: null, code: null, errors: [] };
}

/** True for a training that nothing changes any more. */
export const hasEnded = ({ state }: Pick<Training, 'state'>): boolean => state !== 'queued' && state !== 'running';

/** From this stage on a training can no longer be cancelled. */
const lastStage = 'publishing';

// KEYS hash; ARGV the states that may change, the stage that may not or an empty text, then fields and values. 1 where it was changed.
const changeScript = `
local state, stage = unpack(redis.call('HMGET', KEYS[1], 'state', 'stage'))
if not state or not string.find(ARGV[1], state, 1, true) or stage == ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
return 1`;

/**
 * State of trainings in Redis; they live as long as batches do. Each step of one is taken only from a state that allows it, decided by Redis alone:
 * whether a training was cancelled or published is settled between `cancel` and `beginPublishing`, the first of them wins.
 */
export class TrainingStore {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;
  readonly #seconds: number;

  constructor(redis: Redis, keys: RedisKeys, seconds: number) {
    this.#redis = redis;
    this.#keys = keys;
    this.#seconds = seconds;
  }

  /** Stores a training whose rows have all been stored, makes them last, and lists it. */
  async create(training: Training): Promise<void> {
    const pipeline = this.#redis.pipeline();
    const key = this.#keys.training(training.id);
    pipeline.hset(key, encode(training)).expire(key, this.#seconds);
    for (let chunk = 0; chunk < training.chunks; chunk++) pipeline.expire(this.#keys.trainingRows(training.id, chunk), this.#seconds);
    pipeline.zadd(this.#keys.trainings(), Date.parse(training.created_at), training.id);
    await throwFirstError(pipeline.exec());
  }

  /** Removes an upload that did not become a training. */
  async discard(id: string, chunks: number): Promise<void> {
    await this.#redis.unlink(this.#keys.training(id), ...Array.from({ length: chunks }, (_, chunk) => this.#keys.trainingRows(id, chunk)));
  }

  /** The training, or undefined where there is none (any more). */
  async find(id: string): Promise<Training | undefined> {
    const hash = await this.#redis.hgetall(this.#keys.training(id));
    if (Object.keys(hash).length === 0) return undefined;
    return trainingSchema.parse(Object.fromEntries(Object.entries(hash).map(([field, text]) => [field, JSON.parse(text)])));
  }

  /** The newest trainings, newest first. */
  async list(limit: number): Promise<Training[]> {
    await this.#redis.zremrangebyscore(this.#keys.trainings(), '-inf', Date.now() - this.#seconds * 1_000);
    const ids = await this.#redis.zrevrange(this.#keys.trainings(), 0, limit - 1);
    const trainings = await Promise.all(ids.map((id) => this.find(id)));
    return trainings.filter((training) => training !== undefined);
  }

  /** A trainer begins with it, or begins again. False where it has ended or expired: then it must be left alone. */
  begin(id: string): Promise<boolean> {
    return this.#change(id, ['queued', 'running'], { state: 'running', stage: 'reading', detail: null, progress: 0, started_at: new Date().toISOString() });
  }

  /** How far a running one is; one that is being published or has ended stays as it is. */
  async report(id: string, progress: Pick<Training, 'stage' | 'detail' | 'progress'>): Promise<void> {
    await this.#change(id, ['running'], progress, lastStage);
  }

  /** The point of no return: after it a cancel is refused. False where it was cancelled before: then nothing may be published. */
  beginPublishing(id: string): Promise<boolean> {
    return this.#change(id, ['running'], { stage: lastStage, detail: null });
  }

  /** Cancels one that waits or runs, and lets go of its rows. False where it is being published, has ended or has expired. */
  cancel(id: string): Promise<boolean> {
    const ended = { state: 'cancelled', stage: null, detail: null, finished_at: new Date().toISOString(), reason: 'it was cancelled: nothing was published' } as const;
    return this.#end(id, ended, lastStage);
  }

  /** A running one goes back to the queue. */
  async handBack(id: string): Promise<void> {
    await this.#change(id, ['running'], { state: 'queued', stage: null, detail: null, progress: 0, started_at: null });
  }

  /** Records how it ended, and lets go of its rows. False where it had ended before. */
  finish(id: string, end: TrainingEnd): Promise<boolean> {
    const progress = end.state === 'succeeded' ? { progress: 1 } : {};
    return this.#end(id, { ...end, ...progress, stage: null, detail: null, finished_at: new Date().toISOString() });
  }

  /** The state alone, or undefined where there is no such training (any more). */
  async state(id: string): Promise<TrainingState | undefined> {
    const text = await this.#redis.hget(this.#keys.training(id), 'state');
    return text === null ? undefined : trainingSchema.shape.state.parse(JSON.parse(text));
  }

  async #end(id: string, fields: Partial<Training>, unlessStage?: string): Promise<boolean> {
    if (!(await this.#change(id, ['queued', 'running'], fields, unlessStage))) return false;
    const chunks = Number(await this.#redis.hget(this.#keys.training(id), 'chunks'));
    if (chunks > 0) await this.#redis.unlink(Array.from({ length: chunks }, (_, chunk) => this.#keys.trainingRows(id, chunk)));
    return true;
  }

  async #change(id: string, from: readonly TrainingState[], fields: Partial<Training>, unlessStage?: string): Promise<boolean> {
    const condition = [JSON.stringify(from), unlessStage === undefined ? '' : JSON.stringify(unlessStage)];
    return (await this.#redis.eval(changeScript, 1, this.#keys.training(id), ...condition, ...Object.entries(encode(fields)).flat())) === 1;
  }
}

/** Each field as JSON, so that null and numbers come back as they went. */
function encode(fields: Partial<Training>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, JSON.stringify(value)]));
}
