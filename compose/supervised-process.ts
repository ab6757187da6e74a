import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../common/errors.ts';

/** A program that can be started, and how to learn that it works. */
export interface Program {
  /** Leads every line about it. */
  name: string;
  /** Starts it once; what it writes to a piped standard error is shown. */
  spawn(): ChildProcess;
  /** Resolves once it works, with what to say beside "ready". The signal fires when the process has ended. */
  untilReady(child: ChildProcess, ended: AbortSignal): Promise<string>;
  /** The end of its log, for a start that failed without a word on standard error. */
  lastWords(): string;
}

/** A program ended by itself before it had ever been ready: starting it again would not help. */
export class StartFailure extends Error {
  constructor(name: string, manner: string, words: string) {
    super(words === '' ? `${name} ${manner} before it was ready` : words);
    this.name = 'StartFailure';
  }
}

/** Standard error of a start is held back until it is clear whether it failed; no start has more to say than this. */
const heldLines = 50;
/** A process that lived this long has nothing to do with the crash before, in milliseconds. */
const stableAfter = 30_000;

/** Keeps one program running: starts it again when it ends by itself, later and later where that does not help. */
export class SupervisedProcess {
  readonly name: string;
  readonly #program: Program;
  readonly #say: (line: string) => void;
  readonly #stopping = new AbortController();
  #child: ChildProcess | undefined;
  #running: Promise<void> | undefined;
  #wasReady = false;
  #held: string[] = [];

  constructor(program: Program, say: (line: string) => void) {
    this.name = program.name;
    this.#program = program;
    this.#say = say;
  }

  /** Resolves when it is ready for the first time, or was stopped before. Throws StartFailure. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#running = this.#keepRunning(resolve).then(resolve, reject);
    });
  }

  /** Asks it to end and resolves when it has. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#child?.kill('SIGTERM');
    await this.#running;
  }

  /** Ends it at once. */
  kill(): void {
    this.#stopping.abort();
    this.#child?.kill('SIGKILL');
  }

  async #keepRunning(onReady: () => void): Promise<void> {
    let crashes = 0;
    while (!this.#stopping.signal.aborted) {
      const startedAt = Date.now();
      const { code, manner } = await this.#runOnce(onReady);
      if (this.#stopping.signal.aborted) break;
      if (!this.#wasReady && code !== null) {
        throw new StartFailure(this.name, manner, this.#held.join('\n') || this.#program.lastWords());
      }
      crashes = Date.now() - startedAt > stableAfter ? 1 : crashes + 1;
      const pause = Math.min(250 * 2 ** (crashes - 1), 10_000);
      this.#say(`${this.name} ${manner}; starting it again${pause < 1_000 ? '' : ` in ${pause / 1_000} s`}`);
      await delay(pause, undefined, { signal: this.#stopping.signal }).catch(() => {}); // cut short by stop()
    }
  }

  async #runOnce(onReady: () => void): Promise<Ending> {
    const startedAt = Date.now();
    const ended = new AbortController();
    const child = this.#program.spawn();
    this.#child = child;
    let isReady = false;
    if (child.stderr) createInterface(child.stderr).on('line', (line) => this.#hear(line, isReady));
    this.#program.untilReady(child, ended.signal).then(
      (facts) => {
        if (ended.signal.aborted || this.#stopping.signal.aborted) return;
        isReady = true;
        this.#wasReady = true;
        for (const line of this.#held.splice(0)) this.#hear(line, true);
        this.#say(`${this.name} ready after ${((Date.now() - startedAt) / 1_000).toFixed(1)} s${facts && `: ${facts}`}`);
        onReady();
      },
      () => {}, // it ended first, which is reported below
    );
    const end = await untilEnded(child);
    ended.abort();
    this.#child = undefined;
    return end;
  }

  #hear(line: string, isReady: boolean): void {
    if (isReady) this.#say(`${this.name}: ${line}`);
    else if (this.#held.length < heldLines) this.#held.push(line);
  }
}

/** How a process ended: its exit code, null where a signal ended it, and the same in words. */
interface Ending {
  code: number | null;
  manner: string;
}

function untilEnded(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      // The same event tells of a signal that could not be sent; only a process that never was has ended by it.
      if (child.pid === undefined) resolve({ code: 1, manner: `could not be started: ${messageOf(error)}` });
    });
    // `close` comes after `exit`, when standard error has been read to its end.
    child.once('close', (code, signal) => resolve({ code, manner: signal ? `was ended by ${signal}` : `ended with exit code ${code}` }));
  });
}
