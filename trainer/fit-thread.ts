import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { SpindleError, isErrorCode } from '../common/errors.ts';
import { type MemoryLimits, MemoryWatch, megabyte, memoryLimits, needsMoreMemory } from './memory-watch.ts';
import type { TrainedModel, TrainingInput } from './train-model.ts';
import type { OnProgress, TrainingProgress } from './training-progress.ts';

/** What the thread tells: how far it is, the model, or what went wrong. */
export type FitMessage = { kind: 'progress'; progress: TrainingProgress } | { kind: 'trained'; trained: TrainedModel } | { kind: 'failed'; code: string; message: string };

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
  signal?.throwIfAborted();
  // Beside this module under the same extension: compiled in dist, or as source where a loader runs that.
  const entry = new URL(`./fit-thread-entry${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  const { table } = input.data;
  const size = `${table.rows} rows of ${table.columns.length} features`;
  const transferList = [...table.columns, table.target].map((column) => column.buffer as ArrayBuffer);
  const worker = new Worker(entry, { workerData: input, transferList, name: 'fit', resourceLimits: { maxOldGenerationSizeMb: Math.ceil(limits.heap / megabyte) } });
  let stop = (_reason: unknown): void => {};
  const abort = (): void => stop(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const watch = new MemoryWatch(limits, () => stop(needsMoreMemory(size, limits)));
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  try {
    return await new Promise<TrainedModel>((resolve, reject) => {
      stop = reject;
      worker.on('message', (message: FitMessage) => {
        switch (message.kind) {
          case 'progress':
            onProgress?.(message.progress);
            return;
          case 'trained':
            resolve(message.trained);
            return;
          case 'failed':
            reject(new SpindleError(isErrorCode(message.code) ? message.code : 'internal', message.message));
            return;
          default:
            message satisfies never;
        }
      });
      worker.once('error', reject);
      // After an answer this changes nothing.
      worker.once('exit', (code) => reject(new SpindleError('internal', `the fitting thread ended with code ${code} and no answer`)));
    });
  } catch (error) {
    throw isOutOfMemory(error) ? needsMoreMemory(size, limits, error) : error;
  } finally {
    watch.end();
    signal?.removeEventListener('abort', abort);
    void worker.terminate();
    await ended;
  }
}

/** The heap's limit ends the thread with a code of its own; an array that cannot be had is a RangeError within it. */
const isOutOfMemory = (error: unknown): boolean => error instanceof Error && (('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') || /Array buffer allocation failed/i.test(error.message));
