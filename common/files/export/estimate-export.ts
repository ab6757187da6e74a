import { type EstimateColumns, estimateColumnNames } from '../../estimate.ts';
import { neutralised } from '../import/formula-guard.ts';
import type { ImportReport } from '../import/import-report.ts';
import { clearNumber } from '../import/number-text.ts';
import type { SheetCell } from '../xlsx/sheet-xml.ts';
import { csvText } from './csv-text.ts';
import { type ExportDialect, byteOrderMark } from './export-dialect.ts';
import { InputCells } from './input-cells.ts';

/** The flag of a row whose chunk could not be computed. */
const notEstimated = 'not estimated';

/**
 * Lays parts out with their estimates: every input column as it came, then the estimate columns, in input order.
 * An input column that has the name of an estimate column comes out as `uploaded_<name>`.
 */
export class EstimateExport {
  /** Names of all columns, in order. */
  readonly columns: readonly string[];
  /** Names of the input columns in objects: all different, those without one as `column_<n>`. */
  readonly #objectNames: readonly string[];
  readonly #input: InputCells;
  readonly #own: readonly [string, string, string, string, string];
  readonly #version: string;
  readonly #mark: string;

  /** The file's header, how it was understood, the model's target and the version that estimates. */
  constructor(header: readonly string[], report: ImportReport, target: string, version: string) {
    this.#own = [...estimateColumnNames(target)];
    this.#version = version;
    this.#input = new InputCells(header, report);
    const input = this.#input.columns;
    const names: string[] = [];
    for (const name of input) {
      let free = this.#own.includes(name) ? `uploaded_${name}` : name;
      // An estimated file that is estimated again has such a column already.
      while (free !== name && (input.includes(free) || names.includes(free))) free = `uploaded_${free}`;
      names.push(free);
    }
    this.columns = [...names, ...this.#own];
    this.#mark = byteOrderMark(this.columns, report);
    const taken = new Set<string>(this.columns);
    this.#objectNames = names.map((name, at) => {
      if (name !== '' && names.indexOf(name) === at) return name;
      let free = name === '' ? `column_${at + 1}` : `${name}_${at + 1}`;
      while (taken.has(free)) free = `${free}_`;
      taken.add(free);
      return free;
    });
  }

  /** The CSV header line, behind a byte order mark where one is needed. */
  head({ delimiter }: ExportDialect): string {
    return `${this.#mark}${csvText(this.columns.map((name) => neutralised.of(name)), delimiter)}\n`;
  }

  /** CSV lines of some rows and the estimates of the same rows; without estimates their cells stay empty and the flag says so. */
  lines(cells: readonly (readonly string[])[], estimates: EstimateColumns | undefined, dialect: ExportDialect): string {
    const { delimiter: d } = dialect;
    const number = (value: number | undefined): string => (value === undefined ? '' : d === ',' && dialect.decimal === '.' ? String(value) : csvText([clearNumber(value, dialect.decimal)], d));
    let text = '';
    for (let row = 0; row < cells.length; row++) {
      const input = csvText(this.#input.texts(cells[row] ?? [], dialect), d);
      if (estimates) {
        const flags = estimates.flags[row];
        text += `${input}${d}${number(estimates.value[row])}${d}${number(estimates.low[row])}${d}${number(estimates.high[row])}${d}${flags ? csvText([neutralised.of(flags.join('; '))], d) : ''}${d}${this.#version}\n`;
      } else text += `${input}${d}${d}${d}${d}${notEstimated}${d}${this.#version}\n`;
    }
    return text;
  }

  /** The same rows as objects: input cells as texts (columns without a name as `column_<n>`, further ones of a name as `<name>_<n>`), estimates as numbers or null, flags as a list. */
  objects(cells: readonly (readonly string[])[], estimates: EstimateColumns | undefined): Record<string, unknown>[] {
    const [value, low, high, flags, version] = this.#own;
    return cells.map((row, index) => ({
      ...Object.fromEntries(this.#input.clear(row).map((cell, at) => [this.#objectNames[at] ?? '', cell])),
      [value]: estimates?.value[index] ?? null,
      [low]: estimates?.low[index] ?? null,
      [high]: estimates?.high[index] ?? null,
      [flags]: estimates ? (estimates.flags[index] ?? []) : [notEstimated],
      [version]: this.#version,
    }));
  }

  /** The same rows as JSON Lines: one object a line. */
  jsonLines(cells: readonly (readonly string[])[], estimates: EstimateColumns | undefined): string {
    return this.objects(cells, estimates).map((row) => `${JSON.stringify(row)}\n`).join('');
  }

  /** The same rows as cells of a sheet: numbers as numbers, dates as dates. */
  sheetRows(cells: readonly (readonly string[])[], estimates: EstimateColumns | undefined): SheetCell[][] {
    return cells.map((row, index) => {
      const own = (values: readonly number[] | undefined): SheetCell => {
        const value = values?.[index];
        return value === undefined ? null : { value, style: 'rounded' };
      };
      const flags = estimates ? (estimates.flags[index]?.join('; ') ?? '') : notEstimated;
      return [...this.#input.typed(row), own(estimates?.value), own(estimates?.low), own(estimates?.high), flags, this.#version];
    });
  }
}
