import { issueText } from '../errors.ts';
import { csvLine } from './csv-line.ts';
import type { RejectedRow } from './part-rows.ts';

/**
 * Writes refused rows as CSV: line and reason, then the row as it came, so that it can be corrected and uploaded again.
 * The two lead, because a row that was refused for its number of cells would push them out of their columns.
 */
export class RejectedRows {
  readonly #header: readonly string[];

  /** The file's header. */
  constructor(header: readonly string[]) {
    this.#header = header;
  }

  /** Names of all columns: `line` and `reason`, or `rejected_line` and `rejected_reason` where the file has such a column. */
  get columns(): string[] {
    return [this.#free('line'), this.#free('reason'), ...this.#header];
  }

  #free(name: string): string {
    return this.#header.includes(name) ? this.#free(`rejected_${name}`) : name;
  }

  /** The header line. */
  head(): string {
    return `${csvLine(this.columns)}\n`;
  }

  /** Lines of some rows. */
  lines(rows: readonly RejectedRow[]): string {
    return rows.map(({ line, cells, issues }) => `${line},${csvLine([issues.map(issueText).join('. ')])},${csvLine(cells)}\n`).join('');
  }
}
