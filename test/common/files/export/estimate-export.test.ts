import { describe, expect, it } from 'vitest';
import { EstimateExport } from '../../../../common/files/export/estimate-export.ts';
import { RejectedExport } from '../../../../common/files/export/rejected-export.ts';
import { plainReport } from '../../../../common/files/import/import-report.ts';

const version = '20261122T134500Z-3f9c1a';
const estimates = { value: [12.5, 7], low: [10, 5.25], high: [15, 8.75], flags: { 1: ['x_cm 5 is below the learned 10', 'y_cm, 3 is odd'] } };
const plain = { delimiter: ',', decimal: '.' } as const;

describe('EstimateExport', () => {
  it('puts the estimate columns behind every input column as it came', () => {
    const rows = new EstimateExport(['part_id', 'remark'], plainReport(), 'time_min', version);
    expect(rows.head(plain)).toBe('part_id,remark,time_min,time_min_low,time_min_high,flags,model_version\n');
    expect(rows.lines([['P1', ' as it came '], ['P2', 'a "b", c']], estimates, plain)).toBe(
      `P1, as it came ,12.5,10,15,,${version}\nP2,"a ""b"", c",7,5.25,8.75,"x_cm 5 is below the learned 10; y_cm, 3 is odd",${version}\n`,
    );
    expect(rows.lines([['P1', '=1']], estimates, { delimiter: ';', decimal: ',' })).toBe(`P1;'=1;12,5;10;15;;${version}\n`);
  });

  it('renames input columns of the estimate columns\' names, also where the file was estimated before', () => {
    expect(new EstimateExport(['a'], plainReport(), 'cost', version).columns).toEqual(['a', 'cost', 'cost_low', 'cost_high', 'flags', 'model_version']);
    expect(new EstimateExport(['time_min', 'flags', 'a'], plainReport(), 'time_min', version).columns.slice(0, 3)).toEqual(['uploaded_time_min', 'uploaded_flags', 'a']);
    const twice = new EstimateExport(['uploaded_time_min', 'time_min'], plainReport(), 'time_min', version).columns;
    expect(new Set(twice).size).toBe(twice.length);
    expect(twice[0]).toBe('uploaded_time_min');
  });
});

describe('objects of an EstimateExport', () => {
  it('have a name of its own for every column, whatever the header', () => {
    const rows = new EstimateExport(['ME', 'x', 'ME', '', 'column_4', 'ME_3'], plainReport(), 'time_min', version);
    const [object] = rows.objects([['mm', '1', 'cm', 'a', 'b', 'c']], { ...estimates, flags: {} });
    expect(Object.entries(object ?? {}).slice(0, 6)).toEqual([['ME', 'mm'], ['x', '1'], ['ME_3_', 'cm'], ['column_4_', 'a'], ['column_4', 'b'], ['ME_3', 'c']]);
  });
});

describe('RejectedExport', () => {
  const row = (line: number, cells: string[]) => ({ line, cells, issues: [{ line, field: 'x', value: null, message: `line ${line}: one, two` }, { line, field: 'y', value: null, message: 'three' }] });

  it('puts line and reason before the row as it came, also one of another length', () => {
    const rows = new RejectedExport(['x', 'y'], plainReport());
    expect(rows.head()).toBe('line,reason,x,y\n');
    expect(rows.lines([row(3, ['1', 'a,b']), row(9, ['1'])])).toBe('3,"line 3: one, two. three",1,"a,b"\n9,"line 9: one, two. three",1\n');
  });

  it('leaves the names of the file\'s own columns alone', () => {
    expect(new RejectedExport(['line', 'reason', 'rejected_line'], plainReport()).columns).toEqual(['rejected_rejected_line', 'rejected_reason', 'line', 'reason', 'rejected_line']);
  });
});
