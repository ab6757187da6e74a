import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Job } from 'bullmq';
import type { BatchStore } from '../../common/batch-store.ts';
import { chunkTotals, planningChunkSchema } from '../../common/batch-totals.ts';
import { type ChunkStore, partsChunkSchema } from '../../common/chunk-store.ts';
import type { EstimateColumns } from '../../common/estimate.ts';
import { type JobResult, parsePayload } from '../../common/jobs.ts';
import type { Log } from '../../common/log.ts';
import type { Estimator } from '../../common/model/estimator.ts';
import type { PartColumns } from '../../common/part.ts';
import type { RedisKeys } from '../../common/redis-keys.ts';
import type { ModelShelf } from '../model-shelf.ts';

/** Longest stretch of computing, in milliseconds, before waiting interactive jobs get their turn. */
const sliceMs = 4;
/** Rows between two looks at the clock. */
const rowsBetweenLooks = 128;

/** Estimates one chunk of a batch with the batch's pinned model version. Running it twice writes the same twice. */
export class EstimateChunk {
  readonly #batches: BatchStore;
  readonly #chunks: ChunkStore;
  readonly #keys: RedisKeys;
  readonly #shelf: ModelShelf;
  readonly #resultSeconds: number;
  readonly #log: Log;

  constructor(parts: { batches: BatchStore; chunks: ChunkStore; keys: RedisKeys; shelf: ModelShelf; resultSeconds: number; log: Log }) {
    this.#log = parts.log;
    this.#batches = parts.batches;
    this.#chunks = parts.chunks;
    this.#keys = parts.keys;
    this.#shelf = parts.shelf;
    this.#resultSeconds = parts.resultSeconds;
  }

  async process(job: Job): Promise<JobResult<'estimate-chunk'>> {
    const { batchId, chunk } = parsePayload('estimate-chunk', job.data);
    const [instructions, stored, planning] = await Promise.all([
      this.#batches.instructions(batchId),
      this.#chunks.find(this.#keys.batchParts(batchId, chunk), partsChunkSchema),
      this.#chunks.find(this.#keys.batchPlanning(batchId, chunk), planningChunkSchema),
    ]);
    // Expired or cancelled: there is nobody to compute for, and that is no failure. Finished already: a repeated job.
    if (!instructions || instructions.over || !stored) return 0;
    const estimator = await this.#shelf.get(instructions.version);
    const columns = stored.values.map((column) => Float64Array.from(column));
    const parts: PartColumns = { rows: columns[0]?.length ?? 0, columns, unknown: stored.unknown };
    const estimates = await estimateInSlices(estimator, parts);
    await this.#chunks.put(this.#keys.batchEstimates(batchId, chunk), estimates, this.#resultSeconds);
    const { sums, notable } = chunkTotals(estimator.schema, columns, estimates, planning);
    await this.#batches.recordChunk(batchId, chunk, { rows: parts.rows, flagged: Object.keys(estimates.flags).length, total: sums.total, sums }, notable);
    this.#log.debug({ batch: batchId, chunk, request: instructions.requestId, version: instructions.version, rows: parts.rows }, 'estimated chunk');
    return parts.rows;
  }
}

/** All rows' estimates; other work gets a turn every few milliseconds. */
async function estimateInSlices(estimator: Estimator, parts: PartColumns): Promise<EstimateColumns> {
  const estimates: EstimateColumns = { value: [], low: [], high: [], flags: {} };
  let sliceStart = performance.now();
  for (let from = 0; from < parts.rows; from += rowsBetweenLooks) {
    estimator.append(parts, from, Math.min(parts.rows, from + rowsBetweenLooks), estimates);
    if (performance.now() - sliceStart < sliceMs) continue;
    await nextTurn();
    sliceStart = performance.now();
  }
  return estimates;
}
