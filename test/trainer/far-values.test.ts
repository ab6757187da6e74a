import { describe, expect, it } from 'vitest';

import { bulkOf } from '../../trainer/far-values.ts';
import { seededRandom, standardNormal } from '../../common/seeded-random.ts';

const lengths = Array.from({ length: 60 }, (_, row) => 10 + (row * 40) / 59);

describe('bulkOf', () => {
  it('is the whole range where no value is absurd, whatever the order, and passes over missing values', () => {
    expect(bulkOf(Float64Array.from([...lengths.toReversed(), NaN]))).toEqual({ min: 10, max: 50, far: 0 });
    expect(bulkOf(Float64Array.of(NaN))).toBeUndefined();
    expect(bulkOf(Float64Array.of(3, 9e14))).toEqual({ min: 3, max: 9e14, far: 0 });
  });

  it('leaves out what is more than 1,000 times as far from the median as 99 % of the values', () => {
    expect(bulkOf(Float64Array.from([...lengths, 9e14]))).toEqual({ min: 10, max: 50, far: 1 });
    // The median of 61 is the 31st, the 99 % quantile of the distances 20: 1,000 times that is where it begins.
    expect(bulkOf(Float64Array.from([...lengths, 20_000]))?.far).toBe(0);
    expect(bulkOf(Float64Array.from([...lengths, 21_000]))?.far).toBe(1);
    expect(bulkOf(Float64Array.from([...lengths, ...lengths, ...lengths, -9e14, 9e14]))).toEqual({ min: 10, max: 50, far: 2 });
  });

  it('takes no value of a law as skewed as shops have for absurd, nor one of a column that is nearly always the same', () => {
    const random = seededRandom(1);
    expect(bulkOf(Float64Array.from({ length: 20_000 }, () => Math.exp(2.5 * standardNormal(random))))?.far).toBe(0);
    expect(bulkOf(Float64Array.from({ length: 1_000 }, (_, row) => (row < 5 ? 1e6 : 0)))).toEqual({ min: 0, max: 1e6, far: 0 });
  });
});
