import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { describe, expect, it } from 'vitest';
import { evaluateAtom } from '../../../common/model/atom.ts';
import { LinearRegression } from '../../../common/model/linear-regression.ts';
import { dictionaryOf } from '../../../trainer/fit/dictionary.ts';
import { linearFamily } from '../../../trainer/fit/linear-family.ts';
import { forwardSelection, ridge } from '../../../trainer/fit/linear-methods.ts';
import { covariancesOf, termMoments } from '../../../trainer/fit/term-moments.ts';
import { seededRandom, standardNormal } from '../../../common/seeded-random.ts';
import { familyPredictor } from '../../../common/model/combined-regression.ts';
import { dealFolds } from '../../../trainer/fit/folds.ts';
import { growTree } from '../../../trainer/fit/tree-growing.ts';
import { trainModel } from '../../../trainer/train-model.ts';
import { demonstrationParts, demonstrationSchema } from '../../../trainer/demonstration.ts';
import { InputReader } from '../../../common/model/inputs.ts';
import type { PartSchema } from '../../../common/part-schema.ts';
import { canonicalOrder } from '../../../trainer/fit/canonical-order.ts';
import { inputSpaceOf } from '../../../trainer/fit/input-space.ts';
import type { TrainingTable } from '../../../trainer/training-table.ts';
import { Estimator } from '../../../common/model/estimator.ts';

const rows = Uint32Array.of(0, 1, 2, 3);
const dictionary = { atoms: [], terms: [[0], [1]], mains: 2 };

describe('ridge', () => {
  it('shrinks the coefficient of one standard column to its covariance over 1 + λ', () => {
    const x = Float64Array.of(-1, 1, -1, 1);
    const z = Float64Array.of(-1, -1, 1, 1);
    const covariances = covariancesOf(termMoments([x, z], Float64Array.of(1, 5, 1, 5), rows));
    const one = ridge.weights(covariances, dictionary, 4)[ridge.settings(dictionary, 4).indexOf('penalty 1, products 1 ×')];
    expect(one?.intercept).toBe(3);
    expect(one?.coefficients[0]).toBeCloseTo(1, 12);
    expect(one?.coefficients[1]).toBeCloseTo(0, 12);
    expect(ridge.weightsOf(ridge.settings(dictionary, 4).indexOf('penalty 1, products 1 ×'), covariances, dictionary, 4)).toEqual(one);
  });
});

describe('forwardSelection', () => {
  it('takes the column that explains most first, and ends at least squares', () => {
    const x = Float64Array.of(0, 1, 2, 3);
    const z = Float64Array.of(1, 0, 0, 1);
    const target = x.map((value, row) => 2 + 3 * value + (z[row] ?? 0));
    const fits = forwardSelection.weights(covariancesOf(termMoments([x, z], target, rows)), dictionary, 10);
    expect(fits[1]?.coefficients[0]).toBeCloseTo(3, 12);
    expect(fits[1]?.coefficients[1]).toBe(0);
    expect(fits[2]?.intercept).toBeCloseTo(2, 12);
    expect(forwardSelection.weightsOf(1, covariancesOf(termMoments([x, z], target, rows)), dictionary, 10)).toEqual(fits[1]);
    expect(fits[2]?.coefficients[1]).toBeCloseTo(1, 12);
  });
});

describe('dictionaryOf', () => {
  const logarithmOf = (values: Float64Array) =>
    dictionaryOf({ numbers: [{ feature: 'x', fill: 50, min: 0, max: 1 }], categories: [] }, { rows: values.length, numbers: [values], categories: [] }, { of: 'logarithm', singles: 'line', maxTerms: 20 }).atoms.find(({ kind }) => kind === 'log');
  it('takes the logarithm of a number over many powers of ten as it is', () => {
    expect(logarithmOf(Float64Array.from({ length: 101 }, (_, i) => 10 ** (i / 20 - 3)))).toMatchObject({ offset: 0 });
  });
  it('adds a quarter of its median to a number that comes near to 0 by chance, where a step to 0 would be far beyond all in its logarithm', () => {
    expect(logarithmOf(Float64Array.from({ length: 101 }, (_, i) => (i === 0 ? 0.4 : 20 + 0.6 * i)))).toMatchObject({ offset: 12.5 });
    expect(logarithmOf(Float64Array.from({ length: 101 }, (_, i) => 20 + 0.6 * i))).toMatchObject({ offset: 0 });
  });
  it('goes on straight below the learned range from where a logarithm would fall four times as steeply as it rises within: for whole numbers from 1 on that is next to 1', () => {
    const ofHoles = logarithmOf(Float64Array.from({ length: 60 }, (_, i) => 1 + (i % 6)));
    if (ofHoles?.kind !== 'log') throw new Error('no logarithm');
    const [low = NaN, high] = evaluateAtom({ ...ofHoles, center: 0, scale: 1 }, { rows: 2, numbers: [Float64Array.of(0, 6)], categories: [] });
    expect(low).toBeGreaterThan(-1.5);
    expect(high).toBeCloseTo(Math.log(6), 12);
    expect(logarithmOf(Float64Array.from({ length: 101 }, (_, i) => 20 + 0.3 * i))).toMatchObject({ offset: 0, floor: (0.25 * 30) / Math.log(2.5) });
  });
});

describe('linearFamily', () => {
  it('shrinks each of 150 levels by the rows that speak for it, as a random effect', () => {
    const random = seededRandom(4);
    const [parts, levels] = [600, 150];
    const effects = Float64Array.from({ length: levels }, () => standardNormal(random));
    const draw = (count: number) => ({ rows: count, numbers: [], categories: [Int32Array.from({ length: count }, () => Math.floor(levels * uniformFloat64(random)))] });
    const inputs = draw(parts);
    const space = { numbers: [], categories: [{ kind: 'levels' as const, feature: 'customer', groups: levels, group_of: [], missing: -1 }] };
    const target = Float64Array.from(inputs.categories[0] ?? [], (level) => (effects[level] ?? 0) + 0.1 * standardNormal(random));
    const fit = linearFamily('ridge', { of: 'number', singles: 'square', maxTerms: 250 }, ridge).fit({ space, inputs, target, folds: dealFolds(parts, 10, 1), ends: [], seed: 1 });
    const others = draw(2_000);
    const seen = new Set(inputs.categories[0]);
    const errors = [...(fit ? familyPredictor(fit.model).predict(others) : [])].flatMap((value, row) => {
      const level = others.categories[0]?.[row] ?? 0;
      return seen.has(level) ? [value - (effects[level] ?? 0)] : [];
    });
    // The mean of four rows is wrong by 0.05, of one row by 0.1.
    expect(Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length)).toBeLessThan(0.08);
  });
});

describe('LinearRegression', () => {
  it('adds products of its atoms', () => {
    const atom = (input: number) => ({ kind: 'power' as const, input, exponent: 1, unit: 1, center: 0, scale: 1 });
    const regression = new LinearRegression({ kind: 'linear', intercept: 1, atoms: [atom(0), atom(1)], terms: [{ atoms: [0], coefficient: 2 }, { atoms: [0, 1], coefficient: 3 }] });
    expect([...regression.predict({ rows: 1, numbers: [Float64Array.of(4), Float64Array.of(5)], categories: [] })]).toEqual([69]);
  });
});

describe('growTree', () => {
  const options = { depth: 1, leafRows: 1, shrink: 0, inputShare: 1 };
  it('splits where the squared error falls most, and takes the means of both sides', () => {
    const data = { rows: 4, width: 1, numbers: 1, bins: Uint16Array.of(0, 1, 2, 3), counts: [4] };
    const tree = growTree(data, Float64Array.of(1, 2, 10, 12), rows.slice(), options, seededRandom(1));
    expect(tree.splits[0]).toBe(1);
    expect(tree.values.slice(1)).toEqual([1.5, 11]);
  });
  it('splits levels in the order of their means', () => {
    const data = { rows: 4, width: 1, numbers: 0, bins: Uint16Array.of(1, 2, 3, 1), counts: [4] };
    const tree = growTree(data, Float64Array.of(0, 9, 1, 0), rows.slice(), options, seededRandom(1));
    expect(tree.sets).toEqual([[1, 3]]);
    expect(tree.values.slice(1)).toEqual([1 / 3, 9]);
  });
});

describe('trainModel', () => {
  const parts = [...demonstrationParts(121, 3)];
  const table = {
    rows: parts.length,
    columns: demonstrationSchema.features.map(({ name, levels }) => Float64Array.from(parts, (part) => (levels ? levels.indexOf(String(part[name as keyof typeof part])) : Number(part[name as keyof typeof part])))),
    target: Float64Array.from(parts, ({ time_min }) => time_min),
  };
  const train = (schema = demonstrationSchema, some = table) =>
    trainModel({ data: { schema, table: some, refused: { count: 0, first: [] }, notes: [] }, source: { name: 'test', sha256: '' }, seed: 1, quick: true });

  it('does not care in which order parts and columns were listed', () => {
    const backwards = (values: Float64Array): Float64Array<ArrayBuffer> => Float64Array.from(values).reverse();
    const other = train(
      { ...demonstrationSchema, features: [...demonstrationSchema.features].reverse() },
      { rows: table.rows, columns: table.columns.map(backwards).reverse(), target: backwards(table.target) },
    );
    const [one] = [train()];
    const part = [30, 15, 10, 'steel', 5, 'milling'];
    const [a, b] = [new Estimator('a', one.schema, one.model).estimate([part])[0], new Estimator('b', other.schema, other.model).estimate([[...part].reverse()])[0]];
    for (const at of [0, 1, 2] as const) expect(b?.[at]).toBeCloseTo(a?.[at] ?? NaN, 6);
  });
  it('gives any family rows and columns in an order of their own, so that the order that they came in has no say', () => {
    const order = Uint32Array.from({ length: table.rows }, (_, row) => (7 * row + 3) % table.rows);
    const moved = (values: Float64Array): Float64Array<ArrayBuffer> => Float64Array.from(order, (row) => values[row] ?? 0);
    const read = (schema: PartSchema, some: TrainingTable) => {
      const { target, ...sorted } = canonicalOrder(schema, some);
      const { space } = inputSpaceOf(schema, sorted);
      return { space, target, inputs: new InputReader(space, schema).read(sorted, 0, sorted.rows) };
    };
    const backwards = { ...demonstrationSchema, features: [...demonstrationSchema.features].reverse() };
    expect(read(backwards, { rows: table.rows, columns: table.columns.map(moved).reverse(), target: moved(table.target) })).toEqual(read(demonstrationSchema, table));
  });
  it('gives the same bytes for the same data and seed', () => {
    expect(JSON.stringify(train())).toBe(JSON.stringify(train()));
  });
  it('knows no more beyond the range for a slip of the pen there', () => {
    const slipped = { ...table, columns: table.columns.map((values, f) => (f === 0 ? values.map((value, row) => (row === 5 ? 5e6 : value)) : values)) };
    const [one, other] = [train(), train(demonstrationSchema, slipped)].map(({ schema, model }) => new Estimator('test', schema, model).estimate([[90, 15, 10, 'steel', 5, 'milling']])[0]);
    expect((other?.[0] ?? 0) / (one?.[0] ?? 1)).toBeGreaterThan(0.8);
    expect(((other?.[2] ?? 0) - (other?.[1] ?? 0)) / ((one?.[2] ?? 0) - (one?.[1] ?? 0))).toBeGreaterThan(0.5);
  });
  it('flags what it does not know, and is less sure of it', () => {
    const { schema, model } = train();
    const estimator = new Estimator('test', schema, model);
    const [usual, unknown, missing] = estimator.estimate([[30, 15, 10, 'steel', 5, 'milling'], [30, 15, 10, 'unobtainium', 5, 'milling'], [null, 15, 10, 'steel', 5, 'milling']]);
    expect(unknown?.[3]).toEqual(['material "unobtainium" is unknown: no training part has it']);
    expect(missing?.[3]).toEqual(['x_cm is missing']);
    expect((unknown?.[2] ?? 0) - (unknown?.[1] ?? 0)).toBeGreaterThanOrEqual((usual?.[2] ?? 0) - (usual?.[1] ?? 0));
    expect((missing?.[2] ?? 0) - (missing?.[1] ?? 0)).toBeGreaterThan(5 * ((usual?.[2] ?? 0) - (usual?.[1] ?? 0)));
  });
});
