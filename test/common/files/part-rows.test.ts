import { describe, expect, it } from 'vitest';
import { PartRows } from '../../../common/files/part-rows.ts';
import { isBlank, readColumns } from '../../../common/files/header.ts';
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

describe('PartRows where training had gaps', () => {
  const features = partSchema.features.map((feature) => (['z_cm', 'material'].includes(feature.name) ? { ...feature, optional: true as const } : feature));
  const reader = new PartReader({ ...partSchema, features });

  it('takes empty cells of those columns and of no others', () => {
    const rows = new PartRows(header, reader);
    const accepted = rows.noRows();
    expect(rows.sort({ line: 2, cells: ['P1', '30', '15', '', '  ', '5', 'milling'] }, accepted)).toBeUndefined();
    expect(rows.sort({ line: 3, cells: ['P2', '', '15', '', 'steel', '5', ''] }, accepted)?.issues.map(({ field }) => field)).toEqual(['x_cm', 'process']);
    expect(accepted.values).toEqual([[30], [15], [NaN], [NaN], [5], [2]]);
  });

  it('takes a file without those columns, unless a name looks like one of them misspelt', () => {
    const rows = new PartRows(['x_cm', 'y_cm', 'complexity', 'process', 'colour'], reader);
    const accepted = rows.noRows();
    expect(rows.sort({ line: 2, cells: ['30', '15', '5', 'milling', 'red'] }, accepted)).toBeUndefined();
    expect(accepted.values).toEqual([[30], [15], [NaN], [NaN], [5], [2]]);
    expect(() => new PartRows(['x_cm', 'y_cm', 'complexity', 'process', 'Materials'], reader)).toThrow(
      expect.objectContaining({ code: 'missing_columns', issues: [expect.objectContaining({ field: 'material', fix: 'is "Materials" meant? rename it to material, or add an empty column material' })] }) as Error,
    );
    const allOptional = new PartReader({ ...partSchema, features: partSchema.features.map((feature) => ({ ...feature, optional: true as const })) });
    expect(() => new PartRows(['part_id', 'colour'], allOptional)).toThrow(expect.objectContaining({ code: 'missing_columns' }) as Error);
  });

  it('keeps the texts of unknown levels, row by row, where they are to be estimated', () => {
    const rows = new PartRows(header, new PartReader(partSchema), 'estimate');
    const accepted = rows.noRows();
    for (const [material, process, x] of [['steel', 'milling', '30'], [' titanium ', '', '30'], ['titanium', 'sawing', 'abc'], ['', 'sawing', '30']] as const) {
      const refused = rows.sort({ line: 2, cells: ['P', x, '15', '10', material, '5', process] }, accepted);
      expect(refused?.issues.map(({ field }) => field)).toEqual(x === 'abc' ? ['x_cm'] : undefined);
    }
    expect(accepted.values.slice(3)).toEqual([[0, -1, NaN], [5, 5, 5], [2, NaN, -1]]);
    expect(accepted.unknown).toEqual({ 3: { 1: 'titanium' }, 5: { 2: 'sawing' } });
  });
});

describe('the header', () => {
  it('is trimmed, and may not name a column twice', () => {
    expect(readColumns([' a ', 'b', '', ''], []).names).toEqual(['a', 'b', '', '']);
    expect(() => readColumns(['a', 'b', ' a'], []).names).toThrow(expect.objectContaining({ code: 'duplicate_columns', issues: [expect.objectContaining({ message: 'line 1, column 3: "a" is already the name of column 1' })] }) as Error);
    expect(() => readColumns(Array.from({ length: 1_001 }, (_, c) => `c${c}`), []).names).toThrow(expect.objectContaining({ code: 'too_many_columns' }) as Error);
  });

  it('is searched for what is needed, with the nearest name for what is missing', () => {
    expect(readColumns(['b', 'a'], ['a', 'b']).positions).toEqual([1, 0]);
    expect(() => readColumns(['x_mm', 'material'], ['x_cm', 'material', 'process'])).toThrow(
      expect.objectContaining({ code: 'missing_columns', issues: [expect.objectContaining({ field: 'x_cm', fix: 'is "x_mm" meant? rename it to x_cm' }), expect.objectContaining({ field: 'process' })] }) as Error,
    );
  });

  it('is told of everything that is wrong with it at once', () => {
    expect(() => new PartRows(['x_cm', 'x_cm', 'y_cm', 'complexity', 'process'], new PartReader(partSchema))).toThrow(
      expect.objectContaining({ code: 'duplicate_columns', message: 'line 1: a column name appears twice; line 1: missing z_cm, material; the header has x_cm, x_cm, y_cm, complexity, process', issues: [expect.objectContaining({ field: 'x_cm' }), expect.objectContaining({ field: 'z_cm' }), expect.objectContaining({ field: 'material' })] }) as Error,
    );
  });

  it('tells blank rows', () => {
    expect([isBlank(['']), isBlank([' ', '']), isBlank(['', '0'])]).toEqual([true, true, false]);
  });
});
