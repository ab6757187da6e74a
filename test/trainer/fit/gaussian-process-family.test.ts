import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../common/seeded-random.ts';
import { dealFolds } from '../../../trainer/fit/folds.ts';
import { gaussianProcessFamily } from '../../../trainer/fit/gaussian-process-family.ts';

describe('gaussianProcessFamily', () => {
  it('learns an exact law from small differences of collinear numbers', () => {
    const rows = 120;
    const random = seededRandom(4);
    const size = Float64Array.from({ length: rows }, () => uniformFloat64(random));
    const wear = Float64Array.from({ length: rows }, () => uniformFloat64(random) - 0.5);
    // Three sensors that follow the size, and to a hundredth the wear, which is to be told.
    const numbers = [0.01, -0.004, 0.002].map((share, sensor) => size.map((value, row) => value ** (1 + 0.3 * sensor) + share * (wear[row] ?? 0)));
    const space = { numbers: numbers.map((_, d) => ({ feature: `sensor ${d}`, fill: 0, min: 0, max: 1 })), categories: [] };
    const target = wear.map((value) => value * Math.sqrt(12));
    const fit = gaussianProcessFamily.fit({ space, inputs: { rows, numbers, categories: [] }, target, folds: dealFolds(rows, 5, 1), ends: [], seed: 1 });
    const squares = target.reduce((sum, value, row) => sum + (value - (fit?.outOfFold[row] ?? 0)) ** 2, 0);
    expect(Math.sqrt(squares / rows)).toBeLessThan(0.05);
  });
});
