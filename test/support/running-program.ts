import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { marker, mustEnd } from './leftovers.ts';

/** How a process ended. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface ProgramOptions {
  /** Beside the bare necessities, all that the process finds in its environment. */
  environment?: Record<string, string>;
  /** Where it runs; a folder without a `.env`, so that a developer's settings stay out of tests. */
  directory?: string;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** One of the built programs as a real process; its output is kept and can be waited for. */
export class RunningProgram {
  readonly name: string;
  readonly child: ChildProcess;
  /** Resolves when it has ended and all of its output has been read. */
  readonly exited: Promise<Exit>;
  /** What came over its IPC channel so far. */
  readonly messages: unknown[] = [];
  stdout = '';
  stderr = '';
  #exit: Exit | undefined;
  readonly #news = new EventEmitter().setMaxListeners(0);

  /** Starts `dist/<script>` with these arguments. */
  constructor(script: string, argv: string[] = [], { environment = {}, directory = tmpdir() }: ProgramOptions = {}) {
    const path = join(root, 'dist', script);
    if (!existsSync(path)) throw new Error(`dist/${script} is not there: npm run build makes it`);
    this.name = [script, ...argv].join(' ');
    const { PATH, HOME, TMPDIR } = process.env;
    const base = Object.fromEntries(Object.entries({ PATH, HOME, TMPDIR }).filter((entry) => entry[1] !== undefined));
    this.child = spawn(process.execPath, [path, ...argv], {
      cwd: directory,
      env: { ...base, ...marker, ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child.on('message', (message) => {
      this.messages.push(message);
      this.#news.emit('news');
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
      this.#news.emit('news');
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#news.emit('news');
    });
    this.exited = new Promise((resolve) =>
      this.child.once('close', (code, signal) => {
        this.#exit = { code, signal };
        resolve(this.#exit);
        this.#news.emit('news');
      }),
    );
    mustEnd(this.name, () => this.isRunning, () => void this.kill());
  }

  get isRunning(): boolean {
    return this.#exit === undefined;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The first value other than undefined that `look` returns, asked again at every line and message. Rejects with the output so far. */
  async until<T>(what: string, look: () => T | undefined, milliseconds = 15_000): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#news.off('news', check);
      };
      const fail = (why: string): void => {
        settle();
        reject(new Error(`${this.name} ${why} while the test waited for ${what}\n--- stdout\n${this.stdout}\n--- stderr\n${this.stderr}`));
      };
      const check = (): void => {
        const value = look();
        if (value !== undefined) {
          settle();
          resolve(value);
        } else if (this.#exit) fail(`ended (${JSON.stringify(this.#exit)})`);
      };
      const timer = setTimeout(() => fail(`ran on for ${milliseconds} ms`), milliseconds);
      this.#news.on('news', check);
      check();
    });
  }

  /** Resolves when its standard output or error holds this. */
  untilOutput(text: string | RegExp, milliseconds?: number): Promise<string> {
    const look = (): string | undefined => {
      const output = this.stdout + this.stderr;
      return typeof text === 'string' ? (output.includes(text) ? text : undefined) : text.exec(output)?.[0];
    };
    return this.until(String(text), look, milliseconds);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Asks it to end; resolves when it has. */
  stop(): Promise<Exit> {
    if (this.isRunning) this.signal('SIGTERM');
    return this.exited;
  }

  /** Ends it without warning. */
  kill(): Promise<Exit> {
    if (this.isRunning) this.signal('SIGKILL');
    return this.exited;
  }
}
