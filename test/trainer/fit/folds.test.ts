import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { describe, expect, it } from 'vitest';
import { seededRandom, standardNormal } from '../../../common/seeded-random.ts';
import type { Inputs } from '../../../common/model/inputs.ts';
import { CombinedRegression } from '../../../common/model/combined-regression.ts';
import { combine } from '../../../trainer/fit/combine.ts';
import { dealFolds } from '../../../trainer/fit/folds.ts';
import { oneRowOfEach, partsOf } from '../../../trainer/fit/repeated-parts.ts';

describe('dealFolds', () => {
  it('keeps the rows of a part together, in folds of nearly the same size', () => {
    const random = seededRandom(3);
    const parts = Uint32Array.from({ length: 300 }, () => uniformInt(random, 0, 120));
    const folds = dealFolds(300, 10, 1, parts);
    expect(folds).toHaveLength(10);
    expect(folds.flatMap((rows) => [...rows]).sort((a, b) => a - b)).toEqual([...parts.keys()]);
    expect(new Set(folds.flatMap((rows) => [...new Set([...rows].map((row) => parts[row]))])).size).toBe(folds.reduce((sum, rows) => sum + new Set([...rows].map((row) => parts[row])).size, 0));
    for (const rows of folds) expect(Math.abs(rows.length - 30)).toBeLessThanOrEqual(6);
  });

  it('deals rows that are all different as without parts', () => {
    expect(dealFolds(103, 10, 7, Uint32Array.from({ length: 103 }, (_, row) => row))).toEqual(dealFolds(103, 10, 7));
  });

  it.each([[0, 99], [4, 100], [96, 100]])('has two folds or more where the parts are rows 0 to %i and the others to %i', (first, last) => {
    for (const seed of [1, 2, 3]) expect(dealFolds(last + 1, 10, seed, Uint32Array.from({ length: last + 1 }, (_, row) => (row <= first ? 0 : 1))).length).toBeGreaterThanOrEqual(2);
  });
});

describe('partsOf', () => {
  const numbers = (rows: number, of: (row: number) => number) => Float64Array.from({ length: rows }, (_, row) => of(row));
  const groups = (rows: number, of: (row: number) => number) => Int32Array.from({ length: rows }, (_, row) => of(row));

  it('takes rows that agree in all inputs for one part', () => {
    const inputs: Inputs = { rows: 60, numbers: [numbers(60, (row) => row % 30), numbers(60, (row) => row % 7)], categories: [groups(60, (row) => row % 2)] };
    expect(new Set(partsOf(inputs)).size).toBe(60);
    inputs.numbers.pop();
    expect([...partsOf(inputs)]).toEqual(Array.from({ length: 60 }, (_, row) => row % 30));
    expect([...oneRowOfEach(partsOf(inputs), 1)].map((row) => row % 30).sort((a, b) => a - b)).toEqual([...Array(30).keys()]);
  });

  it('leaves rows apart whose level only one part has, and where there are few kinds of part', () => {
    const number = numbers(90, (row) => row % 30);
    expect(new Set(partsOf({ rows: 90, numbers: [number], categories: [groups(90, (row) => (row % 30 === 4 ? 1 : 0))] })).size).toBe(32);
    expect(new Set(partsOf({ rows: 90, numbers: [numbers(90, (row) => row % 5)], categories: [groups(90, (row) => row % 3)] })).size).toBe(90);
  });
});

describe('combine', () => {
  it('tells the errors of new parts where each part has several rows and something of its own', () => {
    const random = seededRandom(6);
    const draw = (parts: number, times: number): { inputs: Inputs; target: Float64Array } => {
      const rows = parts * times;
      const [a, b, target] = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
      for (let part = 0; part < parts; part++) {
        const [length, width, own] = [1 + 19 * uniformFloat64(random), 1 + 19 * uniformFloat64(random), 12 * standardNormal(random)];
        for (let row = part * times; row < (part + 1) * times; row++) [a[row], b[row], target[row]] = [length, width, 60 + length * width + own + 2 * standardNormal(random)];
      }
      return { inputs: { rows, numbers: [a, b], categories: [] }, target };
    };
    const { inputs, target } = draw(60, 3);
    const space = { numbers: ['a', 'b'].map((feature) => ({ feature, fill: 10, min: 1, max: 20 })), categories: [] };
    const fit = combine(space, inputs, target, { seed: 1 });
    const fresh = draw(500, 1);
    const errorOf = (predicted: Float64Array | undefined, actual: Float64Array): number => Math.sqrt(actual.reduce((sum, value, row) => sum + (value - (predicted?.[row] ?? NaN)) ** 2, 0) / actual.length);
    const unseen = errorOf(fit && new CombinedRegression(fit.model).values(fresh.inputs), fresh.target);
    expect(unseen).toBeLessThan(18);
    expect(errorOf(fit?.outOfFold, target) / unseen).toBeGreaterThan(0.75);
    expect(errorOf(fit?.outOfFold, target) / unseen).toBeLessThan(1.25);
  }, 60_000);
});
