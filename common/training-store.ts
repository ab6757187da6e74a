import type { Redis } from 'ioredis';
import { z } from 'zod';
import { fieldIssueSchema } from './errors.ts';
import { versionIdSchema } from './model/version-id.ts';
import { setExisting, throwFirstError } from './redis.ts';
import type { RedisKeys } from './redis-keys.ts';

export const trainingStates = ['queued', 'running', 'succeeded', 'failed'] as const;

/** A training: an uploaded list of finished parts and what became of it. */
export const trainingSchema = z.strictObject({
  id: z.uuid(),
  created_at: z.iso.datetime(),
  file_name: z.string().nullable(),
  columns: z.array(z.string()).describe('Header of the upload'),
  rows: z.int().describe('Rows uploaded'),
  chunks: z.int(),
  sha256: z.string().describe('Hash of the uploaded bytes'),
  target: z.string().nullable().describe('Column to predict, where the upload named one'),
  request_id: z.string(),
  state: z.enum(trainingStates),
  stage: z.string().nullable().describe('What the trainer is doing'),
  progress: z.number().min(0).max(1),
  finished_at: z.iso.datetime().nullable(),
  version: versionIdSchema.nullable().describe('The version made'),
  verdict: z.enum(['promoted', 'kept', 'overridden']).nullable(),
  reason: z.string().nullable().describe('Why it was promoted, kept or failed'),
  code: z.string().nullable().describe('Stable name of the problem, where it failed'),
  errors: z.array(fieldIssueSchema).describe('What is wrong with the data, where it failed: the first hundred'),
});

export type Training = z.infer<typeof trainingSchema>;
export type TrainingUpdate = Partial<Pick<Training, 'state' | 'stage' | 'progress' | 'finished_at' | 'version' | 'verdict' | 'reason' | 'code' | 'errors'>>;

/** State of trainings in Redis; they live as long as batches do. */
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

  /** Changes the given fields; does nothing once the training has expired. */
  async update(id: string, update: TrainingUpdate): Promise<void> {
    await setExisting(this.#redis, this.#keys.training(id), encode(update));
  }
}

/** Each field as JSON, so that null and numbers come back as they went. */
function encode(fields: TrainingUpdate): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, JSON.stringify(value)]));
}
