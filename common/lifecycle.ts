import { messageOf } from './errors.ts';
import type { Log } from './log.ts';

/** What lives as long as a process does. Stopping twice, or before starting, is safe. */
export interface Service {
  start(): Promise<void>;
  /** Lets go by the deadline, a time in milliseconds as of `Date.now()`. */
  stop(deadline: number): Promise<void>;
}

/** The promise's value, or undefined once the deadline (milliseconds as of `Date.now()`) has passed. */
export async function byDeadline<T>(promise: Promise<T>, deadline: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, deadline - Date.now()));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Shuts a process down outside-in: steps run in the order they were added, every one even when another fails,
 * none beyond the deadline. Concurrent calls share one run.
 */
export class Shutdown {
  readonly #steps: { name: string; stop: (deadline: number) => unknown }[] = [];
  readonly #log: Log;
  #running: Promise<boolean> | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Adds a step after those already added. */
  add(name: string, stop: (deadline: number) => unknown): void {
    this.#steps.push({ name, stop });
  }

  /** Runs all steps; false where one failed or was cut off. */
  run(deadline: number): Promise<boolean> {
    this.#running ??= this.#runOnce(deadline);
    return this.#running;
  }

  async #runOnce(deadline: number): Promise<boolean> {
    let clean = true;
    for (const { name, stop } of this.#steps) {
      try {
        const done = (async () => {
          await stop(deadline);
          return true;
        })();
        // Past the deadline a step still gets a moment: closing a socket takes no time, waiting for a job would.
        const inTime = await byDeadline(done, Math.max(deadline, Date.now() + 200));
        if (!inTime) {
          clean = false;
          this.#log.warn({ step: name }, 'shutdown step cut off at the deadline');
          done.catch(() => {}); // its late failure concerns nobody any more
        }
      } catch (error) {
        clean = false;
        this.#log.warn({ step: name, reason: messageOf(error) }, 'shutdown step failed');
      }
    }
    return clean;
  }
}

/**
 * Resolves when the process is asked to end: SIGTERM, SIGINT, or the end of the process that launched it.
 * A second signal ends the process at once.
 */
export function untilStopped(): Promise<string> {
  return new Promise((resolve) => {
    const stop = (reason: string) => resolve(reason);
    process.once('SIGTERM', () => stop('SIGTERM'));
    process.once('SIGINT', () => stop('SIGINT'));
    process.once('disconnect', () => stop('launcher gone'));
    if (process.send && !process.connected) stop('launcher gone');
  });
}

/** Tells the launcher, where there is one, that this process is ready and how to reach it. */
export function announceReady(facts: Record<string, unknown>): void {
  process.send?.({ ready: true, ...facts });
}
