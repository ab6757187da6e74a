import { describe, expect, it } from 'vitest';
import { SpindleError } from '../../common/errors.ts';
import type { PartSchema } from '../../common/part-schema.ts';
import { demonstrationSchema } from '../../trainer/demonstration.ts';
import { inputSpaceOf } from '../../trainer/fit/input-space.ts';
import { type ReadOptions, readTrainingData } from '../../trainer/read-training-data.ts';
import { csv, memorySource } from './memory-source.ts';

const read = (text: string, options: Partial<ReadOptions> = {}) => readTrainingData(memorySource(text), { base: demonstrationSchema, maxRows: 1_000, ...options });
const good = Array.from({ length: 30 }, (_, row) => `${row + 1}.5,${row % 2 === 0 ? 'steel' : 'copper'},${row * 2}`);
const header = 'x_cm,material,time_min';

describe('readTrainingData', () => {
  it('reads typed columns, categories as codes, and the range of each number', async () => {
    const { schema, table, refused } = await read(csv(header, good));
    expect(table.rows).toBe(30);
    expect([...(table.columns[0] ?? [])].slice(0, 3)).toEqual([1.5, 2.5, 3.5]);
    expect([...(table.columns[1] ?? [])].slice(0, 3)).toEqual([0, 1, 0]); // steel, copper
    expect([...table.target].slice(0, 3)).toEqual([0, 2, 4]);
    expect(schema.features[0]).toEqual({ name: 'x_cm', kind: 'number', unit: 'cm', above: 0, learned: { min: 1.5, max: 30.5 } });
    expect(refused.count).toBe(0);
  });

  it('counts refused rows by the column that is wrong, the most frequent first', async () => {
    const { refused } = await read(csv(header, [...good, '1,steel', '1,steel,abc', '3e15,steel,x']));
    expect(refused.by).toEqual([{ column: 'time_min', rows: 2 }, { column: '', rows: 1 }, { column: 'x_cm', rows: 1 }]);
  });

  it('refuses a row of totals, whose empty cells make no column optional', async () => {
    const { schema, refused, table } = await read(csv(`part_id,${header}`, [...good.map((row, index) => `P${index},${row}`), 'Summe:,,,870']));
    expect(refused).toMatchObject({ count: 1, first: [{ line: 32, reason: 'line 32: a row of totals' }] });
    expect(table.rows).toBe(30);
    expect(schema.features.filter(({ optional }) => optional)).toEqual([]);
  });

  it('tells the line of each row, and a value absurdly far from all others, which is not in the learned range', async () => {
    const { lines, notes, schema } = await read(csv(header, [...good.slice(0, 5), '', '9e14,steel,5', ...good.slice(5)]));
    expect(Array.from(lines ?? []).slice(3, 8)).toEqual([5, 6, 8, 9, 10]);
    expect(notes).toContain('x_cm: 1 value is absurdly far from the others, which go from 1.5 to 30.5, and not in the learned range (line 8: 900000000000000)');
    expect(schema.features[0]?.learned).toEqual({ min: 1.5, max: 30.5 });
  });

  it('names all columns that cannot be learned from in its message', async () => {
    const rows = Array.from({ length: 60 }, (_, row) => `${row % 7 === 0 ? 'inf' : row % 7},${row % 9 === 0 ? 'inf' : row % 9},${row}`);
    await expect(read(csv('a,b,time_min', rows))).rejects.toMatchObject({ message: expect.stringMatching(/^2 columns cannot be learned from: a, b; column a: line 2 holds no finite number.* column b: line 2 holds no finite number/) as unknown });
  });

  it('refuses a row with a number without an end, and one without any feature, not the file', async () => {
    const { table, refused } = await read(csv(header, [...good, 'inf,steel,5', ',,5']));
    expect(table.rows).toBe(30);
    expect(refused.first).toEqual([
      { line: 32, reason: expect.stringMatching(/^line 32, column x_cm: expected a number above 0, got "inf"/) as unknown },
      { line: 33, reason: 'line 33: no feature has a value' },
    ]);
  });

  it('refuses bad rows one by one with line and reason', async () => {
    const bad = ['1,steel', '1,steel,', '1,steel,abc', '1,steel,-1', '1,steel,Infinity', '1,steel,2e15', '3e15,steel,5', '3e15,steel,x'];
    const { table, refused } = await read(csv(header, [...good, ...bad]));
    expect(table.rows).toBe(30);
    expect(refused.count).toBe(8);
    expect(refused.first.map(({ line }) => line)).toEqual([32, 33, 34, 35, 36, 37, 38, 39]);
    expect(refused.first.map(({ reason }) => reason)).toEqual([
      'line 32: expected 3 cells as in the header, got 2',
      'line 33, column time_min: expected a number of at least 0, got nothing',
      'line 34, column time_min: expected a number of at least 0, got "abc"',
      'line 35, column time_min: expected a number of at least 0, got "-1"',
      'line 36, column time_min: expected a number from 0 to 1000000000000000, got "Infinity"',
      'line 37, column time_min: expected a number from 0 to 1000000000000000, got "2e15"',
      'line 38, column x_cm: expected a number above 0, got "3e15"; use a number of at most 1000000000000000 in size',
      'line 39, column x_cm: expected a number above 0, got "3e15"; use a number of at most 1000000000000000 in size; line 39, column time_min: expected a number of at least 0, got "x"',
    ]);
  });

  it('refuses the row of a cell that is far too long for a level, and keeps its column, unless there are many', async () => {
    const long = (rows: number) => [...good, ...Array.from({ length: rows }, () => `5,${'x'.repeat(200_000)},5`)];
    const { table, schema, refused } = await read(csv(header, long(1)));
    expect(schema.features[1]).toMatchObject({ name: 'material', levels: ['steel', 'copper'] });
    expect(table.rows).toBe(30);
    expect(refused).toMatchObject({ count: 1, by: [{ column: 'material', rows: 1 }] });
    expect(refused.first[0]?.reason).toMatch(/^line 32, column material: expected one of steel, copper, got "x{60,100}…?"/);
    const remarks = await read(csv(header, long(2)));
    expect(remarks.refused.count).toBe(0);
    expect(remarks.notes).toContain('material has texts of up to 200000 characters, which are remarks rather than a category, and is ignored');
  });

  it('refuses times that estimates could not tell from 0, and asks for another unit', async () => {
    const tiny = csv(header, good.map((row) => `${row}e-300`));
    const problem = { code: 'unusable_training_data', message: 'time_min is at most 5.8e-299: estimates have twelve decimal places at most, and the largest must be 1e-9 or more; give the values in a smaller unit' };
    await expect(read(tiny)).rejects.toMatchObject(problem);
    await expect(read(tiny, { schema: { features: demonstrationSchema.features.slice(3, 4), target: { name: 'time_min' } } })).rejects.toMatchObject(problem);
  });

  it('keeps rows with empty cells, which the schema then allows, and tells which levels no row has', async () => {
    const { table, schema, refused } = await read(csv(header, [...good, ',steel,5', '1, ,5']));
    expect([table.rows, refused.count]).toEqual([32, 0]);
    expect(table.columns.map((column) => Array.from(column.slice(-2)))).toEqual([[NaN, 1], [0, NaN]]);
    expect(schema.features).toEqual([
      { name: 'x_cm', kind: 'number', unit: 'cm', above: 0, optional: true, learned: { min: 1, max: 30.5 } },
      { name: 'material', kind: 'category', levels: ['steel', 'copper'], optional: true },
    ]);
    expect((await read(csv(header, good), { schema: { features: demonstrationSchema.features.slice(3, 4), target: { name: 'time_min' } } })).schema.features).toEqual([
      { name: 'material', kind: 'category', levels: ['steel', 'aluminum', 'copper'], unseen: ['aluminum'] },
    ]);
  });

  it('takes from the data, not from the version before, what may be missing and what is unseen', async () => {
    const base: PartSchema = { features: [{ name: 'x_cm', kind: 'number', optional: true }, { name: 'material', kind: 'category', levels: ['steel', 'copper'], optional: true, unseen: ['copper'] }], target: { name: 'time_min' } };
    for (const options of [{ base }, { schema: base }]) {
      expect((await read(csv(header, good), options)).schema.features.map(({ optional, unseen }) => [optional, unseen])).toEqual([[undefined, undefined], [undefined, undefined]]);
    }
  });

  it('tells everything that is wrong with a file at once: header, columns and rows, with line, column, value and fix', async () => {
    const rows = Array.from({ length: 60 }, (_, row) => `${row},${row},${row === 5 ? '"7,5"' : row},${row % 7 === 3 ? 'late' : row}`);
    const problem = read(csv('a,a,width,time_min', [...rows, '1,2']));
    await expect(problem).rejects.toMatchObject({ code: 'duplicate_columns' });
    const { message, issues } = await problem.then(() => new SpindleError('internal', ''), (error: unknown) => error as SpindleError);
    expect(message).toBe('line 1: a column name appears twice; column width: 1 of 51 cells has a comma in the number; the first cell that is no number is in line 7: "7,5"; write the decimals after a point, and nothing between thousands; besides, and no hindrance, 10 of 61 rows cannot be used, the first: line 5, column time_min: expected a number of at least 0, got "late"; line 12, column time_min: expected a number of at least 0, got "late"; line 19, column time_min: expected a number of at least 0, got "late"');
    expect(issues.slice(0, 3)).toMatchObject([{ line: 1, field: 'a', value: 'a', fix: 'rename or remove one of the two' }, { line: 7, field: 'width', value: '7,5' }, { line: 5, field: 'time_min', value: 'late', fix: 'give the measured value, or leave the row out', refused_row: true }]);
    expect(issues).toHaveLength(12);
  });

  it('lists at most a hundred problems', async () => {
    const problem = read(csv('x_cm,x_cm,time_min', Array.from({ length: 300 }, () => '1,2,?')));
    await expect(problem).rejects.toMatchObject({ issues: { length: 100 } as unknown, message: expect.stringContaining('300 of 300 rows cannot be used') as unknown });
  });

  it('tells what was wrong before a file broke off', async () => {
    await expect(read(csv('x_cm,x_cm,time_min', ['1,2,3', '"1,2,3']))).rejects.toMatchObject({ code: 'duplicate_columns', message: expect.stringContaining('line 3: a quote (") is opened in this row and never closed') as unknown });
  });

  it('takes no more cells than fit into memory, and says so', async () => {
    const wide = Array.from({ length: 1_000 }, (_, c) => `c${c}`).join(',');
    const rows = { name: 'wide', origin: 'file' as const, sha256: () => '', *read() {
      yield [{ line: 1, cells: `${wide.slice(0, wide.lastIndexOf(','))},time_min`.split(',') }];
      const cells = Array.from({ length: 1_000 }, () => '1');
      for (let row = 0; row < 20_001; row++) yield [{ line: row + 2, cells }];
    } };
    await expect(readTrainingData(rows, { base: demonstrationSchema, maxRows: 200_000 })).rejects.toMatchObject({ code: 'too_many_rows', message: expect.stringContaining('20001 rows of 1000 columns have more than 20000000 cells') as unknown });
  }, 60_000);

  it('refuses a table of which nothing tells the parts apart', async () => {
    const { table, schema } = await read(csv('x_cm,y_cm,time_min', good.map((_, row) => `1,2,${row}`)));
    expect(() => inputSpaceOf(schema, table)).toThrow('no column tells the parts apart: x_cm is 1 in every row: nothing is learned from it, and it may be left out; y_cm is 2 in every row: nothing is learned from it, and it may be left out');
  });

  it('lists no more than a hundred refused rows but counts all', async () => {
    const { refused } = await read(csv(header, [...good, ...Array.from({ length: 250 }, () => '1,steel,?')]));
    expect(refused.count).toBe(250);
    expect(refused.first).toHaveLength(100);
  });

  it('passes over blank lines', async () => {
    const { table, refused } = await read(csv(header, [...good.slice(0, 10), '', ',,', ...good.slice(10)]));
    expect([table.rows, refused.count]).toEqual([30, 0]);
  });

  it('holds rows against a given schema and refuses those that violate it', async () => {
    const schema: PartSchema = { features: [{ name: 'x_cm', kind: 'number', max: 25 }, { name: 'material', kind: 'category', levels: ['copper', 'steel', 'brass'] }], target: { name: 'time_min' } };
    const data = await read(csv(header, [...good, '5,gold,5']), { schema });
    expect(data.table.rows).toBe(24);
    expect(data.refused.first[0]?.reason).toContain('expected a number of at most 25, got "25.5"');
    expect(data.refused.first.at(-1)?.reason).toContain('expected one of copper, steel, brass, got "gold"');
    expect(data.schema.features[1]?.levels).toEqual(['copper', 'steel', 'brass']);
  });

  it('says which columns of a given schema are missing', async () => {
    const schema: PartSchema = { features: [{ name: 'y_cm', kind: 'number' }], target: { name: 'time_min' } };
    await expect(read(csv(header, good), { schema })).rejects.toMatchObject({ code: 'missing_columns', message: expect.stringContaining('missing y_cm') as unknown });
  });

  it('finds the target: as told, as the version before had it, or time_min', async () => {
    const text = csv('x_cm,cost,time_min', Array.from({ length: 30 }, (_, row) => `${row + 1},${row},${row * 3}`));
    expect((await read(text)).schema.target).toEqual({ name: 'time_min', unit: 'min' });
    expect((await read(text, { target: 'cost' })).schema.target).toEqual({ name: 'cost' });
    expect((await read(text, { base: { ...demonstrationSchema, target: { name: 'cost', unit: 'EUR' } } })).schema.target).toEqual({ name: 'cost', unit: 'EUR' });
    expect((await read(text, { base: { ...demonstrationSchema, target: { name: 'weight' } } })).schema.target).toEqual({ name: 'time_min', unit: 'min' });
  });

  it('lists the columns seen where there is no target', async () => {
    await expect(read(csv('x_cm,minutes', good))).rejects.toMatchObject({ code: 'missing_columns', message: expect.stringMatching(/no column time_min .* the header has x_cm, minutes/) as unknown });
    await expect(read(csv(header, good), { target: 'time_mn' })).rejects.toMatchObject({ code: 'missing_columns', issues: [{ fix: expect.stringContaining('did you mean "time_min"?') as unknown }] });
    await expect(read(csv('x_cm,material,Time_min', good))).rejects.toMatchObject({ message: expect.stringContaining('did you mean "Time_min"?') as unknown });
    await expect(read(csv(header, good), { target: 'foo' })).rejects.toMatchObject({ message: 'line 1: no column foo to learn; the header has x_cm, material, time_min; name one of the columns of the header' });
  });

  it.each([
    ['an empty file', '', 'empty_file', 'the file is empty'],
    ['a header alone', header, 'empty_file', 'the file has a header and no rows'],
    ['a name used twice', csv('x_cm,x_cm,time_min', good), 'duplicate_columns', 'twice'],
    ['too few rows', csv(header, good.slice(0, 19)), 'unusable_training_data', '19 usable rows; at least 20'],
    ['too few good rows', csv(header, [...good.slice(0, 15), ...good.slice(15).map((row) => `${row},`)]), 'unusable_training_data', '15 usable rows; at least 20 finished parts are needed; 15 of 30 rows cannot be used, the first: line 17: expected 3 cells'],
    ['one target throughout', csv(header, good.map((row) => row.replace(/\d+$/, '7'))), 'unusable_training_data', 'time_min is 7 in every row'],
    ['too many rows', csv(header, Array.from({ length: 1_001 }, () => '1,steel,5')), 'too_many_rows', 'line 1002: the file has more than 1000 rows'],
  ])('refuses %s', async (_, text, code, message) => {
    await expect(read(text)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as unknown });
  });
});
