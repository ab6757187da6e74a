import { issueText } from '../../errors.ts';
import { neutralised } from '../import/formula-guard.ts';
import type { ImportReport } from '../import/import-report.ts';
import type { RejectedRow } from '../import/planned-rows.ts';
import { csvText } from './csv-text.ts';
import { type ExportDialect, byteOrderMark, exportDialect } from './export-dialect.ts';
import { InputCells } from './input-cells.ts';

/**
 * Writes refused rows as CSV in the dialect of the upload: line and reason, then the row as it came, so that it can be corrected and uploaded again.
 * The two lead, because a row that was refused for its number of cells would push them out of their columns.
 */
export class RejectedExport {
  /** Names of all columns: `line` and `reason`, or `rejected_line` and `rejected_reason` where the file has such a column. */
  readonly columns: readonly string[];
  readonly #input: InputCells;
  readonly #dialect: ExportDialect;
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #width: number;
  readonly #mark: string;

  /** The file's header and how it was understood. */
  constructor(header: readonly string[], report: ImportReport) {
    this.#input = new InputCells(header, report);
    this.#dialect = exportDialect(report);
    this.#indexOf = new Map(report.columns.map(({ field, index }) => [field, index]));
    this.#width = header.length;
    const free = (name: string): string => (this.#input.columns.includes(name) ? free(`rejected_${name}`) : name);
    this.columns = [free('line'), free('reason'), ...this.#input.columns];
    this.#mark = byteOrderMark(this.columns, report);
  }

  /** The header line, behind a byte order mark where one is needed. */
  head(): string {
    return `${this.#mark}${csvText(this.columns.map((name) => neutralised.of(name)), this.#dialect.delimiter)}\n`;
  }

  /** Lines of some rows. */
  lines(rows: readonly RejectedRow[]): string {
    return rows.map(({ line, cells, issues }) => {
      // Cells of a row of another length may stand in other columns than it seems: nothing is made of them.
      const refused = new Set(issues.map(({ field }) => this.#indexOf.get(field) ?? -1));
      const texts = cells.length === this.#width ? this.#input.texts(cells, this.#dialect, refused) : cells.map((cell) => neutralised.of(cell));
      return `${csvText([String(line), neutralised.of(issues.map(issueText).join('. ')), ...texts], this.#dialect.delimiter)}\n`;
    }).join('');
  }
}
