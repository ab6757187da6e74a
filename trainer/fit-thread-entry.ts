import { parentPort, workerData } from 'node:worker_threads';
import { SpindleError, messageOf } from '../common/errors.ts';
import type { FitMessage } from './fit-thread.ts';
import { type TrainingInput, trainModel } from './train-model.ts';

// The entry point of the fitting thread; `fitInThread` is the way to start it.
const tell = (message: FitMessage): void => parentPort?.postMessage(message);
try {
  const trained = trainModel(workerData as TrainingInput, (progress) => tell({ kind: 'progress', progress }));
  tell({ kind: 'trained', trained });
} catch (error) {
  tell({ kind: 'failed', code: error instanceof SpindleError ? error.code : 'internal', message: messageOf(error) });
}
