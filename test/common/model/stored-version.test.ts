import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CombinedModel, combinedModelSchema } from '../../../common/model/combined-model.ts';
import { Estimator } from '../../../common/model/estimator.ts';
import { GaussianProcess } from '../../../common/model/gaussian-process.ts';
import type { ScaledInterval } from '../../../common/model/interval.ts';
import { type ModelFile, modelFileSchema } from '../../../common/model/model-file.ts';
import { partSchemaSchema } from '../../../common/part-schema.ts';

const read = (name: string): string => readFileSync(new URL(`stored-version/${name}`, import.meta.url), 'utf8');
const schema = partSchemaSchema.parse(JSON.parse(read('schema.json')));
const model = modelFileSchema.parse(JSON.parse(read('model.json')));
const regression = combinedModelSchema.parse(model.regression);

/** With the constant of one kind of member changed. */
function edited(kind: 'linear' | 'gaussian-process' | 'boosted-trees'): ModelFile {
  const members = regression.members.map((member) => {
    if (member.model.kind !== kind) return member;
    switch (member.model.kind) {
      case 'linear':
        return { ...member, model: { ...member.model, intercept: member.model.intercept + 0.1 } };
      case 'gaussian-process':
        return { ...member, model: { ...member.model, mean: member.model.mean + 0.1 } };
      case 'boosted-trees':
        return { ...member, model: { ...member.model, base: member.model.base + 0.1 } };
      default:
        return member.model satisfies never;
    }
  });
  return { ...model, regression: { ...regression, members } };
}

describe('a combined version that was stored when its format was new', () => {
  it('has members of every kind', () => {
    expect([...new Set(regression.members.map(({ model: { kind } }) => kind))]).toEqual(['linear', 'gaussian-process', 'boosted-trees']);
  });
  it('loads, and estimates its golden rows as on the day it was written: known, far beyond, missing and unknown', () => {
    expect(() => new Estimator('stored', schema, model).checkGoldenRows(model.golden)).not.toThrow();
  });
  it.each(['linear', 'gaussian-process', 'boosted-trees'] as const)('is refused where a %s member was edited', (kind) => {
    expect(() => new Estimator('edited', schema, edited(kind)).checkGoldenRows(model.golden)).toThrow(/golden row 1 estimates/);
  });
  it.each<[string, RegExp, (model: ModelFile, combined: CombinedModel, interval: ScaledInterval) => void]>([
    ['members weigh more', /do not sum to 1/, (_, { members }) => {
      for (const member of members) member.weight *= 1.01;
    }],
    ['nobody weighs anything beyond the ranges', /beyond the ranges do not sum to 1/, (_, { members }) => {
      for (const member of members) member.weight_beyond = 0;
    }],
    ['gaps add nothing', /what missing it adds/, (_model, _combined, interval) => void (interval.missing = [])],
    ['gaps are filled from far away', /has no range with what fills its gaps/, (_, { space }) => {
      for (const number of space.numbers) number.fill = 1e9;
    }],
    ['a number has no range', /has no range/, (_, { space }) => {
      for (const number of space.numbers) number.max = number.min;
    }],
    ['an unknown level is of a group that is not there', /stand-ins for unknown levels are none/, (_, combined) => void (combined.unknown = combined.unknown.map(() => [{ group: 9_999, weight: 1 }]))],
    ['a category lacks its stand-ins', /not every category has its stand-ins/, (_, combined) => void (combined.unknown = [])],
    ['intervals are without bounds beyond the ranges', /the interval grows by 1e\+300/, (_model, _combined, interval) => void (interval.beyond = 1e300)],
    ['there are no decimals', /golden row 1 records/, (file) => void (file.decimals = 0)],
    ['the background lacks a number', /explain others against/, ({ background }) => void background?.numbers.pop()],
    ['the background lacks a value', /explain others against/, ({ background }) => void background?.numbers[0]?.pop()],
  ])('is refused where %s', (_, says, edit) => {
    const changed = structuredClone(model);
    if (changed.regression.kind === 'combined' && changed.interval.kind === 'scaled') edit(changed, changed.regression, changed.interval);
    expect(() => new Estimator('edited', schema, changed).checkGoldenRows(changed.golden)).toThrow(says);
  });
  it.each(['regression', 'interval', 'golden', 'decimals'])('is refused without its %s', (key) => {
    expect(modelFileSchema.safeParse(Object.fromEntries(Object.entries(model).filter(([name]) => name !== key))).success).toBe(false);
  });
  it('explains every estimate, of known and unknown parts, so that the shares sum to it', () => {
    const estimator = new Estimator('stored', schema, model);
    const part = fc.tuple(fc.oneof(fc.double({ min: 0.1, max: 120, noNaN: true }), fc.constant(null)), fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant(null)), fc.constantFrom('steel', 'brass', 'copper', 'unobtainium', null));
    fc.assert(
      fc.property(part, (one) => {
        const [value, low, high, , explanation] = estimator.estimate([one], { explain: true })[0] ?? [NaN, NaN, NaN, []];
        const sum = Object.values(explanation?.contributions ?? {}).reduce((total, share) => total + share, explanation?.average ?? NaN);
        expect(sum).toBeCloseTo(value, 6);
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
        expect(low).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 60 },
    );
  });
  it('explains parts of any size so that the shares sum to the estimate', () => {
    const estimator = new Estimator('stored', schema, model);
    for (const size of [1e4, 1e8, 1e12, 1e15]) {
      for (const part of [[size, 5, 'steel'], [50, size, 'brass'], [size, size, 'copper'], [0.001, size, 'unobtainium']]) {
        const [value, , , , explanation] = estimator.estimate([part], { explain: true })[0] ?? [NaN, NaN, NaN, []];
        const sum = Object.values(explanation?.contributions ?? {}).reduce((total, share) => total + share, explanation?.average ?? NaN);
        expect(Math.abs(sum - value), `${JSON.stringify(part)} is ${value}, its shares sum to ${sum}`).toBeLessThanOrEqual(1e-6 + 1e-9 * value);
      }
    }
  });
  it('predicts rows in steps as one by one', () => {
    const process = regression.members.flatMap(({ model: member }) => (member.kind === 'gaussian-process' ? [new GaussianProcess(member)] : []))[0];
    const [numbers, categories] = [regression.space.numbers.length, regression.space.categories.length];
    const row = fc.tuple(fc.array(fc.double({ min: -50, max: 200, noNaN: true }), { minLength: numbers, maxLength: numbers }), fc.array(fc.integer({ min: -1, max: 3 }), { minLength: categories, maxLength: categories }));
    fc.assert(
      fc.property(row, row, fc.array(fc.integer({ min: 0, max: 2 ** (numbers + categories) - 1 }), { minLength: 1, maxLength: 20 }), ([x, groups], [otherX, otherGroups], mixes) => {
        const inputs = {
          rows: mixes.length,
          numbers: x.map((own, d) => Float64Array.from(mixes, (mix) => ((mix >> d) & 1 ? own : (otherX[d] ?? 0)))),
          categories: groups.map((own, c) => Int32Array.from(mixes, (mix) => ((mix >> (numbers + c)) & 1 ? own : (otherGroups[c] ?? -1)))),
        };
        const plain = process?.predict(inputs) ?? [];
        for (const [i, value] of (process?.predictSteps(inputs) ?? []).entries()) expect(value).toBeCloseTo(plain[i] ?? NaN, 7);
      }),
    );
  });
});
