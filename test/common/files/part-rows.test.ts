import { describe, expect, it } from 'vitest';
import { PartRows } from '../../../common/files/part-rows.ts';
import { findColumns, isBlank, readHeader } from '../../../common/files/header.ts';
import { PartReader } from '../../../common/part.ts';
import { partSchema } from '../../support/model-versions.ts';

const header = ['part_id', 'x_cm', 'y_cm', 'z_cm', 'material', 'complexity', 'process'];
const rowsOf = () => new PartRows(header, new PartReader(partSchema));

describe('PartRows', () => {
  it('accepts a good row beside a bad one, as cells and as numbers', () => {
    const rows = rowsOf();
    const accepted = rows.noRows();
    const bad = rows.sort({ line: 2, cells: ['P1', '30', '15', '10', 'gold', '5', 'milling'] }, accepted);
    expect(rows.sort({ line: 3, cells: ['P2', '30', '15', '10', 'copper', '5', 'milling'] }, accepted)).toBeUndefined();
    expect(bad?.issues.map(({ line, field }) => [line, field])).toEqual([[2, 'material']]);
    expect(accepted.cells).toEqual([['P2', '30', '15', '10', 'copper', '5', 'milling']]);
    expect(accepted.values).toEqual([[30], [15], [10], [2], [5], [2]]);
  });

  it('names everything that is wrong with a row', () => {
    const refused = rowsOf().sort({ line: 7, cells: ['P1', 'abc', '0', '', 'steel', '11', 'milling'] }, rowsOf().noRows());
    expect(refused?.issues.map(({ field }) => field)).toEqual(['x_cm', 'y_cm', 'z_cm', 'complexity']);
    expect(refused?.issues[0]?.message).toBe('line 7, column x_cm: expected a number above 0, got "abc"');
  });

  it('refuses a row of another length, and counts a blank one', () => {
    const rows = rowsOf();
    expect(rows.sort({ line: 2, cells: ['P1', '30'] }, rows.noRows())?.issues[0]?.message).toBe('line 2: expected 7 cells as in the header, got 2');
    expect(rows.sort({ line: 3, cells: [''] }, rows.noRows())).toBeUndefined();
    expect(rows.sort({ line: 4, cells: ['', '', '', '', '', '', ' '] }, rows.noRows())).toBeUndefined();
    expect(rows.blank).toBe(2);
  });
});

describe('the header', () => {
  it('is trimmed, and may not name a column twice', () => {
    expect(readHeader([' a ', 'b', '', ''])).toEqual(['a', 'b', '', '']);
    expect(() => readHeader(['a', 'b', ' a'])).toThrow(expect.objectContaining({ code: 'duplicate_columns', issues: [expect.objectContaining({ message: 'line 1, column 3: "a" is already the name of column 1' })] }) as Error);
    expect(() => readHeader(Array.from({ length: 1_001 }, (_, c) => `c${c}`))).toThrow(expect.objectContaining({ code: 'too_many_columns' }) as Error);
  });

  it('is searched for what is needed, with the nearest name for what is missing', () => {
    expect(findColumns(['b', 'a'], ['a', 'b'])).toEqual([1, 0]);
    expect(() => findColumns(['x_mm', 'material'], ['x_cm', 'material', 'process'])).toThrow(
      expect.objectContaining({ code: 'missing_columns', issues: [expect.objectContaining({ field: 'x_cm', fix: 'is "x_mm" meant? rename it to x_cm' }), expect.objectContaining({ field: 'process' })] }) as Error,
    );
  });

  it('tells blank rows', () => {
    expect([isBlank(['']), isBlank([' ', '']), isBlank(['', '0'])]).toEqual([true, true, false]);
  });
});
