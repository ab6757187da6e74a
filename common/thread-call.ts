import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker, parentPort, workerData } from 'node:worker_threads';
import { type FieldIssue, SpindleError, isErrorCode, messageOf } from './errors.ts';

/** What a thread is given, tells on its way and answers: one type for both of its ends. */
export interface ThreadCall {
  input: unknown;
  progress: unknown;
  answer: unknown;
}

/** What a thread tells: how far it is, its answer, or what went wrong. */
type ThreadMessage<C extends ThreadCall> = { kind: 'progress'; progress: C['progress'] } | { kind: 'answer'; answer: C['answer'] } | { kind: 'failed'; code: string; message: string; issues: readonly FieldIssue[] };

/** How a thread is started, followed and ended. */
export interface ThreadOptions<C extends ThreadCall> {
  name: string;
  /** Arrays that move into the thread and are empty afterwards. */
  transferList: readonly ArrayBuffer[];
  /** Of the thread's JavaScript heap, in MB. */
  heapMb: number;
  onProgress?: ((progress: C['progress']) => void) | undefined;
  /** Ends the thread at once, wherever it is. */
  signal?: AbortSignal | undefined;
}

/** The module of a thread beside another one, under the same extension: compiled in dist, or as source where a loader runs that. */
export function threadModule(name: string, besides: string): URL {
  return new URL(`./${name}${extname(fileURLToPath(besides))}`, besides);
}

/**
 * Has a module that calls `answerThread` compute something in a thread of its own, so that the caller's event loop stays free. Throws what it throws, and the signal's reason;
 * the thread has ended by then.
 */
export async function callThread<C extends ThreadCall>(entry: URL, input: C['input'], { name, transferList, heapMb, onProgress, signal }: ThreadOptions<C>): Promise<C['answer']> {
  signal?.throwIfAborted();
  const worker = new Worker(entry, { workerData: input, transferList: [...transferList], name, resourceLimits: { maxOldGenerationSizeMb: heapMb } });
  let stop = (_reason: unknown): void => {};
  const abort = (): void => stop(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  try {
    return await new Promise<C['answer']>((resolve, reject) => {
      stop = reject;
      worker.on('message', (message: ThreadMessage<C>) => {
        switch (message.kind) {
          case 'progress':
            onProgress?.(message.progress);
            return;
          case 'answer':
            resolve(message.answer);
            return;
          case 'failed':
            reject(new SpindleError(isErrorCode(message.code) ? message.code : 'internal', message.message, { issues: message.issues }));
            return;
          default:
            message satisfies never;
        }
      });
      worker.once('error', reject);
      // After an answer this changes nothing.
      worker.once('exit', (code) => reject(new SpindleError('internal', `the thread ${name} ended with code ${code} and no answer`)));
    });
  } finally {
    signal?.removeEventListener('abort', abort);
    void worker.terminate();
    await ended;
  }
}

/** The thread's side: computes the answer to its input; the buffers that it names move to the caller. */
export async function answerThread<C extends ThreadCall>(compute: (input: C['input'], tell: (progress: C['progress']) => void) => Promise<{ answer: C['answer']; moved: ArrayBuffer[] }>): Promise<void> {
  const post = (message: ThreadMessage<C>, moved: ArrayBuffer[] = []): void => parentPort?.postMessage(message, moved);
  try {
    const { answer, moved } = await compute(workerData as C['input'], (progress) => post({ kind: 'progress', progress }));
    post({ kind: 'answer', answer }, moved);
  } catch (error) {
    const [code, issues] = error instanceof SpindleError ? [error.code, error.issues] : ['internal', []];
    post({ kind: 'failed', code, message: messageOf(error), issues });
  }
}

/** True for what is thrown where a thread's memory is full: the heap's limit has a code of its own, an array that cannot be had is a RangeError. */
export const isOutOfMemory = (error: unknown): boolean => error instanceof Error && (('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') || /Array buffer allocation failed/i.test(error.message));
