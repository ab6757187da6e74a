import { type MemoryLimits, MemoryWatch, megabyte, memoryLimits } from '../common/memory-watch.ts';
import { SpindleError } from '../common/errors.ts';
import { callThread, isOutOfMemory, threadModule } from '../common/thread-call.ts';
import type { TrainedModel, TrainingInput } from './train-model.ts';
import type { OnProgress, TrainingProgress } from './training-progress.ts';

/** Both ends of the fitting thread. */
export interface FitCall {
  input: TrainingInput;
  progress: TrainingProgress;
  answer: TrainedModel;
}

/** How a fit is followed and ended. */
export interface FitThreadOptions {
  onProgress?: OnProgress;
  /** Ends the thread at once, wherever it is. */
  signal?: AbortSignal;
  limits?: MemoryLimits;
}

/**
 * Runs `trainModel` in a thread of its own, so that the caller's event loop stays free; the table's arrays move there and are empty afterwards.
 * Throws what `trainModel` throws, `out_of_memory` before the process would be killed for it, and the signal's reason; the thread has ended by then.
 */
export async function fitInThread(input: TrainingInput, { onProgress, signal, limits = memoryLimits() }: FitThreadOptions = {}): Promise<TrainedModel> {
  const { table } = input.data;
  const size = `${table.rows} rows of ${table.columns.length} features`;
  const transferList = [...table.columns, table.target].map((column) => column.buffer as ArrayBuffer);
  const full = new AbortController();
  const watch = new MemoryWatch(limits, () => full.abort(needsMoreMemory(size, limits)));
  try {
    const ends = signal ? AbortSignal.any([signal, full.signal]) : full.signal;
    return await callThread<FitCall>(threadModule('fit-thread-entry', import.meta.url), input, { name: 'fit', transferList, heapMb: Math.ceil(limits.heap / megabyte), onProgress, signal: ends });
  } catch (error) {
    throw isOutOfMemory(error) ? needsMoreMemory(size, limits, error) : error;
  } finally {
    watch.end();
  }
}

/** The error of a training of this size that does not fit into its memory. */
function needsMoreMemory(size: string, limits: MemoryLimits, cause?: unknown): SpindleError {
  const allowed = `${Math.round((limits.process ?? limits.heap) / megabyte)} MB`;
  return new SpindleError('out_of_memory', `learning from ${size} needs more memory than the ${allowed} that the trainer may take: train on fewer rows or columns, or give it more`, { cause });
}
