import type { Redis } from 'ioredis';
import { z } from 'zod';
import { versionIdSchema } from './model/version-id.ts';
import { throwFirstError } from './redis.ts';
import type { RedisKeys } from './redis-keys.ts';

/** What a worker says of itself. */
export const workerStatusSchema = z.strictObject({
  id: z.string(),
  version: versionIdSchema.nullable().describe('The version it serves'),
  loaded: z.array(versionIdSchema).describe('Versions it has in memory'),
  refused: z.record(z.string(), z.string()).describe('Version → why it was not loaded'),
  started_at: z.iso.datetime(),
});

export type WorkerStatus = z.infer<typeof workerStatusSchema>;

/** A report lives this long: a worker that died is forgotten after it. */
const lifeSeconds = 10;
/** How often a worker repeats its report, in milliseconds: three chances before it is forgotten. */
export const reportInterval = 3_000;

/** The workers that are alive and what they serve, by reports that expire unless repeated. */
export class WorkerRegistry {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;

  constructor(redis: Redis, keys: RedisKeys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Stores a worker's report; with `news`, tells everybody who listens. */
  async report(status: WorkerStatus, news: boolean): Promise<void> {
    const pipeline = this.#redis.pipeline().set(this.#keys.worker(status.id), JSON.stringify(status), 'EX', lifeSeconds).sadd(this.#keys.workers(), status.id);
    if (news) pipeline.publish(this.#keys.modelNews(), status.version ?? '');
    await throwFirstError(pipeline.exec());
  }

  /** Forgets a worker that stops in order. */
  async withdraw(id: string): Promise<void> {
    await this.#redis.pipeline().unlink(this.#keys.worker(id)).srem(this.#keys.workers(), id).exec();
  }

  /** All living workers, by id. */
  async list(): Promise<WorkerStatus[]> {
    const ids = (await this.#redis.smembers(this.#keys.workers())).sort();
    if (ids.length === 0) return [];
    const reports = await this.#redis.mget(ids.map((id) => this.#keys.worker(id)));
    const dead = ids.filter((_, index) => reports[index] === null);
    if (dead.length > 0) await this.#redis.srem(this.#keys.workers(), ...dead);
    return reports.flatMap((report) => (typeof report === 'string' ? [workerStatusSchema.parse(JSON.parse(report))] : []));
  }
}
