import { SpindleError } from '../../errors.ts';
import type { TableRow } from '../import/table-row.ts';
import type { NumberStyle } from './cell-styles.ts';
import { cellText } from './cell-text.ts';
import { excelDate, excelDuration } from './excel-date.ts';
import type { XmlHandler } from './xml-reader.ts';

/** Columns looked at; whatever stands further right must be empty. */
const maxColumns = 1_024;
const maxCellCharacters = 1024 * 1024;
/** Blank rows passed on where a sheet leaves many out. */
const maxGap = 1_000;

/** What a sheet's cells need of their workbook. */
export interface CellContext {
  strings: readonly string[];
  numberStyles: readonly NumberStyle[];
  from1904: boolean;
}

/** Turns a sheet's XML into rows: texts as they are, numbers and dates as they are typed, formulas as the value that was saved with them. */
export class SheetReader implements XmlHandler {
  /** Rows read and not yet taken. */
  rows: TableRow[] = [];
  /** Rows with something in them that the sheet does not show: a filter hides them, or a person. */
  hiddenRows = 0;
  readonly #context: CellContext;
  #line = 0;
  #isHidden = false;
  #lastLine = 0;
  #cells: string[] = [];
  #typed: boolean[] = [];
  #column = -1;
  #type = '';
  #units: (string | undefined)[] = [];
  #style: NumberStyle | undefined;
  #value = '';
  #inValue = false;
  #hasFormula = false;
  #hasValue = false;
  #unsaved: number[] = [];

  constructor(context: CellContext) {
    this.#context = context;
  }

  /** Takes the rows that are whole so far. */
  take(): TableRow[] {
    const rows = this.rows;
    this.rows = [];
    return rows;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    switch (name) {
      case 'row':
        this.#line = attributes.r === undefined ? this.#line + 1 : Number(attributes.r);
        this.#isHidden = attributes.hidden === '1' || attributes.hidden === 'true';
        this.#cells = [];
        this.#typed = [];
        this.#units = [];
        this.#unsaved = [];
        this.#column = -1;
        break;
      case 'c':
        this.#column = attributes.r === undefined ? this.#column + 1 : columnOf(attributes.r);
        this.#type = attributes.t ?? 'n';
        this.#style = attributes.s === undefined ? undefined : this.#context.numberStyles[Number(attributes.s)];
        this.#value = '';
        this.#hasFormula = this.#hasValue = false;
        break;
      case 'f':
        this.#hasFormula = true;
        break;
      case 'v':
      case 't':
        this.#inValue = this.#hasValue = true;
        break;
      case 'rPh':
        this.#type = `${this.#type} phonetic`; // its texts are how to say the cell, not what it says
        break;
      default:
    }
  }

  text(text: string): void {
    if (!this.#inValue || this.#type.endsWith('phonetic')) return;
    this.#value += text;
    if (this.#value.length > maxCellCharacters) throw new SpindleError('invalid_workbook', `line ${this.#line}: a cell holds more than ${maxCellCharacters} characters`);
  }

  close(name: string): void {
    if (name === 'v' || name === 't') this.#inValue = false;
    else if (name === 'rPh') this.#type = this.#type.replace(/ phonetic$/, '');
    else if (name === 'c') this.#endCell();
    else if (name === 'row') this.#endRow();
  }

  #endCell(): void {
    // A formula whose value is an empty text has a `<v>` with nothing in it.
    if (this.#hasFormula && !this.#hasValue && this.#column >= 0 && this.#column < maxColumns) this.#unsaved.push(this.#column);
    if (this.#value === '') return;
    const { text, typed } = this.#cell();
    if (text === '') return;
    const column = this.#column;
    if (!(column >= 0 && column < maxColumns)) throw new SpindleError('too_many_columns', `line ${this.#line}: a cell stands in column ${column + 1}; at most ${maxColumns} columns are accepted`);
    while (this.#cells.length <= column) {
      this.#cells.push('');
      this.#typed.push(false);
    }
    this.#cells[column] = text;
    this.#typed[column] = typed;
    if (typed && this.#style?.unit !== undefined && !this.#style.isDate) this.#units[column] = this.#style.unit;
  }

  #cell(): { text: string; typed: boolean } {
    const value = this.#value;
    switch (this.#type) {
      case 's':
        return { text: this.#context.strings[Number(value)] ?? '', typed: false };
      case 'b':
        return { text: value === '1' ? 'true' : 'false', typed: false };
      case 'd':
        return { text: value.replace(/T00:00:00(?:\.0+)?$/, ''), typed: true };
      case 'n': {
        const number = Number(value);
        if (!Number.isFinite(number)) return { text: value, typed: false };
        if (!this.#style?.isDate) return { text: String(number), typed: true };
        const date = excelDate(number, this.#context.from1904);
        // A time or duration is a share of a day there, and nothing that a number should be read from.
        return { text: date ?? excelDuration(number), typed: true };
      }
      default:
        return { text: cellText(value), typed: false }; // inlineStr, the text of a formula (str), an error such as #N/A (e)
    }
  }

  #endRow(): void {
    if (this.#cells.length === 0 && this.#unsaved.length === 0) return;
    if (!(this.#line > this.#lastLine)) throw new SpindleError('invalid_workbook', `line ${this.#line}: the sheet's rows are out of order`);
    const gap = Math.min(maxGap, this.#line - this.#lastLine - 1);
    for (let blank = gap; blank > 0; blank--) this.rows.push({ line: this.#line - blank, cells: [''] });
    this.#lastLine = this.#line;
    if (this.#isHidden) this.hiddenRows++;
    const { length: named } = this.#units;
    const { length: unsaved } = this.#unsaved;
    this.rows.push({ line: this.#line, cells: this.#cells, typed: this.#typed, ...(named > 0 ? { units: this.#units } : {}), ...(unsaved > 0 ? { unsaved: this.#unsaved } : {}) });
  }
}

/** Position of a reference's column, from 0: 27 for `AB12`; -1 for no reference. */
export function columnOf(reference: string): number {
  let column = 0;
  for (let at = 0; at < reference.length; at++) {
    const code = reference.charCodeAt(at) & ~32; // small letters too
    if (code < 65 || code > 90) break;
    column = 26 * column + code - 64;
  }
  return column - 1;
}
