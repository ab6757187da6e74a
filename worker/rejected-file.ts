import { type FileHandle, open } from 'node:fs/promises';
import { RejectedExport } from '../common/files/export/rejected-export.ts';
import type { ImportReport } from '../common/files/import/import-report.ts';
import type { RejectedRow } from '../common/files/import/planned-rows.ts';

/** A CSV file of refused rows, made by the first write, also of no rows. */
export class RejectedFile {
  readonly #path: string;
  #file: FileHandle | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Appends rows of a file with this header, understood like this so far. Throws the file system's error. */
  async write(header: readonly string[], report: ImportReport, rows: readonly RejectedRow[]): Promise<void> {
    const layout = new RejectedExport(header, report);
    if (!this.#file) {
      this.#file = await open(this.#path, 'w');
      await this.#file.writeFile(layout.head());
    }
    await this.#file.writeFile(layout.lines(rows));
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}
