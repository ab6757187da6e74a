import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** A log larger than this gives way to a new one at the next start, in bytes. */
const rotateAbove = 10 * 1024 * 1024;

/** The file that a process writes its standard output to. One older file is kept beside it. */
export class LogFile {
  readonly path: string;
  #start: number;

  /** Makes its folder and, where the file has grown large, moves it to `<path>.1`. */
  constructor(path: string) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    this.#start = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (this.#start > rotateAbove) {
      renameSync(path, `${path}.1`);
      this.#start = 0;
    }
  }

  /** Opens the file for appending while `use` hands it to a process, which then has a descriptor of its own. */
  lend<T>(use: (descriptor: number) => T): T {
    const descriptor = openSync(this.path, 'a', 0o600);
    try {
      return use(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  /** The last lines written since this object was made. */
  tail(lines: number): string {
    const written = readFileSync(this.path).subarray(this.#start).toString('utf8').trimEnd();
    return written.split('\n').slice(-lines).join('\n');
  }
}
