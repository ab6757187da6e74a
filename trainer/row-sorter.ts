import { issueText } from '../common/errors.ts';
import type { TableRow } from '../common/files/import/table-row.ts';
import { readColumns } from '../common/files/header.ts';
import { FeatureReader } from '../common/part.ts';
import type { PartSchema } from '../common/part-schema.ts';
import { targetIssue, targetValue, totalIssue, widthIssue } from './target-value.ts';
import { GrowingColumn, type RefusedRows, type TrainingTable } from './training-table.ts';

/** Refused rows that are listed. */
const listedRows = 100;
/** Columns that refused rows are counted by, the most frequent ones. */
const listedColumns = 20;

/** Sorts rows into the typed columns of a table, NaN for an empty cell, or among the refused with everything that is wrong with them. */
export class RowSorter {
  readonly #schema: PartSchema;
  readonly #readers: FeatureReader[];
  readonly #columns: GrowingColumn[];
  readonly #target = new GrowingColumn();
  readonly #refused: RefusedRows = { count: 0, first: [] };
  readonly #wrong = new Map<string, number>();
  readonly #lines = new GrowingColumn();
  readonly #values: number[] = [];
  #width = 0;
  #positions: number[] = [];
  #targetAt = 0;

  constructor(schema: PartSchema) {
    this.#schema = schema;
    this.#readers = schema.features.map((feature) => new FeatureReader(feature));
    this.#columns = schema.features.map(() => new GrowingColumn());
  }

  /** Throws `too_many_columns`, or `duplicate_columns` or `missing_columns` with all that is wrong with the header. */
  readHeader(header: TableRow): void {
    const { names, positions } = readColumns(header, [...this.#schema.features.map((feature) => feature.name), this.#schema.target.name]);
    this.#width = names.length;
    this.#positions = positions;
    this.#targetAt = positions.pop() ?? 0;
  }

  /** Takes a row in or refuses it. */
  sort({ line, cells }: TableRow): void {
    const unfit = cells.length === this.#width ? totalIssue(line, cells) : widthIssue(line, this.#width, cells.length);
    const wrong = unfit ? [{ column: '', reason: unfit.message }] : this.#read(line, cells);
    if (wrong.length > 0) {
      this.#refused.count++;
      if (this.#refused.first.length < listedRows) this.#refused.first.push({ line, reason: wrong.map(({ reason }) => reason).join('; ') });
      for (const { column } of wrong) this.#wrong.set(column, (this.#wrong.get(column) ?? 0) + 1);
      return;
    }
    this.#lines.push(line);
    for (let f = 0; f < this.#columns.length; f++) this.#columns[f]?.push(this.#values[f] ?? 0);
  }

  /** Reads a row into `#values` and the target; all that is wrong with it otherwise. */
  #read(line: number, cells: readonly string[]): { column: string; reason: string }[] {
    const wrong: { column: string; reason: string }[] = [];
    for (let f = 0; f < this.#readers.length; f++) {
      const reader = this.#readers[f];
      if (!reader) continue;
      const cell = cells[this.#positions[f] ?? 0] ?? '';
      // An empty cell is something to learn from; a level that the schema does not have is not.
      const value = cell.trim() === '' ? NaN : reader.fromCell(cell);
      if (value !== undefined) this.#values[f] = value;
      else wrong.push({ column: reader.feature.name, reason: issueText(reader.issue(cell, `line ${line}, column ${reader.feature.name}`)) });
    }
    if (wrong.length === 0 && this.#values.every(Number.isNaN)) wrong.push({ column: '', reason: `line ${line}: no feature has a value` });
    const text = cells[this.#targetAt] ?? '';
    const target = targetValue(text);
    const { name } = this.#schema.target;
    if (target === undefined) wrong.push({ column: name, reason: targetIssue(line, name, text).message });
    else if (wrong.length === 0) this.#target.push(target);
    return wrong;
  }

  /** What has been taken in and refused so far. */
  result(): { table: TrainingTable; refused: RefusedRows; lines: Uint32Array } {
    const table = { rows: this.#target.length, columns: this.#columns.map((column) => column.values()), target: this.#target.values() };
    const by = [...this.#wrong].map(([column, rows]) => ({ column, rows })).sort((a, b) => b.rows - a.rows).slice(0, listedColumns);
    return { table, refused: { ...this.#refused, ...(by.length > 0 && { by }) }, lines: Uint32Array.from(this.#lines.values()) };
  }
}
