import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Estimator } from '../../../common/model/estimator.ts';
import { PartReader } from '../../../common/part.ts';
import type { PartSchema } from '../../../common/part-schema.ts';
import { isVersionId, versionId } from '../../../common/model/version-id.ts';
import { modelOf, partSchema } from '../../support/model-versions.ts';

const { model } = modelOf(0);
const estimator = new Estimator('test', partSchema, model);
const part = fc.tuple(
  fc.double({ min: 0.01, max: 100, noNaN: true }),
  fc.double({ min: 0.01, max: 60, noNaN: true }),
  fc.double({ min: 0.01, max: 30, noNaN: true }),
  fc.constantFrom('steel', 'aluminum', 'copper'),
  fc.integer({ min: 1, max: 10 }),
  fc.constantFrom('turning', 'drilling', 'milling'),
);

describe('Estimator', () => {
  it('computes the sum of its terms, with the interval around it', () => {
    // 0.5·30² + 0.6·16^1.5 + 0.3·10² + 0.9 + 0.4·5² + 0.7 = 530
    expect(estimator.estimate([[30, 16, 10, 'steel', 5, 'milling']])).toEqual([[530, 526, 534, []]]);
  });

  it('gives the same estimates for chunks as for the whole', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 30 }), fc.nat(), (parts, at) => {
        const columns = new PartReader(partSchema).toColumns(parts);
        const [whole, pieces] = [{ value: [], low: [], high: [], flags: {} }, { value: [], low: [], high: [], flags: {} }];
        estimator.append(columns, 0, parts.length, whole);
        const middle = at % (parts.length + 1);
        estimator.append(columns, 0, middle, pieces);
        estimator.append(columns, middle, parts.length, pieces);
        expect(pieces).toEqual(whole);
      }),
    );
  });

  it('explains every estimate to the last digit: average and contributions sum to it', () => {
    fc.assert(
      fc.property(part, (one) => {
        const [value, , , , explanation] = estimator.estimate([one], { explain: true })[0] ?? [NaN, 0, 0, []];
        const sum = Object.values(explanation?.contributions ?? {}).reduce((total, share) => total + share, explanation?.average ?? NaN);
        expect(sum).toBeCloseTo(value, 2);
      }),
    );
  });

  it('flags what lies outside the learned range, and never goes below zero', () => {
    const low = new Estimator('test', partSchema, { ...model, regression: { ...model.regression, intercept: -10_000 } });
    const [estimate] = low.estimate([[9.5, 31, 10, 'steel', 10, 'milling']]);
    expect(estimate?.slice(0, 3)).toEqual([0, 0, 0]);
    expect(estimate?.[3]).toEqual(['time_min came out below 0 and is cut to 0', 'x_cm 9.5 is below the learned 10', 'y_cm 31 is above the learned 30', 'complexity 10 is 13 % of the learned range above the learned 9']);
  });

  it('says that nothing is known where an estimate is beyond all sizes', () => {
    const huge = new Estimator('test', partSchema, { ...model, regression: { ...model.regression, intercept: 1e300 } });
    const [estimate] = huge.estimate([[30, 16, 10, 'steel', 5, 'milling']], { explain: true });
    expect(estimate?.slice(0, 4)).toEqual([1e15, 0, 1e15, ['time_min is beyond what can be estimated: nothing is known of this part']]);
    expect(estimate?.flat().every((one) => typeof one !== 'number' || Number.isFinite(one))).toBe(true);
    expect([estimate?.[4]?.average, ...Object.values(estimate?.[4]?.contributions ?? {})].every(Number.isFinite)).toBe(true);
  });

  it('says how far outside a value is: nothing within a tenth of the range, then its share, then how many times', () => {
    const flagsOf = (x: number): unknown => estimator.estimate([[x, 16, 10, 'steel', 5, 'milling']])[0]?.[3];
    expect([50, 54, 54.1, 90, 450, 451].map(flagsOf)).toEqual([
      [],
      ['x_cm 54 is above the learned 50'],
      ['x_cm 54.1 is 10 % of the learned range above the learned 50'],
      ['x_cm 90 is 100 % of the learned range above the learned 50'],
      ['x_cm 450 is 1000 % of the learned range above the learned 50'],
      ['x_cm 451 is 10 times the learned range above the learned 50'],
    ]);
  });

  it('flags missing values, unknown levels by what was given, and levels that only the schema has', () => {
    const seen: PartSchema = { ...partSchema, features: partSchema.features.map((feature) => (feature.name === 'process' ? { ...feature, unseen: ['milling'] } : feature)) };
    const [estimate] = new Estimator('test', seen, model).estimate([[null, 16, 10, 'titanium', null, 'milling']]);
    expect(estimate?.[3]).toEqual(['x_cm is missing', 'complexity is missing', 'material "titanium" is unknown: no training part has it', 'process "milling" is unknown: no training part has it']);
    expect(estimate?.slice(0, 3).every((bound) => Number.isFinite(bound))).toBe(true);
  });

  it('refuses a model that does not fit its schema', () => {
    const terms = model.regression.terms;
    const withTerms = (changed: typeof terms) => () => new Estimator('test', partSchema, { ...model, regression: { ...model.regression, terms: changed } });
    expect(withTerms([{ kind: 'levels', feature: 'nowhere', coefficients: [1], average: 0 }])).toThrow(RangeError);
    expect(withTerms([{ kind: 'levels', feature: 'material', coefficients: [1, 2], average: 0 }])).toThrow(RangeError);
    expect(withTerms([{ kind: 'levels', feature: 'x_cm', coefficients: [1], average: 0 }])).toThrow(RangeError);
  });
});

describe('versionId', () => {
  it('sorts by time and ends in a hash of the content', () => {
    const at = new Date('2026-11-22T13:45:00.999Z');
    // SHA-256 of "abc" begins ba7816bf (FIPS 180-2, appendix B.1).
    expect(versionId(at, 'abc')).toBe('20261122T134500Z-ba7816');
    expect(isVersionId(versionId(at, 'abc'))).toBe(true);
    expect(['', '..', '20261122T134500Z-3f9c1', '20261122T134500Z-3f9c1a/../x', '.tmp-20261122T134500Z-3f9c1a'].some(isVersionId)).toBe(false);
  });
});
