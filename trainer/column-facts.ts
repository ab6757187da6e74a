import { decimal } from '../common/part.ts';

/** Distinct values after which a column is no category any more. */
export const maxLevels = 10_000;

/** What must be known of one CSV column to tell its kind, gathered cell by cell. */
export class ColumnFacts {
  readonly name: string;
  /** Cells with something in them. */
  filled = 0;
  /** Filled cells that hold a plain decimal number. */
  numbers = 0;
  /** True while every number is whole. */
  whole = true;
  /** Smallest and largest number; Infinity and -Infinity without one. */
  min = Infinity;
  max = -Infinity;
  /** The first filled cell that is no number. */
  firstText: { line: number; text: string } | undefined;
  /** Length of the longest filled cell, in characters. */
  longest = 0;
  #levels: Map<string, number> | undefined = new Map();

  constructor(name: string) {
    this.name = name;
  }

  /** Takes one cell into account. */
  observe(cell: string, line: number): void {
    const text = cell.trim();
    if (text === '') return;
    this.filled++;
    if (text.length > this.longest) this.longest = text.length;
    this.#count(text);
    const value = decimal(text);
    if (value === undefined) {
      this.firstText ??= { line, text };
      return;
    }
    this.numbers++;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    this.whole &&= Number.isInteger(value);
  }

  /** Distinct values with the number of their cells; undefined where there are more than `maxLevels`. */
  get levels(): ReadonlyMap<string, number> | undefined {
    return this.#levels;
  }

  #count(text: string): void {
    if (!this.#levels) return;
    this.#levels.set(text, (this.#levels.get(text) ?? 0) + 1);
    if (this.#levels.size > maxLevels) this.#levels = undefined;
  }
}
