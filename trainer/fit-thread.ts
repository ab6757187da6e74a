import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { SpindleError, isErrorCode } from '../common/errors.ts';
import type { TrainedModel, TrainingInput } from './train-model.ts';
import type { OnProgress, TrainingProgress } from './training-progress.ts';

/** What the thread tells: how far it is, the model, or what went wrong. */
export type FitMessage = { kind: 'progress'; progress: TrainingProgress } | { kind: 'trained'; trained: TrainedModel } | { kind: 'failed'; code: string; message: string };

/** Runs `trainModel` in a thread of its own, so that the caller's event loop stays free; the table's arrays move there and are empty afterwards. */
export function fitInThread(input: TrainingInput, { onProgress, signal }: { onProgress?: OnProgress; signal?: AbortSignal } = {}): Promise<TrainedModel> {
  // Beside this module under the same extension: compiled in dist, or as source where a loader runs that.
  const entry = new URL(`./fit-thread-entry${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const { table } = input.data;
    const worker = new Worker(entry, { workerData: input, transferList: [...table.columns, table.target].map((column) => column.buffer as ArrayBuffer), name: 'fit' });
    const abort = (): void => {
      reject(new Error('the fit was aborted', { cause: signal?.reason }));
      void worker.terminate();
    };
    signal?.addEventListener('abort', abort, { once: true });
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
    worker.once('exit', (code) => {
      signal?.removeEventListener('abort', abort);
      // After an answer or an abort this changes nothing.
      reject(new SpindleError('internal', `the fitting thread ended with code ${code} and no answer`));
    });
  });
}
