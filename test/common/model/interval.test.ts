import { describe, expect, it } from 'vitest';
import { CombinedRegression } from '../../../common/model/combined-regression.ts';
import type { CombinedModel } from '../../../common/model/combined-model.ts';
import type { Inputs } from '../../../common/model/inputs.ts';
import { scaledBounds } from '../../../common/model/interval.ts';

/** x², and 1.5 and 2.5 times that in groups 1 and 2: learned for x from 0 to 10. */
const model: CombinedModel = {
  kind: 'combined',
  space: { numbers: [{ feature: 'x', fill: 5, min: 0, max: 10 }], categories: [{ kind: 'levels', feature: 'm', groups: 3, group_of: [0, 1, 2], missing: -1 }] },
  members: [
    {
      name: 'law',
      scale: { kind: 'plain', center: 0, scale: 1 },
      weight: 1,
      weight_beyond: 1,
      model: {
        kind: 'linear',
        intercept: 0,
        atoms: [
          { kind: 'power', input: 0, exponent: 2, unit: 1, center: 0, scale: 1 },
          { kind: 'level', input: 0, group: 1, center: 0, scale: 1 },
          { kind: 'level', input: 0, group: 2, center: 0, scale: 1 },
        ],
        terms: [{ atoms: [0], coefficient: 1 }, { atoms: [0, 1], coefficient: 0.5 }, { atoms: [0, 2], coefficient: 1.5 }],
      },
    },
  ],
  unknown: [[{ group: 1, weight: 0.25 }, { group: 0, weight: 0.5 }, { group: 2, weight: 0.25 }]],
  smallest: 0,
};
const regression = new CombinedRegression(model);
const interval = { kind: 'scaled' as const, coverage: 0.9, intercept: 0, terms: [], low: -2, high: 2, beyond: 1, missing: [0] };
const inputs = (x: number[], group: number): Inputs => ({ rows: x.length, numbers: [Float64Array.from(x)], categories: [new Int32Array(x.length).fill(group)] });
const boundsOf = (x: number[], group = 0) => {
  const at = inputs(x, group);
  const prediction = regression.predict(at);
  return { ...prediction, ...scaledBounds(interval, at, prediction) };
};

describe('the interval beyond the data', () => {
  it('is unchanged within, and grows without end beyond', () => {
    const x = [9, 10, 10.001, 12, 20, 100, 1_000, 1e6, 1e9, 1e15];
    const { low, high, value } = boundsOf(x);
    expect(high[0]).toBe(83);
    expect((high[2] ?? 0) - (value[2] ?? 0)).toBeCloseTo(2, 2);
    for (let at = 1; at < x.length - 1; at++) expect((high[at + 1] ?? 0) - (low[at + 1] ?? 0)).toBeGreaterThan((high[at] ?? 0) - (low[at] ?? 0));
  });
  it('says nothing is known where a value is a hundred ranges outside, and little one range outside', () => {
    const { low, high, value } = boundsOf([20, 1_000, 1e15]);
    expect((high[0] ?? 0) / (value[0] ?? 1)).toBeLessThan(1.1);
    for (const row of [1, 2]) {
      expect(low[row]).toBeLessThan(0);
      expect(high[row]).toBeGreaterThan(3 * (value[row] ?? 0));
      expect(Number.isFinite(high[row])).toBe(true);
    }
  });
});

describe('an unknown group', () => {
  it('is estimated as the mean of those that stand for it, between the smallest and the largest', () => {
    // ½ · 1 + ¼ · 1.5 + ¼ · 2.5 = 1.5
    expect([...boundsOf([4, 8], -1).value]).toEqual([24, 96]);
  });
  it('has the interval of the next draw from as many: Student’s of three logarithms', () => {
    const { low, high } = boundsOf([8], -1);
    const logs = [1, 1.5, 2.5].map((factor) => Math.log(64 * factor));
    const mean = logs.reduce((sum, one) => sum + one / 3, 0);
    const deviation = Math.sqrt(logs.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 2);
    // t at 95 % with two degrees of freedom is 2.920; the expansion gives it to 1 %.
    const half = 2.92 * Math.sqrt(4 / 3) * deviation;
    expect((low[0] ?? 0) / (96 - Math.hypot(2, 96 - Math.exp(mean - half)))).toBeCloseTo(1, 1);
    expect((high[0] ?? 0) / (96 + Math.hypot(2, Math.exp(mean + half) - 96))).toBeCloseTo(1, 1);
  });
});
