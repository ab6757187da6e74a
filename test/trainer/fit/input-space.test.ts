import { describe, expect, it } from 'vitest';
import type { PartSchema } from '../../../common/part-schema.ts';
import { inputSpaceOf } from '../../../trainer/fit/input-space.ts';
import { publishedSchema } from '../../../trainer/fit/published-schema.ts';

const rows = 200;
const column = (of: (row: number) => number): Float64Array => Float64Array.from({ length: rows }, (_, row) => of(row));
const rare = Array.from({ length: 176 }, (_, code) => `job ${code}`);
const schema: PartSchema = {
  features: [
    { name: 'length', kind: 'number' },
    { name: 'again', kind: 'number' },
    { name: 'constant', kind: 'number' },
    { name: 'gap', kind: 'number' },
    { name: 'job', kind: 'category', levels: rare },
    { name: 'shop', kind: 'category', levels: ['one'] },
    { name: 'nothing', kind: 'number' },
  ],
  target: { name: 't' },
};
const length = column((row) => row % 50);
// Every job twice, and some parts without one.
const table = { rows, columns: [length, length, column(() => 5), column((row) => (row % 4 === 0 ? NaN : 7)), column((row) => (row < 176 ? row % 88 : NaN)), column(() => 0), column(() => NaN)], target: length };

describe('inputSpaceOf', () => {
  const { space, uses, notes } = inputSpaceOf(schema, table);
  it('says what becomes of each column', () => {
    expect(Object.fromEntries(uses)).toEqual({ again: 'read', length: 'left out', constant: 'constant', gap: 'read', job: 'read', shop: 'constant', nothing: 'left out' });
    expect(notes).toContain('length says the same as again in every row: left out');
    expect(notes).toContain('gap is 7 in every row that has it: only whether it is there is learned');
    expect(space.numbers.map(({ feature }) => feature)).toEqual(['again']);
  });
  it('does not call a category constant whose levels are too rare', () => {
    // 175 levels once, and one that has the rest.
    const every = { ...table, columns: table.columns.map((values, f) => (f === 4 ? column((row) => Math.min(row, 175)) : values)) };
    const result = inputSpaceOf(schema, every);
    expect(result.uses.get('job')).toBe('left out');
    expect(result.notes).toContain('job has 176 levels in 200 rows, too few parts of each to learn from: left out');
  });
});

describe('inputSpaceOf of a category whose levels mostly come again', () => {
  it('gives a level of one row a group too', () => {
    const jobs = { ...table, columns: table.columns.map((values, f) => (f === 4 ? column((row) => (row < 3 ? 100 + row : row % 60)) : values)) };
    const [job] = inputSpaceOf(schema, jobs).space.categories.flatMap((category) => (category.kind === 'levels' && category.feature === 'job' ? [category] : []));
    expect([100, 101, 102].every((code) => (job?.group_of[code] ?? -1) >= 0)).toBe(true);
  });
});

describe('publishedSchema', () => {
  it('leaves out what no part needs, and lets constants be left out', () => {
    const { schema: published, table: kept } = publishedSchema(schema, table, inputSpaceOf(schema, table).uses);
    expect(published.features.map(({ name, optional }) => [name, optional])).toEqual([['again', undefined], ['constant', true], ['gap', undefined], ['job', undefined], ['shop', true]]);
    expect(kept.columns.map((values) => values[1])).toEqual([1, 5, 7, 1, 0]);
  });
});
