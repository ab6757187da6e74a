import type { FieldIssue } from '../errors.ts';
import type { PartReader } from '../part.ts';
import { findColumns, isBlank, readHeader } from './header.ts';
import type { CsvRecord } from './csv-records.ts';

/** A row that is refused, as it came, with everything that is wrong with it. */
export interface RejectedRow {
  line: number;
  cells: string[];
  issues: FieldIssue[];
}

/** Accepted rows as they came and, beside them, their parts by column: `values[f][row]`, a category as the index of its level. */
export interface AcceptedRows {
  cells: string[][];
  values: number[][];
}

/** Sorts the rows of one file into accepted, rejected and blank ones by a model's schema. One bad row never fails another. */
export class PartRows {
  readonly header: readonly string[];
  blank = 0;
  readonly #reader: PartReader;
  readonly #positions: number[];
  readonly #codes: (Map<string, number> | undefined)[];

  /** Throws for a header that cannot be used: `missing_columns`, `duplicate_columns`, `too_many_columns`. */
  constructor(header: readonly string[], reader: PartReader) {
    this.header = readHeader(header);
    this.#reader = reader;
    this.#positions = findColumns(this.header, reader.schema.features.map((feature) => feature.name));
    this.#codes = reader.schema.features.map(({ levels }) => levels && new Map(levels.map((level, code) => [level, code])));
  }

  /** An empty set of accepted rows to sort into. */
  noRows(): AcceptedRows {
    return { cells: [], values: this.#positions.map(() => []) };
  }

  /** Sorts one row: appends it to `accepted`, or returns it as rejected; a blank one is only counted. */
  sort(record: CsvRecord, accepted: AcceptedRows): RejectedRow | undefined {
    const { line, cells } = record;
    if (cells.length !== this.header.length) {
      if (isBlank(cells)) {
        this.blank++;
        return undefined;
      }
      const message = `line ${line}: expected ${this.header.length} cells as in the header, got ${cells.length}`;
      const fix = 'add or remove commas, or put a value that holds a comma in quotes';
      return { line, cells, issues: [{ line, field: '', value: null, message, fix }] };
    }
    const issues = this.#append(record, accepted);
    if (issues === undefined) return undefined;
    if (isBlank(cells)) {
      this.blank++;
      return undefined;
    }
    return { line, cells, issues };
  }

  #append({ line, cells }: CsvRecord, accepted: AcceptedRows): FieldIssue[] | undefined {
    const { features } = this.#reader;
    const row = accepted.cells.length;
    let issues: FieldIssue[] | undefined;
    for (let f = 0; f < features.length; f++) {
      const feature = features[f];
      const cell = cells[this.#positions[f] ?? 0] ?? '';
      const value = feature?.fromText(cell);
      if (value === undefined) {
        if (feature) (issues ??= []).push({ line, ...feature.issue(cell, `line ${line}, column ${feature.feature.name}`) });
        continue;
      }
      const column = accepted.values[f];
      if (column) column[row] = typeof value === 'string' ? (this.#codes[f]?.get(value) ?? 0) : value;
    }
    if (issues) {
      for (const column of accepted.values) column.length = row; // takes back the row's good cells
      return issues;
    }
    accepted.cells.push(cells);
    return undefined;
  }
}
