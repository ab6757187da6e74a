import { SpindleError } from '../common/errors.ts';
import type { CsvRecord } from '../common/files/csv-records.ts';
import { findColumns, isBlank, readHeader } from '../common/files/header.ts';
import { FeatureReader, decimal } from '../common/part.ts';
import type { PartSchema } from '../common/part-schema.ts';
import { ColumnFacts } from './column-facts.ts';
import { inferSchema } from './infer-schema.ts';
import { GrowingColumn, type RefusedRows, type TrainingData, checkTable, withLearnedRanges } from './training-table.ts';
import type { OnProgress } from './training-progress.ts';
import type { TrainingSource } from './training-source.ts';

/** How to read a table of finished parts. */
export interface ReadOptions {
  /** The column to learn; else the base's target where there is such a column, else time_min. */
  target?: string | undefined;
  /** Takes the place of inference: rows that it does not allow are refused. */
  schema?: PartSchema | undefined;
  /** The version before, whose definitions hold on for columns of the same name. */
  base: PartSchema;
  /** Rows that the table may have. */
  maxRows: number;
  onProgress?: OnProgress;
}

const defaultTarget = 'time_min';

/**
 * Reads a table twice, to infer its schema and then to take its rows, without ever holding it as text.
 * Throws `empty_file`, `missing_columns`, `too_many_rows`, `unusable_training_data` and what the source throws.
 */
export async function readTrainingData(source: TrainingSource, options: ReadOptions): Promise<TrainingData> {
  const { schema: given, onProgress } = options;
  onProgress?.({ stage: 'reading', fraction: 0 });
  const inferred = given ? { schema: given, notes: [] } : await infer(source, options);
  onProgress?.({ stage: 'reading', fraction: 0.5 });
  const data = await take(source, inferred.schema, options);
  onProgress?.({ stage: 'reading', fraction: 1 });
  const complete = { ...data, schema: withLearnedRanges(inferred.schema, data.table), notes: inferred.notes };
  checkTable(complete);
  return complete;
}

/** The rows of a source below its header, none of them blank, and none beyond the limit. */
async function* dataRows(source: TrainingSource, maxRows: number, onHeader: (header: string[]) => void): AsyncGenerator<CsvRecord, void, undefined> {
  let rows = 0;
  let hasHeader = false;
  for await (const records of source.read()) {
    for (const record of records) {
      if (!hasHeader) {
        hasHeader = true;
        if (isBlank(record.cells)) throw new SpindleError('empty_file', 'line 1: the file does not begin with a header');
        onHeader(readHeader(record.cells));
        continue;
      }
      if (isBlank(record.cells)) continue;
      if (++rows > maxRows) throw new SpindleError('too_many_rows', `line ${record.line}: the file has more than ${maxRows} rows, the most that a training takes; send a sample of them`);
      yield record;
    }
  }
  if (!hasHeader) throw new SpindleError('empty_file', 'the file is empty');
  if (rows === 0) throw new SpindleError('empty_file', 'the file has a header and no rows');
}

async function infer(source: TrainingSource, { target, base, maxRows }: ReadOptions): Promise<{ schema: PartSchema; notes: string[] }> {
  let columns: ColumnFacts[] = [];
  let targetAt = 0;
  const rows = dataRows(source, maxRows, (header) => {
    columns = header.map((name) => new ColumnFacts(name));
    targetAt = findTarget(header, target, base);
  });
  let usable = 0;
  let unusable: { line: number; text: string } | undefined;
  for await (const { line, cells } of rows) {
    const text = cells[targetAt] ?? '';
    if (cells.length !== columns.length || targetValue(text) === undefined) {
      if (cells.length === columns.length) unusable ??= { line, text };
      continue;
    }
    usable++;
    for (let c = 0; c < columns.length; c++) columns[c]?.observe(cells[c] ?? '', line);
  }
  const name = columns[targetAt]?.name ?? defaultTarget;
  if (usable === 0 && unusable) {
    const { line, text } = unusable;
    const message = `line ${line}, column ${name}: expected a measured time, a number of at least 0, got "${text.slice(0, 80)}"`;
    throw new SpindleError('unusable_training_data', `no row has a usable ${name}; ${message}`, { issues: [{ line, field: name, value: text.slice(0, 80), message, fix: 'give the measured time, or name another column with target' }] });
  }
  return inferSchema(columns, name, base);
}

function findTarget(header: readonly string[], target: string | undefined, base: PartSchema): number {
  if (target !== undefined) return findColumns(header, [target])[0] ?? 0;
  for (const name of [base.target.name, defaultTarget]) if (header.includes(name)) return header.indexOf(name);
  const seen = header.slice(0, 30).map((name) => name.slice(0, 40)).join(', ');
  throw new SpindleError('missing_columns', `line 1: no column ${base.target.name} with the measured times; the header has ${seen}; say with target which of them to learn`, {
    issues: [{ line: 1, field: base.target.name, value: null, message: `line 1: the column ${base.target.name} is missing`, fix: 'name the column to learn with target' }],
  });
}

async function take(source: TrainingSource, schema: PartSchema, { maxRows, target }: ReadOptions): Promise<Pick<TrainingData, 'table' | 'refused'>> {
  if (target !== undefined && target !== schema.target.name) {
    throw new SpindleError('missing_columns', `the schema's target is ${schema.target.name}, not ${target}: name the same column in both`);
  }
  const sorter = new RowSorter(schema);
  for await (const record of dataRows(source, maxRows, (header) => sorter.readHeader(header))) sorter.sort(record);
  return sorter.result();
}

/** Sorts rows into the typed columns of a table or among the refused. */
class RowSorter {
  readonly #schema: PartSchema;
  readonly #readers: FeatureReader[];
  readonly #codes: (Map<string, number> | undefined)[];
  readonly #columns: GrowingColumn[];
  readonly #target = new GrowingColumn();
  readonly #refused: RefusedRows = { count: 0, first: [] };
  readonly #values: number[] = [];
  #width = 0;
  #positions: number[] = [];
  #targetAt = 0;

  constructor(schema: PartSchema) {
    this.#schema = schema;
    this.#readers = schema.features.map((feature) => new FeatureReader(feature));
    this.#codes = schema.features.map(({ levels }) => levels && new Map(levels.map((level, code) => [level, code])));
    this.#columns = schema.features.map(() => new GrowingColumn());
  }

  readHeader(header: readonly string[]): void {
    this.#width = header.length;
    this.#positions = findColumns(header, [...this.#schema.features.map((feature) => feature.name), this.#schema.target.name]);
    this.#targetAt = this.#positions.pop() ?? 0;
  }

  sort({ line, cells }: CsvRecord): void {
    const reasons = cells.length === this.#width ? this.#read(line, cells) : [`line ${line}: expected ${this.#width} cells as in the header, got ${cells.length}`];
    if (reasons.length > 0) {
      this.#refused.count++;
      if (this.#refused.first.length < 100) this.#refused.first.push({ line, reason: reasons.join('; ') });
      return;
    }
    for (let f = 0; f < this.#columns.length; f++) this.#columns[f]?.push(this.#values[f] ?? 0);
  }

  /** Reads a row into `#values` and the target; all that is wrong with it otherwise. */
  #read(line: number, cells: readonly string[]): string[] {
    const reasons: string[] = [];
    for (let f = 0; f < this.#readers.length; f++) {
      const cell = cells[this.#positions[f] ?? 0] ?? '';
      const reader = this.#readers[f];
      const value = reader?.fromText(cell);
      if (value !== undefined) this.#values[f] = typeof value === 'string' ? (this.#codes[f]?.get(value) ?? 0) : value;
      else if (reader) reasons.push(reader.issue(cell.trim() === '' ? undefined : cell, `line ${line}, column ${reader.feature.name}`).message);
    }
    const text = cells[this.#targetAt] ?? '';
    const target = targetValue(text);
    if (target === undefined) {
      const got = text.trim() === '' ? 'nothing' : `"${text.slice(0, 80)}"`;
      reasons.push(`line ${line}, column ${this.#schema.target.name}: expected a number of at least 0, got ${got}`);
    } else if (reasons.length === 0) this.#target.push(target);
    return reasons;
  }

  result(): Pick<TrainingData, 'table' | 'refused'> {
    const table = { rows: this.#target.length, columns: this.#columns.map((column) => column.values()), target: this.#target.values() };
    return { table, refused: this.#refused };
  }
}

/** The measured value that a cell spells: finite and not negative, else undefined. */
function targetValue(text: string): number | undefined {
  const value = decimal(text.trim());
  return value !== undefined && value >= 0 ? value : undefined;
}
