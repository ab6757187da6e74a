import { answerThread } from '../common/thread-call.ts';
import type { FitCall } from './fit-thread.ts';
import { trainModel } from './train-model.ts';

// The entry point of the fitting thread; `fitInThread` is the way to start it.
await answerThread<FitCall>((input, tell) => {
  const trained = trainModel(input, tell);
  const { table, ...arrays } = trained.evidence;
  const moved = [...table.columns, table.target, arrays.residuals, arrays.meanResiduals, arrays.outlying, arrays.within, arrays.parts];
  return Promise.resolve({ answer: trained, moved: moved.map(({ buffer }) => buffer as ArrayBuffer) });
});
