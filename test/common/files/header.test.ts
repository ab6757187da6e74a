import { describe, expect, it } from 'vitest';
import { isBlank, readColumns } from '../../../common/files/header.ts';

describe('the header', () => {
  it('is trimmed, and may not name a column twice', () => {
    expect(readColumns({ line: 1, cells: [' a ', 'b', '', ''] }, []).names).toEqual(['a', 'b', '', '']);
    expect(() => readColumns({ line: 1, cells: ['a', 'b', ' a'] }, []).names).toThrow(expect.objectContaining({ code: 'duplicate_columns', issues: [expect.objectContaining({ message: 'line 1, column 3: "a" is already the name of column 1' })] }) as Error);
    expect(() => readColumns({ line: 1, cells: Array.from({ length: 1_001 }, (_, c) => `c${c}`) }, []).names).toThrow(expect.objectContaining({ code: 'too_many_columns' }) as Error);
  });

  it('is searched for what is needed, with the nearest name for what is missing', () => {
    expect(readColumns({ line: 1, cells: ['b', 'a'] }, ['a', 'b']).positions).toEqual([1, 0]);
    expect(() => readColumns({ line: 1, cells: ['x_mm', 'material'] }, ['x_cm', 'material', 'process'])).toThrow(
      expect.objectContaining({ code: 'missing_columns', issues: [expect.objectContaining({ field: 'x_cm', fix: 'is "x_mm" meant? rename it to x_cm' }), expect.objectContaining({ field: 'process' })] }) as Error,
    );
  });

  it('is told of everything that is wrong with it at once', () => {
    expect(() => readColumns({ line: 1, cells: ['x_cm', 'x_cm', 'y_cm', 'complexity', 'process'] }, ['x_cm', 'y_cm', 'z_cm', 'material', 'complexity', 'process'])).toThrow(
      expect.objectContaining({ code: 'duplicate_columns', message: 'line 1: a column name appears twice; line 1: missing z_cm, material; the header has x_cm, x_cm, y_cm, complexity, process', issues: [expect.objectContaining({ field: 'x_cm' }), expect.objectContaining({ field: 'z_cm' }), expect.objectContaining({ field: 'material' })] }) as Error,
    );
  });

  it('tells blank rows', () => {
    expect([isBlank(['']), isBlank([' ', '']), isBlank(['', '0'])]).toEqual([true, true, false]);
  });
});
