import { type CsvError, type Parser, parse } from 'csv-parse';
import { SpindleError, messageOf } from '../errors.ts';
import { TextCheck } from './text-check.ts';

/** One row of a CSV file as it came. */
export interface CsvRecord {
  /** Line on which the row starts; the file's first is 1. */
  line: number;
  cells: string[];
}

/** Longest row accepted: what a quote that is never closed may swallow before it is noticed. */
const maxRecordBytes = 1024 * 1024;

/**
 * The rows of a UTF-8 CSV (comma, RFC 4180 quotes, any line ends, with or without BOM), header row first, in pieces as they arrive.
 * Blank lines come as one empty cell. Memory is bounded by the longest row and the source's pieces.
 * Throws `not_text`, `unsupported_encoding` or `invalid_csv` with the line.
 */
export async function* csvRecords(source: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRecord[], void, undefined> {
  const parser = parse({ bom: true, relax_column_count: true, relax_quotes: true, record_delimiter: ['\r\n', '\n', '\r'], max_record_size: maxRecordBytes });
  // The error is taken from `errored` below; without a listener it would end the process.
  parser.on('error', () => {});
  const check = new TextCheck();
  const lines = new LineCounter();
  for await (const piece of source) {
    check.push(piece);
    parser.write(piece);
    const records = lines.number(drain(parser));
    throwParserError(parser.errored, lines.next);
    if (records.length > 0) yield records;
  }
  check.end();
  try {
    const rest: string[][] = [];
    parser.end();
    for await (const cells of parser) rest.push(cells as string[]);
    if (rest.length > 0) yield lines.number(rest);
  } catch (error) {
    throwParserError(error, lines.next);
  }
}

/** Everything that the parser has ready. A Transform parses within `write`, so nothing is left behind. */
function drain(parser: Parser): string[][] {
  const records: string[][] = [];
  for (let cells = parser.read() as string[] | null; cells !== null; cells = parser.read() as string[] | null) records.push(cells);
  return records;
}

/** Numbers rows by line. Counting here costs a tenth of what csv-parse's own `info` does on every record. */
class LineCounter {
  next = 1;

  number(records: string[][]): CsvRecord[] {
    return records.map((cells) => {
      const record = { line: this.next, cells };
      this.next++;
      for (const cell of cells) if (cell.length > 0) this.next += lineBreaks(cell);
      return record;
    });
  }
}

function lineBreaks(cell: string): number {
  if (!cell.includes('\n') && !cell.includes('\r')) return 0;
  return cell.match(/\r\n|\n|\r/g)?.length ?? 0;
}

function throwParserError(error: unknown, line: number): void {
  if (error === null || error === undefined) return;
  const { code } = error as CsvError;
  if (code === 'CSV_QUOTE_NOT_CLOSED') {
    throw new SpindleError('invalid_csv', `line ${line}: a quote (") is opened in this row and never closed; close it, or remove it`, { cause: error });
  }
  if (code === 'CSV_MAX_RECORD_SIZE') {
    throw new SpindleError('invalid_csv', `line ${line}: the row is longer than 1 MB; it has too many columns, or a quote (") in it is never closed`, { cause: error });
  }
  throw new SpindleError('invalid_csv', `line ${line}: ${messageOf(error)}`, { cause: error });
}
