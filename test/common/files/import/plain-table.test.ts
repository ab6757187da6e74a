import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { type TableOptions, plainTable } from '../../../../common/files/import/plain-table.ts';
import { writtenWorkbook } from '../../../fixtures/written-workbook.ts';
import { piecesOf } from '../../../support/import-file.ts';

const header = ['Teil', 'Länge (mm)', 'Werkstoff', 'Zeit (min)'];
const rows = [['T1', '120.5', 'Stahl', '33.25'], ['T2', '1250', 'Alu', '7'], ['T3', '', 'Kupfer; blank', '12.125']];
const german = (text: string): string => text.replace('.', ',');

/** All cells of a file of finished parts. */
async function read(bytes: Uint8Array | string, options: TableOptions = {}): Promise<string[][]> {
  const all: string[][] = [];
  for await (const some of plainTable(piecesOf(typeof bytes === 'string' ? Buffer.from(bytes) : bytes, 64), options)) all.push(...some.map(({ cells }) => cells));
  return all;
}

describe('finished parts', () => {
  const expected = [header, ...rows];
  const numbered = rows.map(([id = '', length = '', material = '', time]) => [id, length === '' ? null : Number(length), material, Number(time)]);

  it('are the same in the dialect of any country and program', async () => {
    expect(await read(expected.map((row) => row.join(',')).join('\n'))).toEqual(expected);
    expect(await read(iconv.encode(expected.map((row) => row.map((cell) => (cell.includes(';') ? `"${cell}"` : german(cell))).join(';')).join('\r\n'), 'win1252'))).toEqual(expected);
    expect(await read(iconv.encode(`\uFEFF${expected.map((row) => row.map(german).join('\t')).join('\r\n')}`, 'utf16le'))).toEqual(expected);
    expect(await read(await writtenWorkbook({ Fertig: [header, ...numbered] }))).toEqual(expected);
    expect(await read(JSON.stringify(numbered.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index]])))))).toEqual(expected);
  });

  it('may stand below titles, which do not tell the delimiter either', async () => {
    const below = (titles: string): string => `${titles}${expected.map((row) => row.map((cell) => (cell.includes(';') ? `"${cell}"` : german(cell))).join(';')).join('\n')}`;
    for (const titles of ['Zeiten 2025\n', 'Zeiten, Werk 2, Halle 3\n\n', 'Zeiten;;;\nStand 3.4.2026;;;\n;;;\n', '\n']) expect(await read(below(titles))).toEqual(expected);
    expect(await read(await writtenWorkbook({ Fertig: [['Zeiten'], [null], header, ...numbered] }))).toEqual(expected);
  });

  it('keep a header with a name too few, which is then told of', async () => {
    expect((await read('Länge;Werkstoff\n1;2;Stahl;3\n4;5;Stahl;6\n'))[0]).toEqual(['Länge', 'Werkstoff']);
  });

  it('stop with a question where every number could be two, and take the answer', async () => {
    const text = 'Länge;Zeit\n1,250;3,500\n2,750;4,125\n';
    await expect(read(text)).rejects.toMatchObject({ code: 'ambiguous_file' });
    expect(await read(text, { decimal: ',' })).toEqual([['Länge', 'Zeit'], ['1.25', '3.5'], ['2.75', '4.125']]);
    expect(await read(text, { decimal: '.' })).toEqual([['Länge', 'Zeit'], ['1250', '3500'], ['2750', '4125']]);
  });

  it('are refused for a header of too many columns before anything else is looked at', async () => {
    const wide = (cell: string): string => Array.from({ length: 1_001 }, () => cell).join(',');
    // The numbers alone would be a question.
    await expect(read(`${wide('a')}\n${wide('"1,250"')}\n`)).rejects.toMatchObject({ code: 'too_many_columns', message: 'line 1: the header has 1001 columns; at most 1000 are accepted' });
  });
});
