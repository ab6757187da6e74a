import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHead } from '../../../../common/files/import/byte-head.ts';
import type { TableRow } from '../../../../common/files/import/table-row.ts';
import { utf8Text } from '../../../../common/files/import/text-encoding.ts';
import { textRows } from '../../../../common/files/import/text-rows.ts';

async function* csvRecords(source: AsyncIterable<Uint8Array>): AsyncGenerator<TableRow[]> {
  yield* textRows(utf8Text(await readHead(source)).pieces, ',');
}

async function read(...pieces: (string | Uint8Array)[]): Promise<TableRow[]> {
  const records: TableRow[] = [];
  for await (const some of csvRecords(Readable.from(pieces.map((piece) => Buffer.from(piece))))) records.push(...some);
  return records;
}

const cellsOf = (records: TableRow[]) => records.map(({ cells }) => cells);
const linesOf = (records: TableRow[]) => records.map(({ line }) => line);

/** Bytes cut at these positions. */
function cut(bytes: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const at = [0, ...positions.map((position) => position % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

describe('textRows', () => {
  it.each([['\n'], ['\r\n'], ['\r']])('reads rows that end in %j, the last with or without one', async (end) => {
    for (const text of [`a,b${end}1,2`, `a,b${end}1,2${end}`]) {
      expect(await read(text)).toEqual([{ line: 1, cells: ['a', 'b'] }, { line: 2, cells: ['1', '2'] }]);
    }
  });

  it('drops a byte order mark, also one that is cut in two', async () => {
    const bytes = Buffer.from('\uFEFFa,b\n1,2');
    expect(cellsOf(await read(bytes))[0]).toEqual(['a', 'b']);
    expect(cellsOf(await read(bytes.subarray(0, 1), bytes.subarray(1, 2), bytes.subarray(2)))[0]).toEqual(['a', 'b']);
  });

  it('counts the lines within quotes and the blank ones between rows', async () => {
    expect(linesOf(await read('a,b\n"1\n2\r\n3",4\n\n5,6\n'))).toEqual([1, 2, 5, 6]);
  });

  it('keeps rows with too few or too many cells as they are', async () => {
    expect(cellsOf(await read('a,b\n1\n1,2,3\n'))).toEqual([['a', 'b'], ['1'], ['1', '2', '3']]);
  });

  it('keeps spaces, empty cells and a quote inside of a cell', async () => {
    expect(cellsOf(await read('a, b ,\n5",,x\n'))).toEqual([['a', ' b ', ''], ['5"', '', 'x']]);
  });

  it('reads nothing out of nothing', async () => {
    expect(await read('')).toEqual([]);
    expect(await read()).toEqual([]);
  });

  it('names the line of a quote that is never closed', async () => {
    await expect(read('a,b\n1,2\n"3,4\n5,6\n')).rejects.toMatchObject({ code: 'invalid_csv', message: expect.stringContaining('line 3: a quote (") is opened in this row and never closed') as unknown });
  });

  it('gives up on an endless row before it fills the memory', async () => {
    const source = Readable.from((function* () {
      yield Buffer.from('a,b\n"');
      for (let piece = 0; piece < 1_000; piece++) yield Buffer.alloc(65_536, 'x');
    })());
    const drain = async () => {
      for await (const _ of csvRecords(source)) continue;
    };
    await expect(drain()).rejects.toMatchObject({ code: 'invalid_csv', message: expect.stringContaining('line 2: the row is longer than 1 MB') as unknown });
  });

  it('returns any table, whatever its line ends and wherever its bytes are cut, with the right lines', async () => {
    const cell = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'é', '漢', '😀', ',', '"', '\n', '\r', ' ', ';', '0', '.'), maxLength: 6 }),
      fc.double({ noNaN: true }).map(String),
    );
    const table = fc.integer({ min: 2, max: 4 }).chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }));
    await fc.assert(
      fc.asyncProperty(table, fc.constantFrom('\n', '\r\n', '\r'), fc.boolean(), fc.array(fc.nat(), { maxLength: 12 }), async (rows, end, mark, positions) => {
        const bytes = Buffer.from((mark ? '\uFEFF' : '') + stringify(rows, { record_delimiter: end, quote_record_delimiter: true }));
        const records = await read(...cut(bytes, positions));
        expect(cellsOf(records)).toEqual(rows);
        let line = 1;
        for (const [index, row] of rows.entries()) {
          expect(records[index]?.line).toBe(line);
          line += 1 + row.reduce((sum, text) => sum + (text.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
        }
      }),
      { numRuns: 300 },
    );
  });
});
