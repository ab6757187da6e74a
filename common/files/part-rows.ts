import type { FieldIssue } from '../errors.ts';
import type { PartReader, UnknownLevels, UnknownPolicy } from '../part.ts';
import { isBlank, readColumns } from './header.ts';
import type { CsvRecord } from './csv-records.ts';

/** A row that is refused, as it came, with everything that is wrong with it. */
export interface RejectedRow {
  line: number;
  cells: string[];
  issues: FieldIssue[];
}

/** Accepted rows as they came and, beside them, their parts by column: `values[f][row]`, a category as the index of its level or -1, NaN for a missing value. */
export interface AcceptedRows {
  cells: string[][];
  values: number[][];
  /** What stands in the cells of unknown levels; undefined where all are known. */
  unknown?: UnknownLevels;
}

/** Sorts the rows of one file into accepted, rejected and blank ones by a model's schema. One bad row never fails another. */
export class PartRows {
  readonly header: readonly string[];
  blank = 0;
  readonly #reader: PartReader;
  readonly #unknown: UnknownPolicy;
  /** Column of each feature in the file; -1 for an optional one that the file does not have. */
  readonly #positions: number[];

  /** Throws for a header that cannot be used: `missing_columns`, `duplicate_columns`, `too_many_columns`. */
  constructor(header: readonly string[], reader: PartReader, unknown: UnknownPolicy = 'reject') {
    const { features } = reader.schema;
    const optional = features.filter((feature) => feature.optional).map((feature) => feature.name);
    const { names, positions } = readColumns(header, features.map((feature) => feature.name), optional);
    this.header = names;
    this.#positions = positions;
    this.#reader = reader;
    this.#unknown = unknown;
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
    if (isBlank(cells)) {
      this.blank++;
      return undefined;
    }
    const issues = this.#append(record, accepted);
    return issues && { line, cells, issues };
  }

  #append({ line, cells }: CsvRecord, accepted: AcceptedRows): FieldIssue[] | undefined {
    const { features } = this.#reader;
    const row = accepted.cells.length;
    let issues: FieldIssue[] | undefined;
    let negative = false;
    for (let f = 0; f < features.length; f++) {
      const feature = features[f];
      const at = this.#positions[f] ?? -1;
      const cell = at < 0 ? '' : (cells[at] ?? '');
      const value = feature?.fromCell(cell, this.#unknown);
      if (value === undefined) {
        if (feature) (issues ??= []).push({ line, ...feature.issue(cell, `line ${line}, column ${feature.feature.name}`) });
        continue;
      }
      if (value < 0) negative = true;
      const column = accepted.values[f];
      if (column) column[row] = value;
    }
    if (issues) {
      for (const column of accepted.values) column.length = row; // takes back the row's good cells
      return issues;
    }
    accepted.cells.push(cells);
    if (negative && this.#unknown === 'estimate') this.#keepUnknown(cells, row, accepted);
    return undefined;
  }

  #keepUnknown(cells: readonly string[], row: number, accepted: AcceptedRows): void {
    for (const [f, feature] of this.#reader.features.entries()) {
      if (feature.feature.kind !== 'category' || (accepted.values[f]?.[row] ?? 0) >= 0) continue;
      const text = cells[this.#positions[f] ?? -1] ?? '';
      if (text.trim() !== '') ((accepted.unknown ??= {})[f] ??= {})[row] = feature.unknownLevel(text);
    }
  }
}
