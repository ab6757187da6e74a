import { createHash, randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { Batch, BatchRecord, BatchStore } from '../../common/batch-store.ts';
import type { ChunkStore, partsChunkSchema } from '../../common/chunk-store.ts';
import { type FieldIssue, SpindleError } from '../../common/errors.ts';
import { csvRecords } from '../../common/files/csv-records.ts';
import { type AcceptedRows, PartRows, type RejectedRow } from '../../common/files/part-rows.ts';
import type { UnknownPolicy } from '../../common/part.ts';
import type { RedisKeys } from '../../common/redis-keys.ts';
import type { JobQueues } from '../job-queues.ts';
import type { ServingModel } from '../models/serving-models.ts';
import { BoundedWrites } from './bounded-writes.ts';
import type { Upload } from './upload.ts';

/** Rows in a chunk: small enough that a worker answers others between two, large enough that queueing costs little. */
export const chunkRows = 1_000;
/** An upload's pieces live this long, in seconds, unless it is committed: an API that dies leaves nothing for longer. */
const uploadSeconds = 3_600;
/** How long queueing a batch may take, in milliseconds. */
const queuePatience = 15_000;
/** Issues reported in an answer; all of them are in rejected.csv. */
const reportedIssues = 100;

/** What an upload amounts to. */
export interface Intake {
  accepted: number;
  rejected: number;
  blank: number;
  columns: readonly string[];
  /** The first hundred things that are wrong with rows. */
  issues: FieldIssue[];
}

/** A batch as it was queued, or found again. */
export interface TakenIn extends Intake {
  batch: Batch | BatchRecord;
  /** True where an earlier batch of the same bytes answers this upload. */
  reused: boolean;
}

/** What tells an upload from another, whatever model estimates it: its bytes, and the option that decides which rows are accepted. */
export function contentOf(upload: Upload, unknown: UnknownPolicy = 'reject'): string {
  return unknown === 'reject' ? upload.sha256() : `${upload.sha256()} unknown=${unknown}`;
}

/** Takes CSV files in as batches: reads, validates and stores them piece by piece, and queues them only when they are whole. */
export class BatchIntake {
  readonly #batches: BatchStore;
  readonly #chunks: ChunkStore;
  readonly #queues: JobQueues;
  readonly #keys: RedisKeys;
  readonly #maxRows: number;

  constructor(parts: { batches: BatchStore; chunks: ChunkStore; queues: JobQueues; keys: RedisKeys; maxRows: number }) {
    this.#batches = parts.batches;
    this.#chunks = parts.chunks;
    this.#queues = parts.queues;
    this.#keys = parts.keys;
    this.#maxRows = parts.maxRows;
  }

  /** Reads the whole file and reports what would be accepted; stores nothing. */
  async dryRun(upload: Upload, model: ServingModel, unknown?: UnknownPolicy): Promise<Intake> {
    return this.#read(upload, model, unknown, async () => {}, async () => {});
  }

  /** Stores the file's rows and queues them. On any failure, a broken connection included, nothing stays behind. */
  async take(upload: Upload, model: ServingModel, requestId: string, unknown?: UnknownPolicy): Promise<TakenIn> {
    const id = randomUUID();
    const writes = new BoundedWrites();
    let chunks = 0;
    let rejectedChunks = 0;
    try {
      const intake = await this.#read(
        upload,
        model,
        unknown,
        async (rows) => {
          const chunk = chunks++;
          await writes.add(() => this.#chunks.put(this.#keys.batchRows(id, chunk), rows.cells, uploadSeconds));
          await writes.add(() => this.#chunks.put(this.#keys.batchParts(id, chunk), storedParts(rows), uploadSeconds));
        },
        async (rejected) => {
          const chunk = rejectedChunks++;
          await writes.add(() => this.#chunks.put(this.#keys.batchRejected(id, chunk), rejected, uploadSeconds));
        },
      );
      await writes.finish();
      if (intake.accepted === 0) {
        throw new SpindleError('no_acceptable_rows', `none of the ${intake.rejected} rows can be estimated; first: ${intake.issues[0]?.message ?? ''}`, { issues: intake.issues });
      }
      const fingerprint = createHash('sha256').update(`${contentOf(upload, unknown)} ${model.version}`).digest('hex');
      const earlier = await this.#batches.findByContent(fingerprint);
      if (earlier) {
        await this.#batches.discard(id, chunks, rejectedChunks);
        return { ...intake, batch: earlier, reused: true };
      }
      const record: BatchRecord = {
        id,
        created_at: new Date().toISOString(),
        file_name: upload.fileName,
        model_version: model.version,
        schema: model.schema,
        columns: [...intake.columns],
        accepted: intake.accepted,
        rejected: intake.rejected,
        blank: intake.blank,
        chunks,
        rejected_chunks: rejectedChunks,
        fingerprint,
        request_id: requestId,
      };
      await this.#batches.create(record, uploadSeconds);
      await this.#queues.addBatch(id, chunks, queuePatience);
      await this.#batches.commit(record);
      return { ...intake, batch: record, reused: false };
    } catch (error) {
      await writes.settle();
      await this.#batches.discard(id, chunks, rejectedChunks).catch(() => {}); // without Redis the pieces expire by themselves
      throw error;
    }
  }

  async #read(
    upload: Upload,
    model: ServingModel,
    unknown: UnknownPolicy | undefined,
    onRows: (rows: AcceptedRows) => Promise<void>,
    onRejected: (rows: RejectedRow[]) => Promise<void>,
  ): Promise<Intake> {
    let rows: PartRows | undefined;
    let accepted: AcceptedRows = { cells: [], values: [] };
    let rejected: RejectedRow[] = [];
    const counts = { accepted: 0, rejected: 0 };
    const issues: FieldIssue[] = [];
    for await (const records of csvRecords(upload.pieces)) {
      for (const record of records) {
        if (!rows) {
          rows = new PartRows(record.cells, model.reader, unknown);
          accepted = rows.noRows();
          continue;
        }
        const refused = rows.sort(record, accepted);
        if (refused) {
          counts.rejected++;
          if (issues.length < reportedIssues) issues.push(...refused.issues.slice(0, reportedIssues - issues.length));
          if (rejected.push(refused) >= chunkRows) {
            await onRejected(rejected);
            rejected = [];
          }
        } else if (accepted.cells.length >= chunkRows) {
          counts.accepted += accepted.cells.length;
          await onRows(accepted);
          accepted = rows.noRows();
        }
      }
      const total = counts.accepted + accepted.cells.length + counts.rejected;
      if (total > this.#maxRows) throw new SpindleError('too_many_rows', `the file has more than ${this.#maxRows} rows; split it, or ask the operator to raise BATCH_MAX_ROWS`);
    }
    if (!rows) throw new SpindleError('empty_file', 'the file is empty: expected a header row and at least one part');
    if (rejected.length > 0) await onRejected(rejected);
    counts.accepted += accepted.cells.length;
    if (accepted.cells.length > 0) await onRows(accepted);
    if (counts.accepted + counts.rejected === 0) throw new SpindleError('empty_file', 'the file has a header but no parts below it');
    return { ...counts, blank: rows.blank, columns: rows.header, issues };
  }
}

/** Rows' parts in the shape of `partsChunkSchema`. */
function storedParts({ values, unknown }: AcceptedRows): z.input<typeof partsChunkSchema> {
  return unknown ? { values, unknown } : values;
}
