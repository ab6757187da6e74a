import { describe, expect, it } from 'vitest';
import type { PartSchema } from '../../common/part-schema.ts';
import { demonstrationSchema } from '../../trainer/demonstration.ts';
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
    expect([...(table.columns[1] ?? [])].slice(0, 3)).toEqual([0, 2, 0]); // steel, copper of steel, aluminum, copper
    expect([...table.target].slice(0, 3)).toEqual([0, 2, 4]);
    expect(schema.features[0]).toEqual({ name: 'x_cm', kind: 'number', unit: 'cm', above: 0, learned: { min: 1.5, max: 30.5 } });
    expect(refused.count).toBe(0);
  });

  it('refuses bad rows one by one with line and reason', async () => {
    const bad = ['1,steel', '1,steel,', '1,steel,abc', '1,steel,-1', '1,steel,Infinity', ',steel,5', '1,,5', ',,x'];
    const { table, refused } = await read(csv(header, [...good, ...bad]));
    expect(table.rows).toBe(30);
    expect(refused.count).toBe(8);
    expect(refused.first.map(({ line }) => line)).toEqual([32, 33, 34, 35, 36, 37, 38, 39]);
    expect(refused.first.map(({ reason }) => reason)).toEqual([
      'line 32: expected 3 cells as in the header, got 2',
      'line 33, column time_min: expected a number of at least 0, got nothing',
      'line 34, column time_min: expected a number of at least 0, got "abc"',
      'line 35, column time_min: expected a number of at least 0, got "-1"',
      'line 36, column time_min: expected a number of at least 0, got "Infinity"',
      'line 37, column x_cm: expected a number above 0, got nothing',
      'line 38, column material: expected one of steel, aluminum, copper, got nothing',
      'line 39, column x_cm: expected a number above 0, got nothing; line 39, column material: expected one of steel, aluminum, copper, got nothing; line 39, column time_min: expected a number of at least 0, got "x"',
    ]);
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
    await expect(read(csv(header, good), { target: 'time_mn' })).rejects.toMatchObject({ code: 'missing_columns', issues: [{ fix: expect.stringContaining('is "time_min" meant?') as unknown }] });
  });

  it.each([
    ['an empty file', '', 'empty_file', 'the file is empty'],
    ['a header alone', header, 'empty_file', 'the file has a header and no rows'],
    ['a file that begins with a blank line', `\n${csv(header, good)}`, 'empty_file', 'does not begin with a header'],
    ['a name used twice', csv('x_cm,x_cm,time_min', good), 'duplicate_columns', 'twice'],
    ['too few rows', csv(header, good.slice(0, 19)), 'unusable_training_data', '19 usable rows; at least 20'],
    ['too few good rows', csv(header, [...good.slice(0, 15), ...good.slice(15).map((row) => `${row},`)]), 'unusable_training_data', '15 rows were refused, the first because of line 17: expected 3 cells'],
    ['one target throughout', csv(header, good.map((row) => row.replace(/\d+$/, '7'))), 'unusable_training_data', 'time_min is 7 in every row'],
    ['too many rows', csv(header, Array.from({ length: 1_001 }, () => '1,steel,5')), 'too_many_rows', 'line 1002: the file has more than 1000 rows'],
  ])('refuses %s', async (_, text, code, message) => {
    await expect(read(text)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as unknown });
  });
});
