import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Inputs } from '../../../common/model/inputs.ts';
import { shapleyShares } from '../../../common/model/shapley.ts';

const one = (...values: number[]): Inputs => ({ rows: 1, numbers: values.map((value) => Float64Array.of(value)), categories: [] });
const players = (count: number) => Array.from({ length: count }, (_, input) => ({ numbers: [input], categories: [] }));

describe('shapleyShares', () => {
  it('is the term minus its mean where the prediction is a sum', () => {
    const background = { rows: 2, numbers: [Float64Array.of(0, 2), Float64Array.of(1, 1)], categories: [] };
    const predict = ({ numbers }: Inputs): Float64Array => (numbers[0] ?? new Float64Array()).map((x, row) => 3 * x + 5 * (numbers[1]?.[row] ?? 0));
    const { base, shares, error } = shapleyShares(predict, one(4, 2), background, players(2));
    expect([base, ...shares, error]).toEqual([8, 9, 5, 0]);
  });
  it('halves a product between its factors, against zero', () => {
    const predict = ({ numbers }: Inputs): Float64Array => (numbers[0] ?? new Float64Array()).map((x, row) => x * (numbers[1]?.[row] ?? 0));
    const background = { rows: 1, numbers: [Float64Array.of(0), Float64Array.of(0)], categories: [] };
    expect([...shapleyShares(predict, one(4, 6), background, players(2)).shares]).toEqual([12, 12]);
  });
  it('sums to the prediction, exact or sampled', () => {
    const values = (length: number) => fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: length, maxLength: length });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }).chain((k) => fc.tuple(values(k), fc.array(values(k), { minLength: 1, maxLength: 16 }))), ([part, others]) => {
        const predict = ({ numbers, rows }: Inputs): Float64Array => Float64Array.from({ length: rows }, (_, row) => numbers.reduce((product, column, d) => product + (column[row] ?? 0) * (numbers[(d + 1) % numbers.length]?.[row] ?? 0), 0));
        const background = { rows: others.length, numbers: part.map((_, d) => Float64Array.from(others, (other) => other[d] ?? 0)), categories: [] };
        const { base, shares } = shapleyShares(predict, one(...part), background, players(part.length));
        expect(shares.reduce((sum, share) => sum + share, base)).toBeCloseTo(predict(one(...part))[0] ?? NaN, 8);
      }),
      { numRuns: 50 },
    );
  });
});
