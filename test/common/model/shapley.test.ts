import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Inputs } from '../../../common/model/inputs.ts';
import { type Background, backgroundSize, shapleyShares } from '../../../common/model/shapley.ts';

const one = (...values: number[]): Inputs => ({ rows: 1, numbers: values.map((value) => Float64Array.of(value)), categories: [] });
const players = (count: number) => Array.from({ length: count }, (_, input) => ({ numbers: [input], categories: [] }));

const against = (parts: Inputs): Background => ({ parts, weights: new Float64Array(parts.rows).fill(1 / parts.rows) });

describe('shapleyShares', () => {
  it('is the term minus its mean where the prediction is a sum', () => {
    const background = { rows: 2, numbers: [Float64Array.of(0, 2), Float64Array.of(1, 1)], categories: [] };
    const predict = ({ numbers }: Inputs): Float64Array => (numbers[0] ?? new Float64Array()).map((x, row) => 3 * x + 5 * (numbers[1]?.[row] ?? 0));
    const { base, shares, error } = shapleyShares(predict, one(4, 2), against(background), players(2));
    expect([base, ...shares, error]).toEqual([8, 9, 5, 0]);
  });
  it('halves a product between its factors, against zero', () => {
    const predict = ({ numbers }: Inputs): Float64Array => (numbers[0] ?? new Float64Array()).map((x, row) => x * (numbers[1]?.[row] ?? 0));
    const background = { rows: 1, numbers: [Float64Array.of(0), Float64Array.of(0)], categories: [] };
    expect([...shapleyShares(predict, one(4, 6), against(background), players(2)).shares]).toEqual([12, 12]);
  });
  it('sums to the prediction, exact or sampled', () => {
    const values = (length: number) => fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: length, maxLength: length });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }).chain((k) => fc.tuple(values(k), fc.array(values(k), { minLength: 1, maxLength: 16 }))), ([part, others]) => {
        const predict = ({ numbers, rows }: Inputs): Float64Array => Float64Array.from({ length: rows }, (_, row) => numbers.reduce((product, column, d) => product + (column[row] ?? 0) * (numbers[(d + 1) % numbers.length]?.[row] ?? 0), 0));
        const background = { rows: others.length, numbers: part.map((_, d) => Float64Array.from(others, (other) => other[d] ?? 0)), categories: [] };
        const { base, shares } = shapleyShares(predict, one(...part), against(background), players(part.length));
        expect(shares.reduce((sum, share) => sum + share, base)).toBeCloseTo(predict(one(...part))[0] ?? NaN, 8);
      }),
      { numRuns: 50 },
    );
  });
  it('weighs the background', () => {
    const predict = ({ numbers }: Inputs): Float64Array => Float64Array.from(numbers[0] ?? []);
    const { base, shares } = shapleyShares(predict, one(10), { parts: { rows: 2, numbers: [Float64Array.of(0, 4)], categories: [] }, weights: Float64Array.of(0.25, 0.75) }, players(1));
    expect([base, ...shares]).toEqual([3, 7]);
  });
  it('is exact for effects of two features, however many features there are', () => {
    // Each product is halved between its factors, against each background part: Σ_b (x_i x_j - b_i b_j + x_i b_j - b_i x_j) / 2B.
    const k = 14;
    const part = Array.from({ length: k }, (_, d) => 1 + ((d * 7) % 5));
    const others = Array.from({ length: 16 }, (_, b) => part.map((_own, d) => ((b * (d + 3)) % 11) / 3));
    const predict = ({ numbers, rows }: Inputs): Float64Array => Float64Array.from({ length: rows }, (_, row) => numbers.reduce((sum, column, d) => sum + (d % 2 === 0 ? (column[row] ?? 0) * (numbers[d + 1]?.[row] ?? 0) : 0), 0));
    const { shares, error } = shapleyShares(predict, one(...part), against({ rows: 16, numbers: part.map((_, d) => Float64Array.from(others, (other) => other[d] ?? 0)), categories: [] }), players(k));
    for (const [d, share] of shares.entries()) {
      const partner = d % 2 === 0 ? d + 1 : d - 1;
      const [x = 0, y = 0] = [part[d], part[partner]];
      expect(share).toBeCloseTo(others.reduce((sum, other) => sum + (x * y - (other[d] ?? 0) * (other[partner] ?? 0) + x * (other[partner] ?? 0) - (other[d] ?? 0) * y) / 32, 0), 8);
    }
    expect(error).toBeLessThan(1e-8);
  });
  it('states the error of what it samples, whatever the background', () => {
    // The product of ten features, by brute force over all coalitions.
    const k = 10;
    const part = Array.from({ length: k }, (_, d) => 1.1 + 0.1 * d);
    const background = { rows: 16, numbers: part.map((_, d) => Float64Array.from({ length: 16 }, (_other, b) => 1 + ((b * 5 + d * 3) % 7) / 7)), categories: [] };
    const predict = ({ numbers, rows }: Inputs): Float64Array => Float64Array.from({ length: rows }, (_, row) => numbers.reduce((product, column) => product * (column[row] ?? 0), 1));
    const { shares, error } = shapleyShares(predict, one(...part), against(background), players(k));
    const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
    for (let player = 0; player < k; player++) {
      let exact = 0;
      for (let set = 0; set < 2 ** k; set++) {
        if (((set >> player) & 1) === 1) continue;
        const has = (d: number): boolean => ((set >> d) & 1) === 1;
        const size = part.filter((_, d) => has(d)).length;
        for (let b = 0; b < 16; b++) {
          const rest = part.reduce((product, own, d) => (d === player ? product : product * (has(d) ? own : (background.numbers[d]?.[b] ?? 0))), 1);
          exact += (factorial(size) * factorial(k - 1 - size) * rest * ((part[player] ?? 0) - (background.numbers[player]?.[b] ?? 0))) / factorial(k) / 16;
        }
      }
      expect(Math.abs((shares[player] ?? NaN) - exact)).toBeLessThan(5 * error);
    }
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(0.01 * (predict(one(...part))[0] ?? 0));
  });
  it.each([1, 4, 6, 8, 9, 20, 46])('takes some thousand predictions for %i features, of rows of which most differ from the one before in one', (k) => {
    let [rows, steps] = [0, 0];
    const predict = ({ numbers, rows: count }: Inputs): Float64Array => {
      rows += count;
      for (let row = 1; row < count; row++) if (numbers.filter((column) => column[row] !== column[row - 1]).length <= 1) steps++;
      return Float64Array.from(numbers[0] ?? []);
    };
    const size = backgroundSize(k);
    const background = { rows: size, numbers: Array.from({ length: k }, (_, d) => Float64Array.from({ length: size }, (_other, b) => b + d / k)), categories: [] };
    shapleyShares(predict, one(...Array.from({ length: k }, () => -1)), against(background), players(k));
    expect(rows).toBeLessThan(1_300);
    expect(steps).toBeGreaterThan(0.7 * rows - 2 * size);
  });
});
