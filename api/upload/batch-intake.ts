import { createHash, randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { Batch, BatchChanges, BatchRecord, BatchStore } from '../../common/batch-store.ts';
import type { PlanningChunk } from '../../common/batch-totals.ts';
import type { ChunkStore, partsChunkSchema } from '../../common/chunk-store.ts';
import { SpindleError } from '../../common/errors.ts';
import type { AcceptedRows } from '../../common/files/import/planned-rows.ts';
import { partContents } from '../../common/part-content.ts';
import type { PartSchema } from '../../common/part-schema.ts';
import type { RedisKeys } from '../../common/redis-keys.ts';
import type { JobQueues } from '../job-queues.ts';
import type { ServingModel } from '../models/serving-models.ts';
import { BatchComparison } from './batch-comparison.ts';
import { BoundedWrites } from './bounded-writes.ts';
import { type IntakeOptions, contentOf } from './intake-options.ts';
import { type Intake, type PartsContext, readParts } from './read-parts.ts';
import type { Upload } from './upload.ts';

/** Rows in a chunk: small enough that a worker answers others between two, large enough that queueing costs little. */
export const chunkRows = 1_000;
/** An upload's pieces live this long, in seconds, unless it is committed: an API that dies leaves nothing for longer. */
const uploadSeconds = 3_600;
/** How long queueing a batch may take, in milliseconds. */
const queuePatience = 15_000;

/** A batch as it was queued, or found again. */
export interface TakenIn extends Intake {
  batch: Batch | BatchRecord;
  /** True where an earlier batch of the same bytes and options answers this upload. */
  reused: boolean;
}

/** Takes files in as batches: reads, validates and stores them piece by piece, and queues them only when they are whole. */
export class BatchIntake {
  readonly #batches: BatchStore;
  readonly #chunks: ChunkStore;
  readonly #queues: JobQueues;
  readonly #keys: RedisKeys;
  readonly #context: PartsContext;

  constructor(parts: { batches: BatchStore; chunks: ChunkStore; queues: JobQueues; keys: RedisKeys } & PartsContext) {
    this.#batches = parts.batches;
    this.#chunks = parts.chunks;
    this.#queues = parts.queues;
    this.#keys = parts.keys;
    this.#context = { vocabulary: parts.vocabulary, zone: parts.zone, maxRows: parts.maxRows };
  }

  /** Reads the whole file and reports what would be accepted; stores nothing. */
  async dryRun(upload: Upload, model: ServingModel, options: IntakeOptions = {}): Promise<Intake & { changes: BatchChanges | undefined }> {
    const comparison = await this.#comparison(options);
    const intake = await readParts(upload, model, options, this.#context, { chunkRows, onAccepted: async (rows) => comparison?.compare(rows, contentsOf(rows, model.schema)), onRejected: async () => {} });
    return { ...intake, changes: comparison?.result() };
  }

  /** Stores the file's rows and queues them. On any failure, a broken connection included, nothing stays behind. */
  async take(upload: Upload, model: ServingModel, requestId: string, options: IntakeOptions = {}): Promise<TakenIn> {
    const id = randomUUID();
    const writes = new BoundedWrites();
    const comparison = await this.#comparison(options);
    let chunks = 0;
    let rejectedChunks = 0;
    try {
      const intake = await readParts(upload, model, options, this.#context, {
        chunkRows,
        onAccepted: async (rows) => {
          const chunk = chunks++;
          const contents = contentsOf(rows, model.schema);
          comparison?.compare(rows, contents);
          await writes.add(() => this.#chunks.put(this.#keys.batchRows(id, chunk), rows.cells, uploadSeconds));
          await writes.add(() => this.#chunks.put(this.#keys.batchParts(id, chunk), storedParts(rows), uploadSeconds));
          await writes.add(() => this.#chunks.put(this.#keys.batchPlanning(id, chunk), storedPlanning(rows, contents), uploadSeconds));
        },
        onRejected: async (rejected) => {
          const chunk = rejectedChunks++;
          await writes.add(() => this.#chunks.put(this.#keys.batchRejected(id, chunk), rejected, uploadSeconds));
        },
      });
      await writes.finish();
      if (intake.accepted === 0) {
        throw new SpindleError('no_acceptable_rows', `none of the ${intake.rejected} rows can be estimated; first: ${intake.issues[0]?.message ?? ''}`, { issues: intake.issues });
      }
      const fingerprint = createHash('sha256').update(`${contentOf(upload, options)} ${model.version}`).digest('hex');
      const earlier = await this.#batches.findByContent(fingerprint);
      if (earlier) {
        await this.#batches.discard(id, chunks, rejectedChunks);
        return { ...intake, batch: earlier, reused: true };
      }
      const changes = comparison?.result();
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
        total_rows: intake.totals,
        import: intake.import,
        ...(changes ? { changes } : {}),
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

  /** The comparison with the batch that the upload replaces, where it does. Throws `not_found`. */
  async #comparison({ replaces }: IntakeOptions): Promise<BatchComparison | undefined> {
    return replaces === undefined ? undefined : BatchComparison.with(replaces, { batches: this.#batches, chunks: this.#chunks, keys: this.#keys });
  }
}

/** Rows' parts in the shape of `partsChunkSchema`. */
function storedParts({ values, unknown }: AcceptedRows): z.input<typeof partsChunkSchema> {
  return unknown && Object.keys(unknown).length > 0 ? { values, unknown } : values;
}

/** What each row says, in a number; undefined where there are no ids by which a later upload could be compared with them. */
function contentsOf(rows: AcceptedRows, schema: PartSchema): number[] | undefined {
  return rows.planning.part_id ? partContents(rows, schema) : undefined;
}

/** Rows' lines and planning values in the shape of `planningChunkSchema`. */
function storedPlanning(rows: AcceptedRows, content: number[] | undefined): PlanningChunk {
  const { lines, planning } = rows;
  const texts = (column: readonly (string | number | null)[] | undefined) => column?.map((value) => (value === null ? null : String(value)));
  const numbers = (column: readonly (string | number | null)[] | undefined) => column?.map((value) => (typeof value === 'number' ? value : null));
  const { part_id, quantity, setup_min, due, release, priority, order_id, operation } = planning;
  const stored = {
    part_id: texts(part_id),
    quantity: quantity?.map((value) => (typeof value === 'number' ? value : 1)),
    setup_min: numbers(setup_min),
    due: texts(due),
    release: texts(release),
    priority: numbers(priority),
    order_id: texts(order_id),
    operation: numbers(operation),
  };
  return { lines, ...(content ? { content } : {}), ...stored };
}
