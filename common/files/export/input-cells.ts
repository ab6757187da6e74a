import { headerParts } from '../import/file-fields.ts';
import { neutralised } from '../import/formula-guard.ts';
import type { ImportReport } from '../import/import-report.ts';
import { type CalendarDate, type DateOrder, hasPoints, needsOrder, readDate } from '../import/date-text.ts';
import { type DecimalMark, clearNumber, decimalEvidence, readNumber, visible } from '../import/number-text.ts';
import { unitNamed } from '../import/units.ts';
import { ZonedTime } from '../import/zoned-time.ts';
import type { SheetCell } from '../xlsx/sheet-xml.ts';
import { excelSerial } from '../xlsx/excel-date.ts';
import type { ExportDialect } from './export-dialect.ts';

const dangerous = /^['=+\-@\t\r\uFF0B\uFF0D\uFF1D\uFF20]/;

/** What an upload's cells are, so that they can be written again: as they came, and so that they are read again as what they were. */
export class InputCells {
  /** Names of the columns in exports; a name that an option gave a meaning to becomes the field's own, with the unit. */
  readonly columns: readonly string[];
  readonly #kinds: readonly ('number' | 'date' | 'text')[];
  readonly #decimal: DecimalMark;
  readonly #dateOrders: ReadonlyMap<number, DateOrder>;
  /** The zone of times without an offset, where only the upload said it. */
  readonly #zone: ZonedTime | undefined;

  /** The header as it came and how it was understood. */
  constructor(header: readonly string[], report: ImportReport) {
    const byIndex = new Map(report.columns.map((column) => [column.index, column]));
    this.columns = exportNames(header, report);
    this.#kinds = header.map((_, index) => {
      const kind = byIndex.get(index)?.kind;
      return kind === 'number' || kind === 'date' ? kind : 'text';
    });
    this.#decimal = report.format === 'csv' && report.decimal === 'comma' ? ',' : '.';
    this.#dateOrders = new Map(report.columns.flatMap(({ index, date_order: order }): [number, DateOrder][] => (order === 'dmy' || order === 'mdy' || order === 'ymd' ? [[index, order]] : [])));
    this.#zone = report.zone_told ? new ZonedTime(report.zone) : undefined;
  }

  /**
   * The cells as texts of a CSV: as they came, but for numbers where the decimal mark is another, numbers and dates that could be read in two ways,
   * and texts that a spreadsheet would take for a formula. What stands in columns of numbers that were `refused` is text: nothing is made of it.
   */
  texts(cells: readonly string[], { decimal, delimiter }: ExportDialect, refused?: ReadonlySet<number>): string[] {
    const plain = decimal === '.' && this.#decimal === '.' && delimiter === ',';
    return cells.map((cell, index) => {
      if (refused?.has(index)) return neutralised.of(this.#kinds[index] === 'date' ? this.#date(cell, index) : cell);
      switch (this.#kinds[index]) {
        case 'number':
          return plain && !cell.includes(',') ? cell : this.#number(cell, decimal, delimiter === ',');
        case 'date':
          return this.#date(cell, index);
        default:
          return dangerous.test(cell) ? neutralised.of(cell) : cell;
      }
    });
  }

  /** The cells as texts of JSON: as they came, but for numbers and dates that could be read in two ways. */
  clear(cells: readonly string[]): string[] {
    return cells.map((cell, index) => {
      const kind = this.#kinds[index];
      if (kind === 'date') return this.#date(cell, index);
      const isClear = kind !== 'number' || (this.#decimal === '.' && !cell.includes(','));
      return isClear ? cell : this.#number(cell, this.#decimal, this.#decimal === '.');
    });
  }

  /** The cells of a sheet: numbers as numbers in the file's unit, dates as dates, the rest as text. */
  typed(cells: readonly string[]): SheetCell[] {
    return cells.map((cell, index) => {
      const text = visible(cell);
      const kind = this.#kinds[index];
      if (kind === 'number') return readNumber(text, this.#decimal) ?? cell;
      const date = kind === 'date' ? readDate(text, this.#dateOrders.get(index) ?? 'dmy') : undefined;
      if (!date || date.offset !== undefined) return cell;
      const zoned = date.seconds ? this.#zone?.withOffset(date) : undefined;
      return zoned ?? { value: excelSerial(date.year, date.month, date.day, date.seconds ?? 0), style: date.seconds ? 'moment' : 'date' };
    });
  }

  #number(cell: string, decimal: DecimalMark, betweenCommas: boolean): string {
    const [, number = cell, rest = ''] = /^(.*?[\d.,])(\s*[^\d.,\s][^\d]*)$/s.exec(visible(cell)) ?? [];
    const text = visible(number);
    const unclear = decimalEvidence(text) === 'either' && !(betweenCommas && decimal === '.' && !text.includes(','));
    if (decimal === this.#decimal && !unclear) return cell;
    const value = readNumber(text, this.#decimal);
    return value === undefined ? cell : `${clearNumber(value, decimal)}${rest}`;
  }

  #date(cell: string, index: number): string {
    const order = this.#dateOrders.get(index);
    const text = cell.trim();
    // Whoever reads it next may not be told the order, nor see the dates that settled it.
    const isUnclear = order !== undefined && needsOrder(text) && !(order === 'dmy' && hasPoints(text));
    if (!isUnclear && !this.#zone) return cell;
    const date = readDate(text, order ?? 'dmy');
    if (!date) return cell;
    const zoned = date.seconds && date.offset === undefined ? this.#zone?.withOffset(date) : undefined;
    return zoned ?? (isUnclear ? isoText(date) : cell);
  }
}

/** A date in ISO 8601, with time and offset as far as it has them. */
function isoText({ year, month, day, seconds, offset }: CalendarDate): string {
  const at = new Date(Date.UTC(year, month - 1, day) + 1_000 * (seconds ?? 0)).toISOString();
  if (seconds === undefined) return at.slice(0, 10);
  const digits = (value: number): string => String(value).padStart(2, '0');
  const ahead = Math.abs(offset ?? 0);
  return `${at.slice(0, 19)}${offset === undefined ? '' : `${offset < 0 ? '-' : '+'}${digits(Math.floor(ahead / 60))}:${digits(ahead % 60)}`}`;
}

/** The header with the names that make it mean the same when it is read again. */
function exportNames(header: readonly string[], { columns }: ImportReport): string[] {
  const names = [...header];
  const given = new Set<number>();
  for (const { index, header: name, field, how, unit } of columns) {
    const shown = unit !== undefined && unitNamed(headerParts(name)?.unit ?? '')?.symbol !== unit ? ` (${unit})` : '';
    if (how !== 'mapping' && shown === '') continue;
    names[index] = how === 'mapping' ? `${field}${unit === undefined ? '' : ` (${unit})`}` : `${name}${shown}`;
    given.add(index);
  }
  return names.map((name, index) => (given.has(index) || ![...given].some((other) => names[other] === name) ? name : `uploaded_${name}`));
}
