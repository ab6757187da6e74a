import { expect, it } from 'vitest';
import { InputReader } from '../../../common/model/inputs.ts';
import type { PartSchema } from '../../../common/part-schema.ts';
import { seededRandom, standardNormal } from '../../../common/seeded-random.ts';
import { combine } from '../../../trainer/fit/combine.ts';
import { inputSpaceOf } from '../../../trainer/fit/input-space.ts';
import { grossErrors } from '../../../trainer/fit/outliers.ts';

const schema: PartSchema = { features: [{ name: 'length', kind: 'number' }], target: { name: 'time_min' } };

function problem(rows: number) {
  const random = seededRandom(3);
  const columns = [Float64Array.from({ length: rows }, () => 5 + Math.abs(10 * standardNormal(random)))];
  const target = Float64Array.from(columns[0] ?? [], (length, row) => (row === 5 ? 5_000 : 20 + 3 * length + standardNormal(random)));
  const { space } = inputSpaceOf(schema, { rows, columns });
  return { space, target, inputs: new InputReader(space, schema).read({ rows, columns }, 0, rows) };
}

it('tells how far the look for gross errors is, fit by fit, and goes on where it ended', () => {
  const { space, inputs, target } = problem(150);
  const told: number[] = [];
  expect(grossErrors(space, inputs, target, 1, (fraction) => told.push(fraction)).indexOf(1)).toBe(5);
  expect(told[0]).toBe(0);
  expect(new Set(told).size).toBeGreaterThan(8);
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.at(-1)).toBeLessThan(1);
  const shares: number[] = [];
  combine(space, inputs, target, { seed: 1, onFamily: (_name, fraction) => shares.push(fraction) });
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
});
