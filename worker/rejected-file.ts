import { type FileHandle, open } from 'node:fs/promises';
import { RejectedRows } from '../common/files/rejected-rows.ts';
import type { RejectedRow } from '../common/files/part-rows.ts';

/** A CSV file of refused rows, made by the first write, also of no rows. */
export class RejectedFile {
  readonly #path: string;
  #file: FileHandle | undefined;
  #rows: RejectedRows | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Appends rows of a file with this header. Throws the file system's error. */
  async write(header: readonly string[], rows: readonly RejectedRow[]): Promise<void> {
    if (!this.#file || !this.#rows) {
      this.#file = await open(this.#path, 'w');
      this.#rows = new RejectedRows(header);
      await this.#file.writeFile(this.#rows.head());
    }
    await this.#file.writeFile(this.#rows.lines(rows));
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}
