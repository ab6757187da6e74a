import type { DecimalDecision } from './decimal-decision.ts';
import { clearNumber, visible } from './number-text.ts';
import { type Unit, converted, unitNamed } from './units.ts';

const withUnit = /^(.*?[\d.,])\s*(\p{L}{1,12}\.?|["″”])$/u;

/** A cell's number, or why it is none. */
export type NumberCell = { value: number } | { reason: 'empty' | 'no number' | 'other decimal mark' | 'unknown unit' };

/** Reads the numbers of one column into the unit of its field. */
export class NumberCells {
  /** How many cells named a unit of their own, by its symbol. */
  readonly ownUnits = new Map<string, number>();
  readonly #decimal: DecimalDecision;
  readonly #column: string;
  readonly #header: Unit | undefined;
  readonly #field: Unit | undefined;

  /** The column's header, the unit that it names where that is not the field's, and the field's unit. */
  constructor(decimal: DecimalDecision, column: string, header: Unit | undefined, field: Unit | undefined) {
    this.#decimal = decimal;
    this.#column = column;
    this.#header = header;
    this.#field = field;
  }

  /** Lets a cell of the file's beginning tell the decimal mark. */
  observe(cell: string, typed: boolean, line: number): void {
    if (!typed) this.#decimal.observe(numberPart(visible(cell)), line, this.#column, this.#field?.kind);
  }

  /** The number in the field's unit. A typed cell is written in one way only. Throws `ambiguous_file`. */
  read(cell: string, typed: boolean, line: number): NumberCell {
    const text = visible(cell);
    if (text === '') return { reason: 'empty' };
    if (typed) return this.#typed(text);
    const value = this.#decimal.read(text, line, this.#column);
    if (value !== undefined) return this.#in(value, this.#header);
    const unit = withUnit.exec(text);
    const number = unit ? this.#decimal.read(unit[1]?.trim() ?? '', line, this.#column) : undefined;
    if (number !== undefined && unit) return this.#inOwnUnit(number, unit[2] ?? '');
    return { reason: this.#decimal.fitsOther(numberPart(text)) ? 'other decimal mark' : 'no number' };
  }

  /** True where every cell comes as the field wants it, so that nothing is lost by reading it directly. */
  get isDirect(): boolean {
    return this.#decimal.mark === '.' && this.#header === undefined;
  }

  /** The text of a sheet's cell with a decimal point, as it is stored: a sheet has no decimal mark of its own. The text itself where it is no number. */
  withPoint(cell: string, line: number): string {
    const text = visible(cell);
    const unit = withUnit.exec(text)?.[2];
    const value = this.#decimal.read(numberPart(text), line, this.#column);
    if (value === undefined) return cell;
    return unit === undefined ? clearNumber(value, '.') : `${clearNumber(value, '.')} ${unit}`;
  }

  /** What to do about a number with the other decimal mark. */
  get otherMarkFix(): string {
    return this.#decimal.mark === ',' ? 'write the decimals after a comma, as the file does elsewhere, or say decimal=point' : 'write the decimals after a point, not a comma';
  }

  /** A workbook's number, with the unit that its format shows. */
  #typed(text: string): NumberCell {
    const value = /^-?\d/.test(text) ? Number(numberPart(text)) : NaN;
    if (Number.isNaN(value)) return { reason: 'no number' };
    const unit = withUnit.exec(text)?.[2];
    return unit === undefined ? this.#in(value, this.#header) : this.#inOwnUnit(value, unit);
  }

  #in(value: number, unit: Unit | undefined): NumberCell {
    return { value: unit && this.#field ? converted(value, unit, this.#field) : value };
  }

  #inOwnUnit(value: number, name: string): NumberCell {
    const unit = unitNamed(name);
    if (!unit || !this.#field || unit.kind !== this.#field.kind) return { reason: 'unknown unit' };
    this.ownUnits.set(unit.symbol, (this.ownUnits.get(unit.symbol) ?? 0) + 1);
    return this.#in(value, unit);
  }
}

/** The unit behind the number of a cell. */
export const unitBehind = (text: string): Unit | undefined => unitNamed(withUnit.exec(text)?.[2] ?? '');

const numberPart = (text: string): string => withUnit.exec(text)?.[1]?.trim() ?? text;
