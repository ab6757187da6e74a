import { type CsvError, type Parser, parse } from 'csv-parse';
import { SpindleError, messageOf } from '../../errors.ts';
import type { Delimiter } from './delimiter.ts';
import type { TableRow } from './table-row.ts';

/** Longest row accepted: what a quote that is never closed may swallow before it is noticed. */
const maxRowBytes = 1024 * 1024;

/**
 * The rows of a CSV in UTF-8 (RFC 4180 quotes, any line ends), in pieces as they arrive; the first stands on the line `firstLine`.
 * Blank lines come as one empty cell. Memory is bounded by the longest row and the source's pieces. Throws `invalid_csv` with the line.
 */
export async function* csvRows(source: AsyncIterable<Uint8Array>, delimiter: Delimiter, firstLine = 1): AsyncGenerator<TableRow[], void, undefined> {
  const parser = parse({ delimiter, relax_column_count: true, relax_quotes: true, record_delimiter: ['\r\n', '\n', '\r'], max_record_size: maxRowBytes });
  // The error is taken from `errored` below; without a listener it would end the process.
  parser.on('error', () => {});
  const lines = new LineCounter(firstLine);
  for await (const piece of source) {
    parser.write(piece);
    const rows = lines.number(drain(parser));
    throwParserError(parser.errored, lines.next);
    if (rows.length > 0) yield rows;
  }
  try {
    const rest: string[][] = [];
    parser.end();
    for await (const cells of parser) rest.push(withoutFormulas(cells as string[]));
    if (rest.length > 0) yield lines.number(rest);
  } catch (error) {
    throwParserError(error, lines.next);
  }
}

/** Everything that the parser has ready. A Transform parses within `write`, so nothing is left behind. */
function drain(parser: Parser): string[][] {
  const rows: string[][] = [];
  for (let cells = parser.read() as string[] | null; cells !== null; cells = parser.read() as string[] | null) rows.push(withoutFormulas(cells));
  return rows;
}

// What ERP systems write to keep Excel from taking leading zeros away: a formula that is nothing but a text.
const textFormula = /^\s*="((?:[^"]|"")*)"\s*$/;

function withoutFormulas(cells: string[]): string[] {
  for (const [index, cell] of cells.entries()) {
    const text = cell.includes('="') ? textFormula.exec(cell)?.[1] : undefined;
    if (text !== undefined) cells[index] = text.replaceAll('""', '"');
  }
  return cells;
}

/** Numbers rows by line. Counting here costs a tenth of what csv-parse's own `info` does on every record. */
class LineCounter {
  next: number;

  constructor(next: number) {
    this.next = next;
  }

  number(rows: string[][]): TableRow[] {
    return rows.map((cells) => {
      const line = this.next;
      for (const cell of cells) if (cell.length > 0) this.next += lineBreaks(cell);
      const lastLine = this.next++;
      return lastLine > line ? { line, lastLine, cells } : { line, cells };
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
