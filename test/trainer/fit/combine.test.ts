import { Matrix, solve } from 'ml-matrix';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { describe, expect, it } from 'vitest';
import { CombinedRegression } from '../../../common/model/combined-regression.ts';
import { GaussianProcess } from '../../../common/model/gaussian-process.ts';
import { type Covariance, covarianceBetween, warpedInputs } from '../../../common/model/covariance.ts';
import { InputReader, type Inputs, inputRows } from '../../../common/model/inputs.ts';
import type { PartSchema } from '../../../common/part-schema.ts';

import { combine, repetitionsFor } from '../../../trainer/fit/combine.ts';
import { dealFolds } from '../../../trainer/fit/folds.ts';
import { gaussianProcessFamily } from '../../../trainer/fit/gaussian-process-family.ts';
import { inputSpaceOf } from '../../../trainer/fit/input-space.ts';
import { grossErrors } from '../../../trainer/fit/outliers.ts';
import { otherRows } from '../../../trainer/fit/regression-family.ts';
import { seededRandom, standardNormal } from '../../../common/seeded-random.ts';

const schema: PartSchema = {
  features: [
    { name: 'length', kind: 'number' },
    { name: 'width', kind: 'number' },
    { name: 'material', kind: 'category', levels: ['steel', 'brass'] },
  ],
  target: { name: 'time_min' },
};

/** Times that multiply: length · width^½ · material, with relative noise. */
function multiplicative(rows: number, noise: number, seed: number): { columns: Float64Array[]; target: Float64Array } {
  const random = seededRandom(seed);
  const columns = [0, 0, 0].map(() => new Float64Array(rows));
  const target = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const [length, width, material] = [5 + 45 * uniformFloat64(random), 2 + 20 * uniformFloat64(random), Math.floor(2 * uniformFloat64(random))];
    for (const [c, value] of [length, width, material].entries()) (columns[c] ?? new Float64Array())[row] = value;
    target[row] = length * Math.sqrt(width) * (1 + material) * Math.exp(noise * standardNormal(random));
  }
  return { columns, target };
}

function problem(rows: number, noise: number, seed: number) {
  const { columns, target } = multiplicative(rows, noise, seed);
  const { space } = inputSpaceOf(schema, { rows, columns });
  return { space, target, inputs: new InputReader(space, schema).read({ rows, columns }, 0, rows) };
}

describe('combine', () => {
  const { space, inputs, target } = problem(200, 0.05, 3);
  const fit = combine(space, inputs, target, { seed: 1, quick: true });
  const regression = fit && new CombinedRegression(fit.model);
  const at = (length: number, width: number, group: number): number => {
    const parts = { rows: 1, columns: [Float64Array.of(length), Float64Array.of(width), Float64Array.of(group)] };
    return regression?.predict(new InputReader(space, schema).read(parts, 0, 1)).value[0] ?? NaN;
  };

  it('finds a law that multiplies, to within its noise', () => {
    const error = Math.sqrt(target.reduce((sum, value, row) => sum + ((fit?.outOfFold[row] ?? NaN) / value - 1) ** 2, 0) / target.length);
    expect(error).toBeLessThan(0.06);
  });
  it('goes on beyond the data as the law does, without a cliff at the border', () => {
    expect(at(75, 20, 0) / (75 * Math.sqrt(20))).toBeGreaterThan(0.9);
    expect(at(75, 20, 0) / (75 * Math.sqrt(20))).toBeLessThan(1.1);
    const border = Math.max(...(inputs.numbers[0] ?? []));
    expect(Math.abs(at(border + 1e-6, 10, 0) - at(border, 10, 0))).toBeLessThan(1e-3 * at(border, 10, 0));
  });
  it('puts an unknown material between the known ones', () => {
    expect(at(25, 10, -1)).toBeGreaterThan(at(25, 10, 0));
    expect(at(25, 10, -1)).toBeLessThan(at(25, 10, 1));
  });
  it('learns a sum from two dozen parts about as well as least squares of that sum would', () => {
    const random = seededRandom(1);
    const table = (rows: number) => ({ rows, columns: Array.from({ length: 7 }, (_, c) => Float64Array.from({ length: rows }, () => (c < 5 ? 1 + 9 * uniformFloat64(random) : Math.floor(3 * uniformFloat64(random))))) });
    const law = ({ rows, columns }: ReturnType<typeof table>) => Float64Array.from({ length: rows }, (_, row) => columns.reduce((sum, values, c) => sum + (c < 5 ? 6 - c : 8) * (values[row] ?? 0), 60));
    const squares = [1, 2, 3].map(() => {
      const [known, fresh] = [table(24), table(500)];
      const sum: PartSchema = { features: known.columns.map((_, c) => (c < 5 ? { name: `size_${c}`, kind: 'number' } : { name: `kind_${c}`, kind: 'category', levels: ['a', 'b', 'c'] })), target: { name: 'time_min' } };
      const learned = inputSpaceOf(sum, known).space;
      const reader = new InputReader(learned, sum);
      const times = law(known).map((value) => value + 3 * standardNormal(random));
      const few = combine(learned, reader.read(known, 0, known.rows), times, { seed: 1 });
      const predicted = few && new CombinedRegression(few.model).predict(reader.read(fresh, 0, fresh.rows)).value;
      return law(fresh).reduce((total, value, row) => total + ((predicted?.[row] ?? NaN) - value) ** 2, 0) / fresh.rows;
    });
    // Of noise 3 and ten coefficients least squares makes an error of about 3 · (10 / (24 - 10 - 1))^½ = 2.6.
    expect(Math.sqrt(squares.reduce((a, b) => a + b, 0) / squares.length)).toBeLessThan(3.3);
  });
  it('never predicts less than nothing', () => {
    expect(at(0, 0, 0)).toBeGreaterThanOrEqual(0);
  });
});

describe('repetitionsFor', () => {
  const inputs = (rows: number, columns: number): Inputs => ({ rows, numbers: Array.from({ length: columns }, () => new Float64Array(rows)), categories: [] });
  it('repeats all for each of ten folds with few rows, less often with many columns, and never with more rows', () => {
    // Numbers of one value: each row counts as a part of its own.
    expect([inputs(60, 7), inputs(120, 10), inputs(120, 18), inputs(100, 200), inputs(121, 2), inputs(29, 2)].map(repetitionsFor)).toEqual([10, 4, 3, 3, 0, 0]);
  });
  it('counts parts, not how often they were made, where that does not take too long', () => {
    const made = (parts: number, times: number, columns: number): Inputs => ({ rows: parts * times, numbers: Array.from({ length: columns }, () => Float64Array.from({ length: parts * times }, (_, row) => row % parts)), categories: [] });
    expect([made(40, 15, 5), made(121, 5, 5), made(100, 15, 5)].map(repetitionsFor)).toEqual([3, 0, 0]);
  });
});

describe('combine where times span powers of ten', () => {
  // Length and diameter over rate as a shop has them: times from 0.05 to 4,000.
  const random = seededRandom(11);
  const [rows, rates] = [800, [1, 3.2, 0.35, 2.5]];
  const columns = [0, 0, 0].map(() => new Float64Array(rows));
  const law = new Float64Array(rows);
  const target = law.map((_, row) => {
    const [length, diameter, material] = [5 + 195 * uniformFloat64(random), Math.exp(1 + 4 * uniformFloat64(random)), Math.floor(4 * uniformFloat64(random))];
    for (const [c, value] of [length, diameter, material].entries()) (columns[c] ?? law)[row] = value;
    law[row] = (0.004 * length * diameter ** 1.5) / (rates[material] ?? 1);
    return (law[row] ?? 0) * Math.exp(0.1 * standardNormal(random));
  });
  it('is as right about the smallest parts as about others, relative to their time', () => {
    const { space } = inputSpaceOf({ ...schema, features: schema.features.map((feature) => (feature.levels ? { ...feature, levels: ['a', 'b', 'c', 'd'] } : feature)) }, { rows, columns });
    const inputs: Inputs = { rows, numbers: [columns[0] ?? law, columns[1] ?? law], categories: [Int32Array.from(columns[2] ?? law)] };
    const fit = combine(space, inputs, target, { seed: 1, quick: true });
    const predicted = fit && new CombinedRegression(fit.model).values(inputs);
    const smallest = [...law.keys()].sort((a, b) => (law[a] ?? 0) - (law[b] ?? 0)).slice(0, rows / 10);
    const errors = smallest.map((row) => Math.abs((predicted?.[row] ?? NaN) / (law[row] ?? 1) - 1)).sort((a, b) => a - b);
    expect(errors[errors.length >> 1]).toBeLessThan(0.05);
  });
});

describe('grossErrors', () => {
  it('finds the clocks left running, and hardly anything else', () => {
    const { space, inputs, target } = problem(300, 0.08, 5);
    const spoiled = target.map((value, row) => (row % 20 === 7 ? 6 * value : value));
    const found = grossErrors(space, inputs, spoiled, 1);
    expect(found.filter((one, row) => one === 1 && row % 20 === 7).length).toBeGreaterThanOrEqual(14);
    expect(found.filter((one, row) => one === 1 && row % 20 !== 7).length).toBeLessThanOrEqual(1);
  }, 60_000);
  it('leaves what a tenth of the parts take, which is how they are', () => {
    const { space, inputs, target } = problem(300, 0.05, 5);
    expect(grossErrors(space, inputs, target.map((value, row) => (row % 11 === 7 ? 2.5 * value : value)), 1).some((one) => one === 1)).toBe(false);
  }, 60_000);
  it('finds mild ones where there are many, and none where noise is only large', () => {
    const { space, inputs, target } = problem(200, 0.05, 5);
    const mild = target.map((value, row) => (row % 20 === 7 ? 1.4 * value : value));
    expect(grossErrors(space, inputs, mild, 1).filter((one, row) => one === 1 && row % 20 === 7).length).toBeGreaterThanOrEqual(8);
    const noisy = problem(200, 0.6, 6);
    expect(grossErrors(noisy.space, noisy.inputs, noisy.target, 1).some((one) => one === 1)).toBe(false);
  }, 60_000);
});

describe('grossErrors among many levels', () => {
  it('leaves rows of levels that quick fits cannot resolve, and finds the clocks left running among them', () => {
    const rows = 800;
    const random = seededRandom(7);
    const effects = Array.from({ length: 120 }, () => Math.exp(1.2 * standardNormal(random)));
    const size = Float64Array.from({ length: rows }, () => 1 + 29 * uniformFloat64(random));
    // The first level has a tenth of the rows, and dozens have two to five.
    const groups = Int32Array.from(size, () => Math.min(119, Math.floor(1 / (uniformFloat64(random) + 1 / 120))));
    const target = size.map((value, row) => (5 + 3 * value) * (effects[groups[row] ?? 0] ?? 1) * (1 + 0.05 * standardNormal(random)));
    const space = { numbers: [{ feature: 'size', fill: 15, min: 1, max: 30 }], categories: [{ kind: 'levels' as const, feature: 'family', groups: 120, group_of: Array.from({ length: 120 }, (_, level) => level), missing: -1 }] };
    const inputs = { rows, numbers: [size], categories: [groups] };
    const count = (found: Uint8Array, among: (row: number) => boolean): number => found.reduce((sum, one, row) => sum + (among(row) ? one : 0), 0);
    expect(count(grossErrors(space, inputs, target, 1), () => true)).toBeLessThanOrEqual(1);
    const found = grossErrors(space, inputs, target.map((value, row) => (row % 40 === 7 ? 20 * value : value)), 1);
    expect(count(found, (row) => row % 40 === 7)).toBeGreaterThanOrEqual(14);
    expect(count(found, (row) => row % 40 !== 7)).toBeLessThanOrEqual(3);
  }, 60_000);
});

describe('gaussianProcessFamily', () => {
  const { space, inputs, target } = problem(170, 0.05, 9);
  const standard = target.map((value) => (Math.log(value) - 4.5) / 0.8);
  const folds = dealFolds(170, 5, 1);
  const fit = gaussianProcessFamily.fit({ space, inputs, target: standard, folds, ends: [], seed: 1 });

  it('predicts with tables as it does by its definition', () => {
    if (fit?.model.kind !== 'gaussian-process') throw new Error('expected a Gaussian process');
    const process = new GaussianProcess(fit.model);
    const plain = process.predictPlainly(inputs);
    for (const [row, value] of process.predict(inputs).entries()) expect(value).toBeCloseTo(plain[row] ?? NaN, 4);
  });
  it('leaves a fold out in closed form as it would by fitting to the others', () => {
    if (fit?.model.kind !== 'gaussian-process') throw new Error('expected a Gaussian process');
    const [held = new Uint32Array()] = folds;
    const others = otherRows(170, held);
    const { covariance } = fit.model;
    const refit = closedForm(covariance, inputRows(inputs, others), Float64Array.from(others, (row) => standard[row] ?? 0), inputRows(inputs, held), Number(/noise (.*)/.exec(fit.note)?.[1]));
    // The note rounds the noise to two digits.
    for (const [i, row] of held.entries()) expect(fit.outOfFold[row]).toBeCloseTo(refit[i] ?? NaN, 2);
  });
});

function closedForm(covariance: Covariance, seen: Inputs, target: Float64Array, unseen: Inputs, noise: number): number[] {
  const [a, b] = [warpedInputs(covariance, seen), warpedInputs(covariance, unseen)];
  const matrix = Matrix.from1DArray(seen.rows, seen.rows, [...covarianceBetween(covariance, a, a)]).add(Matrix.eye(seen.rows).mul(noise * noise));
  const weights = solve(matrix, Matrix.columnVector([...target]));
  return Matrix.from1DArray(unseen.rows, seen.rows, [...covarianceBetween(covariance, b, a)]).mmul(weights).to1DArray();
}
