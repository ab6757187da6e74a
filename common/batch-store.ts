import type { Redis } from 'ioredis';
import { z } from 'zod';
import { type Notable, addSums, mergeNotable, noSums, notableSchema, nothingNotable, partSumsSchema } from './batch-totals.ts';
import { importReportSchema } from './files/import/import-report.ts';
import { partSchemaSchema } from './part-schema.ts';
import { maxOperations } from './scheduling/schedule-request.ts';
import { setExisting, throwFirstError } from './redis.ts';
import type { RedisKeys } from './redis-keys.ts';
import { versionIdSchema } from './model/version-id.ts';

/** How a batch differs from the one that it replaces: parts by part_id. */
export const batchChangesSchema = z.strictObject({
  replaces: z.uuid(),
  added: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  gone: z.int().describe('Parts of the earlier batch that are not among the accepted ones of this'),
  first: z.array(z.strictObject({ part_id: z.string(), line: z.int().nullable(), change: z.enum(['added', 'changed', 'gone']) })).describe('The first hundred parts that are not unchanged'),
});

export type BatchChanges = z.infer<typeof batchChangesSchema>;

/** What is known of a batch once its upload is complete; it does not change any more. */
export const batchRecordSchema = z.strictObject({
  id: z.uuid(),
  created_at: z.iso.datetime(),
  file_name: z.string().nullable(),
  model_version: versionIdSchema,
  schema: partSchemaSchema.describe('Schema of the pinned model version'),
  columns: z.array(z.string()).describe('Header of the upload'),
  accepted: z.int().describe('Rows to estimate'),
  rejected: z.int().describe('Rows refused'),
  blank: z.int().describe('Rows with nothing in them'),
  total_rows: z.int().optional().describe('Rows of totals below the parts'),
  import: importReportSchema.optional().describe('How the file was understood; absent in records of earlier versions'),
  changes: batchChangesSchema.optional().describe('Against the batch that it replaces'),
  chunks: z.int().describe('Pieces that the accepted rows are cut into'),
  rejected_chunks: z.int().describe('Pieces that the refused rows are cut into'),
  fingerprint: z.string().describe('Hash of bytes, options and model version'),
  request_id: z.string(),
});

/** The part of it that every chunk needs: the whole is parsed where it is shown. */
const instructionsSchema = batchRecordSchema.pick({ model_version: true, request_id: true }).loose();

/** Figures of one finished chunk; they add up to the batch's. */
export const chunkFiguresSchema = z.strictObject({ rows: z.int(), flagged: z.int(), total: z.number(), sums: partSumsSchema.optional() });

/** The same of a batch that has ended, kept with it: adding up a thousand chunks for each look would hold others up. */
const outcomeSchema = z.strictObject({
  chunks_done: z.int(),
  estimated: z.int().describe('Rows estimated'),
  flagged: z.int().describe('Rows with a flag'),
  total: z.number().describe("Sum of quantity × estimate, in the target's unit"),
  sums: partSumsSchema.optional(),
  notable: notableSchema.optional().describe('What stands out, once the batch has ended'),
});

/** Chunks whose outstanding parts are read at a time. */
const notableChunks = 20;

const finalStates = ['complete', 'partial', 'cancelled'] as const;
export const batchStates = ['queued', 'running', ...finalStates] as const;

export type BatchRecord = z.infer<typeof batchRecordSchema>;
export type ChunkFigures = z.infer<typeof chunkFiguresSchema>;
export type BatchState = (typeof batchStates)[number];
export type FinalBatchState = (typeof finalStates)[number];

/** A batch as it stands. */
export interface Batch extends BatchRecord, z.infer<typeof outcomeSchema> {
  state: BatchState;
  finished_at: string | null;
  cancel_requested: boolean;
  /** The newest batch that was uploaded to replace this one. */
  replaced_by: string | undefined;
}

const isFinal = (state: string | null | undefined): state is FinalBatchState => finalStates.some((final) => final === state);

/**
 * State of batches in Redis. Every write may be repeated without changing the outcome, since jobs run at least once.
 * An upload's keys live for `uploadSeconds` until it is committed, so that an abandoned one leaves nothing behind.
 */
export class BatchStore {
  readonly #redis: Redis;
  readonly #keys: RedisKeys;
  readonly #resultSeconds: number;

  constructor(redis: Redis, keys: RedisKeys, resultSeconds: number) {
    this.#redis = redis;
    this.#keys = keys;
    this.#resultSeconds = resultSeconds;
  }

  /** Writes the record of a complete upload; it vanishes after `seconds` unless it is committed. */
  async create(record: BatchRecord, seconds: number): Promise<void> {
    const key = this.#keys.batch(record.id);
    await this.#redis.multi().hset(key, { record: JSON.stringify(record) }).expire(key, seconds).exec();
  }

  /** Makes the batch and its stored rows last and appear in the list, and tells the batch that it replaces. */
  async commit(record: BatchRecord): Promise<void> {
    await this.#keep(record);
    if (record.changes) await setExisting(this.#redis, this.#keys.batch(record.changes.replaces), { replaced_by: record.id });
  }

  async #keep(record: BatchRecord): Promise<void> {
    const { id } = record;
    const seconds = this.#resultSeconds;
    const pipeline = this.#redis.pipeline();
    for (let chunk = 0; chunk < record.chunks; chunk++) {
      pipeline.expire(this.#keys.batchRows(id, chunk), seconds).expire(this.#keys.batchParts(id, chunk), seconds).expire(this.#keys.batchPlanning(id, chunk), seconds);
    }
    for (let chunk = 0; chunk < record.rejected_chunks; chunk++) pipeline.expire(this.#keys.batchRejected(id, chunk), seconds);
    pipeline.expire(this.#keys.batch(id), seconds);
    pipeline.set(this.#keys.batchByContent(record.fingerprint), id, 'EX', seconds);
    pipeline.zadd(this.#keys.batches(), Date.parse(record.created_at), id);
    await throwFirstError(pipeline.exec());
  }

  /** Removes what an upload has written so far. */
  async discard(id: string, chunks: number, rejectedChunks: number): Promise<void> {
    const keys = [this.#keys.batch(id)];
    for (let chunk = 0; chunk < chunks; chunk++) keys.push(this.#keys.batchRows(id, chunk), this.#keys.batchParts(id, chunk), this.#keys.batchPlanning(id, chunk));
    for (let chunk = 0; chunk < rejectedChunks; chunk++) keys.push(this.#keys.batchRejected(id, chunk));
    await this.#redis.unlink(...keys);
  }

  /** The batch, or undefined where there is none (any more). */
  async find(id: string): Promise<Batch | undefined> {
    const key = this.#keys.batch(id);
    const [text, state, finishedAt, cancelRequested, outcome, replacedBy] = await this.#redis.hmget(key, 'record', 'state', 'finished_at', 'cancel_requested', 'outcome', 'replaced_by');
    if (typeof text !== 'string') return undefined;
    const record = batchRecordSchema.parse(JSON.parse(text));
    const sums = typeof outcome === 'string' ? outcomeSchema.parse(JSON.parse(outcome)) : await this.#sums(id);
    return {
      ...record,
      ...sums,
      state: isFinal(state) ? state : sums.chunks_done > 0 ? 'running' : 'queued',
      finished_at: finishedAt ?? null,
      cancel_requested: typeof cancelRequested === 'string',
      replaced_by: replacedBy ?? undefined,
    };
  }

  /** What the chunks of a batch that has not ended add up to so far. */
  async #sums(id: string): Promise<z.infer<typeof outcomeSchema>> {
    const figures = (await this.#redis.hvals(this.#keys.batchDone(id))).map((text) => chunkFiguresSchema.parse(JSON.parse(text)));
    const sum = (of: (figure: ChunkFigures) => number): number => figures.reduce((total, figure) => total + of(figure), 0);
    const sums = figures.reduce((all, figure) => (figure.sums ? addSums(all, figure.sums) : all), noSums());
    return { chunks_done: figures.length, estimated: sum((figure) => figure.rows), flagged: sum((figure) => figure.flagged), total: sum((figure) => figure.total), sums };
  }

  /** True for a batch that has ended or expired: what it has not estimated by now it never will. */
  async hasEnded(id: string): Promise<boolean> {
    const [record, state] = await this.#redis.hmget(this.#keys.batch(id), 'record', 'state');
    return record === null || isFinal(state);
  }

  /** The newest kept batches, newest first. */
  async list(limit: number): Promise<Batch[]> {
    await this.#redis.zremrangebyscore(this.#keys.batches(), '-inf', Date.now() - this.#resultSeconds * 1_000);
    const ids = await this.#redis.zrevrange(this.#keys.batches(), 0, limit - 1);
    const batches = await Promise.all(ids.map((id) => this.find(id)));
    return batches.filter((batch) => batch !== undefined);
  }

  /** The kept batch with this content that was not cancelled or left incomplete, if any. */
  async findByContent(fingerprint: string): Promise<Batch | undefined> {
    const id = await this.#redis.get(this.#keys.batchByContent(fingerprint));
    const batch = id === null ? undefined : await this.find(id);
    if (!batch || batch.cancel_requested || batch.state === 'cancelled' || batch.state === 'partial') return undefined;
    return batch;
  }

  /** The pinned version, whether the batch is to stop or has ended, and which request sent it, for a chunk about to be computed. */
  async instructions(id: string): Promise<{ version: string; over: boolean; requestId: string } | undefined> {
    const [record, cancelled, state] = await this.#redis.hmget(this.#keys.batch(id), 'record', 'cancel_requested', 'state');
    if (!record) return undefined;
    const { model_version: version, request_id: requestId } = instructionsSchema.parse(JSON.parse(record));
    return { version, over: typeof cancelled === 'string' || isFinal(state), requestId };
  }

  /** Asks running and waiting chunks to stop. */
  async requestCancel(id: string): Promise<void> {
    await setExisting(this.#redis, this.#keys.batch(id), { cancel_requested: new Date().toISOString() });
  }

  /** Records a finished chunk and what stands out in it; again is the same as once. */
  async recordChunk(id: string, chunk: number, figures: ChunkFigures, notable?: Notable): Promise<void> {
    const key = this.#keys.batchDone(id);
    const pipeline = this.#redis.multi().hset(key, String(chunk), JSON.stringify(figures)).expire(key, this.#resultSeconds);
    const notableKey = this.#keys.batchNotable(id);
    if (notable) pipeline.hset(notableKey, String(chunk), JSON.stringify(notable)).expire(notableKey, this.#resultSeconds);
    await throwFirstError(pipeline.exec());
  }

  /** What stands out in all chunks together, read in turns so that nobody waits for all of it. */
  async #notable(id: string, chunks: number): Promise<Notable> {
    let all = nothingNotable();
    for (let from = 0; from < chunks; from += notableChunks) {
      const fields = Array.from({ length: Math.min(notableChunks, chunks - from) }, (_, index) => String(from + index));
      for (const text of await this.#redis.hmget(this.#keys.batchNotable(id), ...fields)) {
        if (text !== null) all = mergeNotable(all, notableSchema.parse(JSON.parse(text)));
      }
    }
    return all;
  }

  /** Decides how the batch ended by comparing counts, lets go of what only workers needed, and returns the state. */
  async finish(id: string): Promise<FinalBatchState> {
    const batch = await this.find(id);
    if (!batch) return 'cancelled'; // expired meanwhile: nobody can ask for it
    if (isFinal(batch.state)) return batch.state;
    const state = batch.chunks_done === batch.chunks ? 'complete' : batch.cancel_requested ? 'cancelled' : 'partial';
    // An API that died right after queueing the flow has not committed yet.
    await this.#keep(batch);
    const { chunks_done, estimated, flagged, total, sums } = batch;
    const notable = await this.#notable(id, batch.chunks);
    await setExisting(this.#redis, this.#keys.batch(id), { state, finished_at: new Date().toISOString(), outcome: JSON.stringify({ chunks_done, estimated, flagged, total, sums, notable }) });
    await this.#redis.unlink(this.#keys.batchNotable(id));
    const parts = Array.from({ length: batch.chunks }, (_, chunk) => this.#keys.batchParts(id, chunk));
    // A batch that is small enough to be planned keeps them for that.
    if (batch.accepted > maxOperations) await this.#redis.unlink(...parts);
    return state;
  }

  /** Model versions that unfinished batches are pinned to: they may not be pruned. */
  async pinnedVersions(): Promise<Set<string>> {
    const ids = await this.#redis.zrange(this.#keys.batches(), '0', '-1');
    const pipeline = this.#redis.pipeline();
    for (const id of ids) pipeline.hmget(this.#keys.batch(id), 'record', 'state');
    const replies = await throwFirstError(pipeline.exec());
    const pinned = replies.flatMap(([, reply]) => {
      const [record, state] = reply as (string | null)[];
      return typeof record === 'string' && !isFinal(state) ? [batchRecordSchema.parse(JSON.parse(record)).model_version] : [];
    });
    return new Set(pinned);
  }
}
