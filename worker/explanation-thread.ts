import { Worker } from 'node:worker_threads';
import { SpindleError, isErrorCode } from '../common/errors.ts';
import type { Estimate } from '../common/estimate.ts';
import type { Part } from '../common/part.ts';
import { threadModule } from '../common/thread-call.ts';

/** A part on its way into the thread. */
export interface PartToExplain {
  id: number;
  version: string;
  part: Part;
}

/** The thread's answer to it. */
export type PartExplained = { id: number; estimate: Estimate } | { id: number; code: string; message: string };

interface Waiting {
  resolve: (estimate: Estimate) => void;
  reject: (error: Error) => void;
}

/** Explains parts in a thread of its own, which has the models that it needs in memory, so that estimates and locks do not wait. The thread is there from the first part on. */
export class ExplanationThread {
  readonly #models: string;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #asked = 0;

  /** `models`: the folder of the model versions. */
  constructor(models: string) {
    this.#models = models;
  }

  /** The part's estimate with its explanation. Throws what loading and estimating throw, and an Error where the thread ends before. */
  explain(version: string, part: Part): Promise<Estimate> {
    const thread = (this.#thread ??= this.#start());
    const id = this.#asked++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      thread.postMessage({ id, version, part } satisfies PartToExplain);
    });
  }

  /** Ends the thread at once, wherever it is. */
  async stop(): Promise<void> {
    await this.#thread?.terminate();
  }

  #start(): Worker {
    const thread = new Worker(threadModule('explanation-thread-entry', import.meta.url), { workerData: this.#models, name: 'explain' });
    thread.on('message', (answer: PartExplained) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('estimate' in answer) waiting?.resolve(answer.estimate);
      else waiting?.reject(isErrorCode(answer.code) ? new SpindleError(answer.code, answer.message) : new RangeError(answer.message));
    });
    // The next part finds another thread.
    const end = (reason: string): void => {
      // An error is followed by the exit, when another thread may have parts already.
      if (this.#thread !== thread) return;
      this.#thread = undefined;
      for (const { reject } of this.#waiting.values()) reject(new Error(reason));
      this.#waiting.clear();
    };
    thread.once('error', (error: Error) => end(`the explaining thread failed: ${error.message}`));
    thread.once('exit', (code) => end(`the explaining thread ended with code ${code}`));
    return thread;
  }
}
