import { setTimeout as pause } from 'node:timers/promises';
import type { Batch, BatchStore } from '../common/batch-store.ts';
import { type ChunkStore, rejectedChunkSchema, rowsChunkSchema } from '../common/chunk-store.ts';
import { SpindleError } from '../common/errors.ts';
import { type EstimateColumns, estimateColumnsSchema } from '../common/estimate.ts';
import type { RejectedRow } from '../common/files/import/planned-rows.ts';
import type { RedisKeys } from '../common/redis-keys.ts';

/** How often to look whether an awaited chunk is done, in milliseconds. */
const lookMs = 50;

/** One chunk of results: rows as they came and their estimates, or none where the chunk was not computed. */
export interface ResultChunk {
  cells: string[][];
  estimates: EstimateColumns | undefined;
}

/** Reads a batch's results chunk by chunk, in input order; memory does not grow with the batch. */
export class BatchResults {
  readonly #batches: BatchStore;
  readonly #chunks: ChunkStore;
  readonly #keys: RedisKeys;

  constructor(batches: BatchStore, chunks: ChunkStore, keys: RedisKeys) {
    this.#batches = batches;
    this.#chunks = chunks;
    this.#keys = keys;
  }

  /**
   * The chunks of a batch that has ended or, with `wait`, as they get done. The next chunk is read while the last one is written.
   * Throws `not_ready_yet` without `wait` while the batch runs, `not_found` where it expires meanwhile.
   */
  async *chunks(batch: Batch, wait: boolean, signal: AbortSignal): AsyncGenerator<ResultChunk, void, undefined> {
    if (batch.finished_at === null && !wait) {
      const done = Math.floor((100 * batch.estimated) / batch.accepted);
      throw new SpindleError('not_ready_yet', `the batch is ${batch.state}, ${done} % done: ask again later, follow /v1/batches/${batch.id}/events, or add wait=true to get rows as they are done`);
    }
    let next = this.#chunk(batch, 0, signal);
    for (let chunk = 1; chunk <= batch.chunks; chunk++) {
      const current = await next;
      if (chunk < batch.chunks) {
        next = this.#chunk(batch, chunk, signal);
        next.catch(() => {}); // thrown where it is awaited, unless the reader has gone by then
      }
      yield current;
    }
  }

  /** The refused rows, in input order. */
  async *rejected(batch: Batch): AsyncGenerator<RejectedRow[], void, undefined> {
    for (let chunk = 0; chunk < batch.rejected_chunks; chunk++) {
      yield await this.#chunks.get(this.#keys.batchRejected(batch.id, chunk), rejectedChunkSchema);
    }
  }

  async #chunk(batch: Batch, chunk: number, signal: AbortSignal): Promise<ResultChunk> {
    const [cells, estimates] = await Promise.all([
      this.#chunks.get(this.#keys.batchRows(batch.id, chunk), rowsChunkSchema),
      this.#estimates(batch, chunk, signal),
    ]);
    return { cells, estimates };
  }

  async #estimates(batch: Batch, chunk: number, signal: AbortSignal): Promise<EstimateColumns | undefined> {
    const key = this.#keys.batchEstimates(batch.id, chunk);
    for (let ended = batch.finished_at !== null; ; ) {
      const estimates = await this.#chunks.find(key, estimateColumnsSchema);
      if (estimates || ended) return estimates;
      await pause(lookMs, undefined, { signal });
      // Looked at before the estimates: a chunk that is not there after the end never will be.
      ended = await this.#batches.hasEnded(batch.id);
    }
  }
}
