import { describe, expect, it } from 'vitest';
import { familyPredictor } from '../../../common/model/combined-regression.ts';
import type { Inputs, InputSpace } from '../../../common/model/inputs.ts';
import { boostedTreesFamily, deepTrees, shallowTrees } from '../../../trainer/fit/boosted-trees-family.ts';
import { allFamilies } from '../../../trainer/fit/family-list.ts';
import { dealFolds } from '../../../trainer/fit/folds.ts';
import type { FamilyFit, RegressionFamily } from '../../../trainer/fit/regression-family.ts';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { seededRandom } from '../../../common/seeded-random.ts';

/** The same trees, but fewer: what holds for forty holds for hundreds. */
const fewer = [deepTrees, shallowTrees].map((boosting) => boostedTreesFamily({ ...boosting, rate: 0.15, trees: 50, repeats: 1 }));
const families = [...new Map(allFamilies.map(({ name, family }) => [name.replace(', log target', ' (products of logarithms)'), fewer.find((one) => one.name === family.name) ?? family])).entries()];

interface Data {
  inputs: Inputs;
  target: Float64Array;
  groups?: number;
}

function fit(family: RegressionFamily, { inputs, target, groups = 3 }: Data): FamilyFit | undefined {
  const space: InputSpace = {
    numbers: inputs.numbers.map((values, d) => ({ feature: `n${d}`, fill: 0, min: Math.min(...values), max: Math.max(...values) })),
    categories: inputs.categories.map((_, c) => ({ kind: 'levels', feature: `c${c}`, groups, group_of: Array.from({ length: groups }, (__, g) => g), missing: -1 })),
  };
  return family.fit({ space, inputs, target, folds: dealFolds(inputs.rows, Math.min(5, inputs.rows), 1), ends: [], seed: 1 });
}

function data(rows: number, numbers = 2, groups = 3): Data {
  const random = seededRandom(7);
  const draw = (): number => uniformFloat64(random);
  const inputs = { rows, numbers: Array.from({ length: numbers }, () => Float64Array.from({ length: rows }, () => 1 + 9 * draw())), categories: [Int32Array.from({ length: rows }, (_, i) => i % groups)] };
  const target = Float64Array.from({ length: rows }, (_, i) => ((inputs.numbers[0]?.[i] ?? 0) - 5.5) / 2.6 + 0.3 * ((inputs.categories[0]?.[i] ?? 0) % 3) - 0.3 + 0.1 * (draw() - 0.5));
  return { inputs, target, groups };
}

const predictions = (fitted: FamilyFit | undefined, inputs: Inputs): Float64Array => (fitted ? familyPredictor(fitted.model).predict(inputs) : new Float64Array(inputs.rows));

describe.each(families)('%s', (_, family) => {
  it('learns a line out of fold', () => {
    const { inputs, target } = data(80);
    const fitted = fit(family, { inputs, target });
    const error = Math.sqrt(target.reduce((sum, value, row) => sum + (value - (fitted?.outOfFold[row] ?? NaN)) ** 2, 0) / 80);
    expect(error).toBeLessThan(0.35);
  });
  it.each([
    ['a constant target', { ...data(30), target: new Float64Array(30) }],
    ['one row', { ...data(1) }],
    ['two rows', { ...data(2) }],
    ['one feature', { ...data(30, 1), inputs: { ...data(30, 1).inputs, categories: [] } }],
    ['constant columns', { ...data(30), inputs: { ...data(30).inputs, numbers: [new Float64Array(30).fill(3), data(30).inputs.numbers[0] ?? new Float64Array()] } }],
    ['collinear columns', { ...data(40), inputs: { ...data(40).inputs, numbers: [1, 2, -3].map((factor) => (data(40).inputs.numbers[0] ?? new Float64Array()).map((value) => factor * value)) } }],
    ['columns around 1e9', { ...data(40), inputs: { ...data(40).inputs, numbers: data(40).inputs.numbers.map((values) => values.map((value) => 1e9 * value)) } }],
    ['50 levels', data(100, 2, 50)],
    ['repeated rows', { ...data(40), inputs: { rows: 40, numbers: data(40).inputs.numbers.map((values) => values.map((__, i) => values[i % 5] ?? 0)), categories: data(40).inputs.categories.map((groups) => groups.map((__, i) => groups[i % 5] ?? 0)) } }],
  ])('has finite predictions for %s', (__, some: Data) => {
    const fitted = fit(family, some);
    expect(fitted?.outOfFold.every(Number.isFinite) ?? true).toBe(true);
    const elsewhere = { ...some.inputs, numbers: some.inputs.numbers.map((values) => values.map((value) => 3 * value)), categories: some.inputs.categories.map((groups) => groups.map(() => -1)) };
    expect(predictions(fitted, some.inputs).every(Number.isFinite)).toBe(true);
    expect(predictions(fitted, elsewhere).every(Number.isFinite)).toBe(true);
  });
  it('gives the same model for the same problem', () => {
    expect(fit(family, data(50))?.model).toEqual(fit(family, data(50))?.model);
  });
  it('does not care for a change of units', () => {
    const one = data(60);
    const other = { ...one, inputs: { ...one.inputs, numbers: one.inputs.numbers.map((values) => values.map((value) => value * 1024)) } };
    const [a, b] = [fit(family, one), fit(family, other)];
    for (const [row, value] of predictions(a, one.inputs).entries()) expect(predictions(b, other.inputs)[row]).toBeCloseTo(value, 6);
  });
});
