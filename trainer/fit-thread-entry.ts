import { parentPort, workerData } from 'node:worker_threads';
import { SpindleError, messageOf } from '../common/errors.ts';
import type { FitMessage } from './fit-thread.ts';
import { type TrainingInput, trainModel } from './train-model.ts';

// The entry point of the fitting thread; `fitInThread` is the way to start it.
const tell = (message: FitMessage, moved: ArrayBuffer[] = []): void => parentPort?.postMessage(message, moved);
try {
  const trained = trainModel(workerData as TrainingInput, (progress) => tell({ kind: 'progress', progress }));
  const { table, ...arrays } = trained.evidence;
  const moved = [...table.columns, table.target, arrays.residuals, arrays.meanResiduals, arrays.outlying, arrays.within];
  tell({ kind: 'trained', trained }, moved.map(({ buffer }) => buffer as ArrayBuffer));
} catch (error) {
  tell({ kind: 'failed', code: error instanceof SpindleError ? error.code : 'internal', message: messageOf(error) });
}
