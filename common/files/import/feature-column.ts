import type { FieldIssue } from '../../errors.ts';
import type { FeatureReader, UnknownPolicy } from '../../part.ts';
import { CategoryCells } from './category-cells.ts';
import type { DecimalDecision } from './decimal-decision.ts';
import type { MatchedColumn } from './header-match.ts';
import { NumberCells } from './number-cells.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Reads one feature's cells: written as the file writes them, checked as the model's schema wants them. */
export class FeatureColumn {
  /** Position in the header; -1 for an optional feature without a column. */
  readonly index: number;
  readonly header: string;
  readonly reader: FeatureReader;
  readonly numbers: NumberCells | undefined;
  readonly categories: CategoryCells | undefined;
  readonly #isSheet: boolean;

  constructor(reader: FeatureReader, column: MatchedColumn | undefined, decimal: DecimalDecision, vocabulary: Vocabulary, isSheet: boolean) {
    const { feature } = reader;
    this.reader = reader;
    this.index = column?.index ?? -1;
    this.header = column?.header ?? feature.name;
    this.#isSheet = isSheet;
    if (feature.kind === 'category') this.categories = new CategoryCells(feature, vocabulary);
    else this.numbers = new NumberCells(decimal, this.header, column?.unit, column?.field.unit);
  }

  get isCategory(): boolean {
    return this.categories !== undefined;
  }

  /** Lets a row of the file's beginning tell the decimal mark. */
  observe(cells: readonly string[], typed: readonly boolean[] | undefined, line: number): void {
    if (this.index >= 0) this.numbers?.observe(cells[this.index] ?? '', typed?.[this.index] ?? false, line);
  }

  /**
   * The value of a row as a column holds it (a category as the index of its level or -1, NaN for a missing value), or what is wrong with the cell.
   * A number that a sheet holds as text is rewritten in `cells` with a decimal point. Throws `ambiguous_file`.
   */
  read(cells: string[], typed: readonly boolean[] | undefined, line: number, unknown: UnknownPolicy): number | FieldIssue {
    const cell = this.index < 0 ? '' : (cells[this.index] ?? '');
    if (this.categories) return this.#level(this.categories, cell, line, unknown);
    return this.numbers ? this.#number(this.numbers, cells, cell, typed?.[this.index] ?? false, line, unknown) : NaN;
  }

  #level(categories: CategoryCells, cell: string, line: number, unknown: UnknownPolicy): number | FieldIssue {
    const level = categories.read(cell);
    if (level !== undefined) return this.reader.codeOf(level) ?? -1;
    const value = this.reader.fromCell(cell, unknown);
    if (value !== undefined) return value;
    const near = cell.trim() === '' ? undefined : categories.suggestion(cell.trim());
    return this.#issue(cell, line, near === undefined ? undefined : `did you mean "${near}"?`);
  }

  #number(numbers: NumberCells, cells: string[], cell: string, typed: boolean, line: number, unknown: UnknownPolicy): number | FieldIssue {
    if (numbers.isDirect && !typed && !this.#isSheet) {
      const value = this.reader.fromCell(cell, unknown);
      if (value !== undefined) return value;
    }
    const read = numbers.read(cell, typed, line);
    if ('value' in read) {
      if (this.#isSheet && !typed) cells[this.index] = numbers.withPoint(cell, line);
      return this.reader.fromCell(String(read.value)) ?? this.#issue(cell, line, this.reader.issue(read.value, '').fix);
    }
    switch (read.reason) {
      case 'empty':
        return this.reader.fromCell('', unknown) ?? this.#issue('', line);
      case 'other decimal mark':
        return this.#issue(cell, line, numbers.otherMarkFix);
      case 'unknown unit':
        return this.#issue(cell, line, 'leave the unit out, or use one that fits the column');
      case 'no number':
        return this.#issue(cell, line);
      default:
        return read.reason satisfies never;
    }
  }

  #issue(cell: string, line: number, fix?: string): FieldIssue {
    const found = this.reader.issue(cell, `line ${line}, column ${this.header}`);
    return { line, ...found, ...(fix === undefined ? {} : { fix }) };
  }
}
