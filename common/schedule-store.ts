import type { Redis } from 'ioredis';
import { z } from 'zod';
import { ChunkStore } from './chunk-store.ts';
import type { RedisKeys } from './redis-keys.ts';
import { objectives, scheduleRequestSchema } from './scheduling/schedule-request.ts';
import { figuresSchema, scheduleSchema } from './scheduling/schedule.ts';
import { shopSchema } from './scheduling/shop.ts';
import { type WorkFailure, WorkRecords, type WorkState, workFields } from './work-records.ts';

/** How far the search for a schedule has come. */
export const planProgressSchema = z.strictObject({
  elapsed_s: z.number(),
  objective: z.number().nullable().describe('The best so far, in minutes; null before the first schedule'),
  lower_bound: z.number().describe('No schedule has a smaller objective'),
  gap: z.number().describe('(objective - lower_bound) / objective; 1 before the first schedule'),
});

/** What a finished schedule amounts to; the schedule itself has a key of its own. */
export const scheduleSummarySchema = z.strictObject({
  ...scheduleSchema.pick({ objective_name: true, objective: true, lower_bound: true, gap: true, status: true, runtime_s: true }).shape,
  ...figuresSchema.pick({ operations: true, orders: true, makespan_min: true, finish: true, late_orders: true, tardiness_min: true }).shape,
  unplanned: z.int().describe('Parts left out'),
  all_on_time: z.number().nullable().describe('Probability that no order is late; null without a simulation'),
});

/** A schedule as work that is asked for and followed. */
export const scheduleRecordSchema = z.strictObject({
  id: workFields.id,
  created_at: workFields.created_at,
  batches: z.array(z.uuid()).describe('The batches whose parts it lays out'),
  replans: z.uuid().nullable().describe('The schedule that it replaces, where it was asked to'),
  shop_version: z.string(),
  objective_name: z.enum(objectives).nullable().describe('As asked for; null where the parts decide'),
  time_limit_s: z.number(),
  request_id: workFields.request_id,
  state: workFields.state,
  started_at: workFields.started_at,
  finished_at: workFields.finished_at,
  progress: planProgressSchema.nullable().describe('While it runs: the best schedule so far and the proven bound'),
  summary: scheduleSummarySchema.nullable().describe('Once it has succeeded'),
  reason: workFields.reason.describe('Why it failed or was cancelled'),
  code: workFields.code,
  errors: workFields.errors.describe('What is wrong with the request, where it failed: the first hundred'),
});

export type PlanProgress = z.infer<typeof planProgressSchema>;
export type ScheduleSummary = z.infer<typeof scheduleSummarySchema>;
export type ScheduleRecord = z.infer<typeof scheduleRecordSchema>;

/** What a schedule is made from, beside its batches. */
export const scheduleOrderSchema = z.strictObject({ request: scheduleRequestSchema, shop: shopSchema });

export type ScheduleOrder = z.infer<typeof scheduleOrderSchema>;

/** Schedules in Redis; they live as long as batches do. Whether one was cancelled or finished, Redis alone decides. */
export class ScheduleStore {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;
  readonly #seconds: number;
  readonly #chunks: ChunkStore;
  readonly #records: WorkRecords<ScheduleRecord>;

  constructor(redis: Redis, keys: RedisKeys, seconds: number) {
    this.#redis = redis;
    this.#keys = keys;
    this.#seconds = seconds;
    this.#chunks = new ChunkStore(redis);
    this.#records = new WorkRecords(redis, scheduleRecordSchema, { record: keys.schedule, index: keys.schedules }, seconds);
  }

  /** Stores what is to be planned, and lists it. */
  async create(record: ScheduleRecord, order: ScheduleOrder): Promise<void> {
    await this.#chunks.put(this.#keys.scheduleOrder(record.id), order, this.#seconds);
    await this.#records.create(record);
  }

  /** Removes one that did not get onto the queue. */
  async discard(id: string): Promise<void> {
    await this.#redis.unlink(this.#keys.schedule(id), this.#keys.scheduleOrder(id));
  }

  /** The record, or undefined where there is none (any more). */
  find(id: string): Promise<ScheduleRecord | undefined> {
    return this.#records.find(id);
  }

  /** The newest records, newest first. */
  list(limit: number): Promise<ScheduleRecord[]> {
    return this.#records.list(limit);
  }

  /** The state alone, or undefined where there is no such schedule (any more). */
  state(id: string): Promise<WorkState | undefined> {
    return this.#records.state(id);
  }

  /** A worker begins with it, or begins again. False where it has ended or expired. */
  begin(id: string): Promise<boolean> {
    return this.#records.change(id, ['queued', 'running'], { state: 'running', progress: null, started_at: new Date().toISOString() });
  }

  /** How far a running one is. */
  async report(id: string, progress: PlanProgress): Promise<void> {
    await this.#records.change(id, ['running'], { progress });
  }

  /** Cancels one that waits or runs. False where it has ended or expired. */
  cancel(id: string): Promise<boolean> {
    return this.#end(id, { state: 'cancelled', reason: 'it was cancelled: nothing was kept' });
  }

  /** A running one goes back to the queue. */
  async handBack(id: string): Promise<void> {
    await this.#records.change(id, ['running'], { state: 'queued', progress: null, started_at: null });
  }

  /** Records that and why it failed. */
  fail(id: string, failure: WorkFailure): Promise<boolean> {
    return this.#end(id, { state: 'failed', ...failure });
  }

  /** Stores a schedule, packed as `pack` does, and what it amounts to. False, with nothing kept, where it was cancelled meanwhile. */
  async succeed(id: string, packed: Uint8Array, summary: ScheduleSummary): Promise<boolean> {
    const key = this.#keys.scheduleResult(id);
    await this.#chunks.putPacked(key, packed, this.#seconds);
    const kept = await this.#end(id, { state: 'succeeded', summary });
    if (!kept && (await this.state(id)) !== 'succeeded') await this.#redis.unlink(key);
    return kept;
  }

  async #end(id: string, fields: Partial<ScheduleRecord>): Promise<boolean> {
    const ended = await this.#records.change(id, ['queued', 'running'], { ...fields, progress: null, finished_at: new Date().toISOString() });
    if (ended) await this.#redis.unlink(this.#keys.scheduleOrder(id));
    return ended;
  }
}
