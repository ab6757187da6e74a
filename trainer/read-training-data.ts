import { type ErrorCode, SpindleError } from '../common/errors.ts';
import type { TableRow } from '../common/files/import/table-row.ts';
import { isBlank } from '../common/files/header.ts';
import type { PartSchema } from '../common/part-schema.ts';
import { columnNotes } from './column-notes.ts';
import { FileSurvey } from './file-survey.ts';
import { farValueNotes } from './row-notes.ts';
import { RowSorter } from './row-sorter.ts';
import { type TrainingData, checkTable, withLearnedRanges } from './training-table.ts';
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

/** Cells that a table may have: 160 MB of numbers, of which a fit holds several copies. */
const maxCells = 20_000_000;

/** What ends the reading of a file without hiding what was wrong with it before. */
const fileProblems: readonly ErrorCode[] = ['too_many_rows', 'invalid_csv', 'not_text', 'unsupported_encoding'];

/**
 * Reads a table twice, to infer its schema and then to take its rows, without ever holding it as text.
 * Throws everything that is wrong with the file as one error: `duplicate_columns`, `missing_columns`, `too_many_rows`, `unusable_training_data`;
 * `empty_file` and `too_many_columns`, and what the source throws.
 */
export async function readTrainingData(source: TrainingSource, options: ReadOptions): Promise<TrainingData> {
  const { schema: given, onProgress } = options;
  onProgress?.({ stage: 'reading', fraction: 0 });
  const inferred = given ? { schema: given, notes: [] } : await infer(source, options);
  onProgress?.({ stage: 'reading', fraction: 0.5 });
  const { headerLine, ...data } = await take(source, inferred.schema, options);
  onProgress?.({ stage: 'reading', fraction: 1 });
  const complete = { ...data, schema: withLearnedRanges(inferred.schema, data.table), notes: [...titleNotes(headerLine), ...inferred.notes, ...columnNotes(inferred.schema, data.table), ...farValueNotes(inferred.schema, data.table, data.lines)] };
  checkTable(complete);
  return complete;
}

/** The rows of a source below its header, none of them blank, and none beyond the limits. */
async function* dataRows(source: TrainingSource, maxRows: number, onHeader: (header: TableRow) => void): AsyncGenerator<TableRow, void, undefined> {
  let rows = 0;
  let width = 0;
  for await (const records of source.read()) {
    for (const record of records) {
      if (width === 0) {
        width = record.cells.length;
        if (isBlank(record.cells)) throw new SpindleError('empty_file', `line ${record.line}: the file does not begin with a header`);
        onHeader(record);
        continue;
      }
      if (isBlank(record.cells)) continue;
      rows++;
      if (rows > maxRows) throw new SpindleError('too_many_rows', `line ${record.line}: the file has more than ${maxRows} rows, the most that a training takes; send a sample of them`);
      if (rows * width > maxCells) throw new SpindleError('too_many_rows', `line ${record.line}: ${rows} rows of ${width} columns have more than ${maxCells} cells, the most that a training takes; leave columns out, or send a sample of the rows`);
      yield record;
    }
  }
  if (width === 0) throw new SpindleError('empty_file', 'the file is empty');
  if (rows === 0) throw new SpindleError('empty_file', 'the file has a header and no rows');
}

async function infer(source: TrainingSource, { target, base, maxRows }: ReadOptions): Promise<{ schema: PartSchema; notes: string[] }> {
  const survey = new FileSurvey(target, base);
  try {
    for await (const record of dataRows(source, maxRows, (header) => survey.readHeader(header))) survey.observe(record);
  } catch (error) {
    if (!(error instanceof SpindleError) || !fileProblems.includes(error.code)) throw error;
    survey.breakOff(error);
  }
  return survey.conclude();
}

async function take(source: TrainingSource, schema: PartSchema, { maxRows, target }: ReadOptions): Promise<Required<Pick<TrainingData, 'table' | 'refused' | 'lines'>> & { headerLine: number }> {
  if (target !== undefined && target !== schema.target.name) {
    throw new SpindleError('missing_columns', `the schema's target is ${schema.target.name}, not ${target}: name the same column in both`);
  }
  const sorter = new RowSorter(schema);
  let headerLine = 1;
  const onHeader = (header: TableRow): void => {
    headerLine = header.line;
    sorter.readHeader(header);
  };
  for await (const record of dataRows(source, maxRows, onHeader)) sorter.sort(record);
  return { ...sorter.result(), headerLine };
}

const titleNotes = (headerLine: number): string[] => (headerLine > 1 ? [`the header is in line ${headerLine}; what stands above it was left out`] : []);
