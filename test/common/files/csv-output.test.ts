import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../../../common/files/csv-line.ts';
import { EstimateRows } from '../../../common/files/estimate-rows.ts';
import { RejectedRows } from '../../../common/files/rejected-rows.ts';

const version = '20261122T134500Z-3f9c1a';
const estimates = { value: [12.5, 7], low: [10, 5.25], high: [15, 8.75], flags: { 1: ['x_cm 5 is below the learned 10', 'y_cm, 3 is odd'] } };

describe('csvLine', () => {
  it('comes back from a CSV reader as it went in', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é', "'", ';'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(cell, { minLength: 2, maxLength: 5 }), (cells) => {
        expect(parse(`${csvLine(cells)}\n`, { record_delimiter: ['\r\n', '\n', '\r'] })).toEqual([cells]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('EstimateRows', () => {
  it('puts the estimate columns behind every input column as it came', () => {
    const rows = new EstimateRows(['part_id', 'remark'], 'time_min', version);
    expect(rows.head()).toBe('part_id,remark,time_min,time_min_low,time_min_high,flags,model_version\n');
    expect(rows.lines([['P1', ' as it came '], ['P2', 'a "b", c']], estimates)).toBe(
      `P1, as it came ,12.5,10,15,,${version}\nP2,"a ""b"", c",7,5.25,8.75,"x_cm 5 is below the learned 10; y_cm, 3 is odd",${version}\n`,
    );
  });

  it('names the columns after the target', () => {
    expect(new EstimateRows(['a'], 'cost', version).columns).toEqual(['a', 'cost', 'cost_low', 'cost_high', 'flags', 'model_version']);
  });

  it('renames input columns of these names, also where the file was estimated before', () => {
    expect(new EstimateRows(['time_min', 'flags', 'a'], 'time_min', version).columns.slice(0, 3)).toEqual(['uploaded_time_min', 'uploaded_flags', 'a']);
    const twice = new EstimateRows(['uploaded_time_min', 'time_min'], 'time_min', version).columns;
    expect(new Set(twice).size).toBe(twice.length);
    expect(twice[0]).toBe('uploaded_time_min');
  });
});

describe('RejectedRows', () => {
  const row = (line: number, cells: string[]) => ({ line, cells, issues: [{ line, field: 'x', value: null, message: `line ${line}: one, two` }, { line, field: 'y', value: null, message: 'three' }] });

  it('puts line and reason before the row as it came, also one of another length', () => {
    const rows = new RejectedRows(['x', 'y']);
    expect(rows.head()).toBe('line,reason,x,y\n');
    expect(rows.lines([row(3, ['1', 'a,b']), row(9, ['1'])])).toBe('3,"line 3: one, two. three",1,"a,b"\n9,"line 9: one, two. three",1\n');
  });

  it('leaves the names of the file\'s own columns alone', () => {
    expect(new RejectedRows(['line', 'reason', 'rejected_line']).columns).toEqual(['rejected_rejected_line', 'rejected_reason', 'line', 'reason', 'rejected_line']);
  });
});
