import { type EstimateColumns, estimateColumnNames } from '../estimate.ts';
import { csvLine } from './csv-line.ts';

/** The flag of a row whose chunk could not be computed. */
const notEstimated = 'not estimated';

/**
 * Lays parts out with their estimates: every input column as it came, then the estimate columns, in input order.
 * An input column that has the name of an estimate column comes out as `uploaded_<name>`.
 */
export class EstimateRows {
  /** Names of all columns, in order. */
  readonly columns: readonly string[];
  readonly #inputColumns: readonly string[];
  readonly #own: readonly [string, string, string, string, string];
  readonly #version: string;

  /** The file's header, the model's target and the version that estimates. */
  constructor(header: readonly string[], target: string, version: string) {
    this.#own = [...estimateColumnNames(target)];
    this.#version = version;
    const names: string[] = [];
    for (const name of header) {
      let free = this.#own.includes(name) ? `uploaded_${name}` : name;
      // An estimated file that is estimated again has such a column already.
      while (free !== name && (header.includes(free) || names.includes(free))) free = `uploaded_${free}`;
      names.push(free);
    }
    this.#inputColumns = names;
    this.columns = [...names, ...this.#own];
  }

  /** The CSV header line. */
  head(): string {
    return `${csvLine(this.columns)}\n`;
  }

  /** CSV lines of some rows and the estimates of the same rows; without estimates their cells stay empty and the flag says so. */
  lines(cells: readonly (readonly string[])[], estimates: EstimateColumns | undefined): string {
    let text = '';
    for (let row = 0; row < cells.length; row++) {
      const input = csvLine(cells[row] ?? []);
      if (estimates) {
        const flags = estimates.flags[row];
        text += `${input},${estimates.value[row] ?? ''},${estimates.low[row] ?? ''},${estimates.high[row] ?? ''},${flags ? csvLine([flags.join('; ')]) : ''},${this.#version}\n`;
      } else text += `${input},,,,${notEstimated},${this.#version}\n`;
    }
    return text;
  }

  /** The same rows as objects: input cells as texts (those without a name as `column_<n>`), estimates as numbers or null, flags as a list. */
  objects(cells: readonly (readonly string[])[], estimates: EstimateColumns | undefined): Record<string, unknown>[] {
    const [value, low, high, flags, version] = this.#own;
    return cells.map((row, index) => ({
      ...Object.fromEntries(this.#inputColumns.map((column, at) => [column === '' ? `column_${at + 1}` : column, row[at] ?? ''])),
      [value]: estimates?.value[index] ?? null,
      [low]: estimates?.low[index] ?? null,
      [high]: estimates?.high[index] ?? null,
      [flags]: estimates ? (estimates.flags[index] ?? []) : [notEstimated],
      [version]: this.#version,
    }));
  }
}
