import { SpindleError } from '../../errors.ts';
import { csvRows } from './csv-rows.ts';
import type { Delimiter } from './delimiter.ts';
import type { TableRow } from './table-row.ts';

/** Longest cell, and longest row, in characters, that may come without an end. */
const maxCell = 1024 * 1024;
const maxRow = 8 * maxCell;

/**
 * The rows of CSV text in UTF-8, in pieces as they arrive. As long as no quote has come, a row is a line and a cell what lies between delimiters:
 * splitting takes a third of csv-parse's time. From the first quote on csv-parse reads. Throws `invalid_csv` with the line.
 */
export async function* textRows(pieces: AsyncGenerator<Buffer, void, undefined>, delimiter: Delimiter): AsyncGenerator<TableRow[], void, undefined> {
  // The line that has not ended yet is only put together, never searched again: it may come in thousands of pieces.
  let carry = '';
  let cell = 0;
  let held = '';
  let line = 1;
  try {
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
      const piece = next.value;
      if (piece.includes(0x22)) {
        yield* csvRows(withFirst(Buffer.concat([Buffer.from(carry + held), piece]), pieces), delimiter, line);
        return;
      }
      const text = held + piece.toString('utf8');
      held = text.endsWith('\r') ? '\r' : ''; // a line feed may follow
      const end = lastBreak(text);
      if (end > 0) {
        const rows = split(carry + text.slice(0, end), delimiter, line);
        line += rows.length;
        [carry, cell] = ['', 0];
        yield rows;
      }
      const rest = text.slice(end, text.length - held.length);
      const at = rest.lastIndexOf(delimiter);
      cell = at < 0 ? cell + rest.length : rest.length - at;
      carry += rest;
      checkLengths(carry.length, cell, line);
    }
    if (carry + held !== '') yield split(carry + held, delimiter, line);
  } finally {
    await pieces.return();
  }
}

/** Where the last line ends for sure: behind a line feed, or behind a carriage return that no line feed can follow any more. */
function lastBreak(text: string): number {
  return 1 + Math.max(text.lastIndexOf('\n'), text.slice(0, -1).lastIndexOf('\r'));
}

function split(text: string, delimiter: Delimiter, firstLine: number): TableRow[] {
  const lines = text.includes('\r') ? text.split(/\r\n|\n|\r/) : text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((content, index) => ({ line: firstLine + index, cells: content.split(delimiter) }));
}

function checkLengths(row: number, cell: number, line: number): void {
  if (row > maxRow || cell > maxCell) throw new SpindleError('invalid_csv', `line ${line}: the row is longer than 1 MB; it has too many columns, or its line never ends`);
}

async function* withFirst(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  yield first;
  yield* rest;
}
