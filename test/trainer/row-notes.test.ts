import { describe, expect, it } from 'vitest';
import type { PartSchema } from '../../common/part-schema.ts';
import { grossErrorNotes, repeatNotes } from '../../trainer/row-notes.ts';

const schema: PartSchema = { features: [{ name: 'x_cm', kind: 'number' }], target: { name: 'time_min', unit: 'min' } };
const file = { rows: 5, columns: [Float64Array.of(3, NaN, 1, 2, NaN)], target: Float64Array.of(30, 4_210, 10, 4_210, 4_210) };
/** The same rows by target, then by feature, those without a value last. */
const sorted = { rows: 5, columns: [Float64Array.of(1, 3, 2, NaN, NaN)], target: Float64Array.of(10, 30, 4_210, 4_210, 4_210) };
const estimate = Float64Array.of(10, 30, 20, 35, 35);

describe('grossErrorNotes', () => {
  it('names the first lines with actual and estimate, also of rows with missing values', () => {
    const found = { schema, table: sorted, outlying: Uint8Array.of(0, 0, 0, 1, 0), estimate };
    expect(grossErrorNotes(found, { table: file, lines: Uint32Array.of(2, 17, 18, 19, 20) })).toEqual([
      'time_min of 1 row cannot be explained by any family, as after a clock left running: nothing is learned from it (line 17: 4,210 min where 35 is expected)',
    ]);
  });

  it('says how many there are where no lines are known, and nothing where there are none', () => {
    expect(grossErrorNotes({ schema, table: sorted, outlying: Uint8Array.of(0, 0, 1, 1, 1), estimate }, { table: file })).toEqual(['time_min of 3 rows cannot be explained by any family, as after a clock left running: nothing is learned from them']);
    expect(grossErrorNotes({ schema, table: sorted, outlying: new Uint8Array(5), estimate }, { table: file })).toEqual([]);
  });
});

describe('repeatNotes', () => {
  const rows = 40;
  const numbers = Float64Array.from({ length: rows }, (_, row) => row >> 1);
  const inputs = { rows, numbers: [numbers], categories: [] };

  it('counts rows that repeat others in every cell, and parts', () => {
    expect(repeatNotes({ rows, columns: [numbers], target: numbers.map((_, row) => 10 + (row >> 1) + (row === 1 ? 0.5 : 0)) }, inputs)).toEqual([
      '19 of 40 rows repeat another one in every cell: look whether they were pasted twice, for each counts',
      'the 40 rows are of 20 parts that differ in what is learned from: errors and intervals are those of parts that the model has not seen',
    ]);
  });

  it('has nothing to say where all parts differ', () => {
    const different = numbers.map((_, row) => row);
    expect(repeatNotes({ rows, columns: [different], target: numbers }, { ...inputs, numbers: [different] })).toEqual([]);
  });
});
