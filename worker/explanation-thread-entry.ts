import { parentPort, workerData } from 'node:worker_threads';
import { SpindleError, messageOf } from '../common/errors.ts';
import { ModelReader } from '../common/model/model-reader.ts';
import type { PartExplained, PartToExplain } from './explanation-thread.ts';
import { ModelShelf } from './model-shelf.ts';

// The entry point of the explaining thread; `ExplanationThread` is the way to start it.
const shelf = new ModelShelf(new ModelReader(String(workerData)));

async function explained({ id, version, part }: PartToExplain): Promise<PartExplained> {
  try {
    const [estimate] = (await shelf.get(version)).estimate([part], { explain: true });
    return estimate ? { id, estimate } : { id, code: 'internal', message: 'no estimate came out' };
  } catch (error) {
    return { id, code: error instanceof SpindleError ? error.code : '', message: messageOf(error) };
  }
}

parentPort?.on('message', (asked: PartToExplain) => void explained(asked).then((answer) => parentPort?.postMessage(answer)));
