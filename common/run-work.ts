import { type Job, UnrecoverableError, WaitingError } from 'bullmq';
import { CancelWatch } from './cancel-watch.ts';
import { SpindleError, messageOf } from './errors.ts';
import type { Log } from './log.ts';
import type { WorkFailure, WorkState } from './work-records.ts';

/** Processes that one piece of work may take down with it before it is given up. */
const maxDeaths = 3;

/** What recorded work must be able to do to be run: each step is refused where it does not fit the state. */
export interface RunnableWork {
  begin(id: string): Promise<boolean>;
  state(id: string): Promise<WorkState | undefined>;
  handBack(id: string): Promise<void>;
  fail(id: string, failure: WorkFailure): Promise<boolean>;
}

/** Which work a job is, and what is done where it fails. */
export interface WorkRun {
  store: RunnableWork;
  id: string;
  /** For the log and errors: `training`, `schedule`. */
  name: string;
  /** Whose process runs it: `trainer`, `worker`. */
  by: string;
  /** What to do where that died again and again. */
  mend: string;
  log: Log;
}

/**
 * Runs recorded work as a job. It is begun again after its process died; its signal fires when it is cancelled or the process stops. Cancelled, it ends with null;
 * where the process stops, it goes back to the queue for the next; what goes wrong otherwise is recorded and final.
 */
export async function runWork<T>(job: Job, stopping: AbortSignal, { store, id, name, by, mend, log }: WorkRun, work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
  const cancel = new CancelWatch(() => store.state(id));
  try {
    if (job.stalledCounter >= maxDeaths) throw new SpindleError('out_of_memory', `its ${by} died ${maxDeaths} times while it ran, most likely for want of memory: ${mend}`);
    stopping.throwIfAborted();
    if (!(await store.begin(id))) throw new Error(`the ${name} has ended meanwhile`);
    return await work(AbortSignal.any([stopping, cancel.signal]));
  } catch (error) {
    if ((await store.state(id)) === 'cancelled') {
      log.info(`${name} cancelled`);
      return null;
    }
    if (stopping.aborted) {
      // In this order: the next process may begin as soon as the job waits.
      await store.handBack(id);
      await job.moveToWait(job.token);
      log.info(`${name} goes back to the queue`);
      throw new WaitingError();
    }
    await store.fail(id, failure(error));
    log.warn({ reason: messageOf(error) }, `${name} failed`);
    throw new UnrecoverableError(messageOf(error));
  } finally {
    cancel.end();
  }
}

function failure(error: unknown): WorkFailure {
  const [code, errors] = error instanceof SpindleError ? [error.code, error.issues.slice(0, 100)] : ['internal', []];
  return { reason: messageOf(error), code, errors };
}
