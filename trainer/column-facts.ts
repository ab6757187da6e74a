import { unitBehind } from '../common/files/import/number-cells.ts';
import { decimal } from '../common/part.ts';
import { isDate } from './date-text.ts';

/** Distinct values after which a column is no category any more. */
export const maxLevels = 10_000;

/** Longest text that a level may be: beyond it it is a remark, not a category. */
const maxLevelLength = 200;

/** Share of the filled cells up to which texts beyond that are slips, wrong with their rows and not with the column; one among twenty is. */
const fewRemarks = 0.01;
const oneRemarkAmong = 20;

/** Characters that are kept of a text to show. */
const shownLength = 80;
/** Cells that are no number and are kept to show. */
const shownTexts = 3;

const unbounded = /^[+-]?(?:inf|infinity|nan|\d+(?:\.\d*)?e\+?\d{3,})$/i;

const withUnit = /^[+-]?\d+(?:[.,]\d+)?\s*(\D+)$/;

const withComma = /^[+-]?\d{1,15},\d+$/;

/** What must be known of one CSV column to tell its kind, gathered cell by cell. */
export class ColumnFacts {
  readonly name: string;
  /** Distinct values that are counted; a column with more of them has no levels. */
  readonly maxLevels: number;
  /** Cells with something in them. */
  filled = 0;
  /** Filled cells that hold a plain decimal number. */
  numbers = 0;
  /** Filled cells that look like a date. */
  dates = 0;
  /** Filled cells that hold a number with a comma, such as 12,5. */
  commas = 0;
  /** Filled cells that hold a number with its unit, such as 12 mm or 5%. */
  measures = 0;
  /** The unit of the first of them. */
  firstUnit: string | undefined;
  /** Filled cells that mean a number without an end, or none. */
  unbounded = 0;
  /** True while every number is whole. */
  whole = true;
  /** Smallest and largest number; Infinity and -Infinity without one. */
  min = Infinity;
  max = -Infinity;
  /** The first filled cells that are no number; of a long one the beginning. */
  readonly texts: { line: number; text: string }[] = [];
  /** The first that means a number without an end, such as inf, NaN or 1e999. */
  firstUnbounded: { line: number; text: string } | undefined;
  /** Length of the longest filled cell, in characters. */
  longest = 0;
  /** Filled cells that are too long for a level. */
  #remarks = 0;
  #levels: Map<string, number> | undefined = new Map();

  constructor(name: string, most = maxLevels) {
    this.name = name;
    this.maxLevels = most;
  }

  /** Takes one cell into account. */
  observe(cell: string, line: number): void {
    const text = cell.trim();
    if (text === '') return;
    this.filled++;
    if (text.length > this.longest) this.longest = text.length;
    this.#count(text);
    if (isDate(text)) this.dates++;
    const value = decimal(text);
    if (value === undefined) {
      const shown = { line, text: text.slice(0, shownLength) };
      if (this.texts.length < shownTexts) this.texts.push(shown);
      if (withComma.test(text)) this.commas++;
      if (unbounded.test(text)) {
        this.unbounded++;
        this.firstUnbounded ??= shown;
      }
      this.#measure(text);
      return;
    }
    this.numbers++;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    this.whole &&= Number.isInteger(value);
  }

  /** The first filled cell that is no number. A few without an end among numbers do not count: they are wrong with their rows, not with the column. */
  get firstText(): { line: number; text: string } | undefined {
    return this.unbounded <= 0.1 * this.filled && this.numbers + this.unbounded === this.filled ? undefined : this.texts[0];
  }

  /** True where too many cells are too long for a level. */
  get hasRemarks(): boolean {
    return this.#remarks > Math.max(this.filled >= oneRemarkAmong ? 1 : 0, fewRemarks * this.filled);
  }

  /** True where all that is no number is too long for a level. */
  get onlyRemarks(): boolean {
    return this.numbers + this.#remarks === this.filled;
  }

  /** Distinct values that can be levels with the number of their cells; undefined where there are more than `maxLevels`, or remarks among them. */
  get levels(): ReadonlyMap<string, number> | undefined {
    return this.hasRemarks ? undefined : this.#levels;
  }

  #measure(text: string): void {
    const behind = withUnit.exec(text)?.[1]?.trim();
    if (behind === undefined || (behind !== '%' && !unitBehind(text))) return;
    this.measures++;
    this.firstUnit ??= behind;
  }

  #count(text: string): void {
    if (text.length > maxLevelLength) this.#remarks++;
    else if (this.#levels) {
      this.#levels.set(text, (this.#levels.get(text) ?? 0) + 1);
      if (this.#levels.size > this.maxLevels) this.#levels = undefined;
    }
  }
}
