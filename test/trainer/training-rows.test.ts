import { describe, expect, it } from 'vitest';
import { modelFileSchema } from '../../common/model/model-file.ts';
import { packTrainingRows, storedResiduals } from '../../trainer/training-rows.ts';

const keys = (...values: number[]) => Float64Array.from(values);

describe('storedResiduals', () => {
  it('gives each row what was stored for its fingerprint, in any order, and NaN for others', () => {
    const stored = packTrainingRows(keys(2 ** 48 - 1, 7, 0), keys(1.5, -2.25, 8));
    expect([...storedResiduals(stored, keys(7, 3, 2 ** 48 - 1, 0, 2 ** 40))]).toEqual([-2.25, NaN, 1.5, 8, NaN]);
  });

  it('takes equal rows one after the other, and the last again where there are more of them', () => {
    const stored = packTrainingRows(keys(5, 9, 5), keys(1, 2, 3));
    expect([...storedResiduals(stored, keys(5, 5))]).toEqual([1, 3]);
    expect([...storedResiduals(stored, keys(9, 5, 5, 5, 9))]).toEqual([2, 1, 3, 3, 2]);
  });

  it('refuses arrays that do not fit together', () => {
    const [one, two] = [packTrainingRows(keys(1), keys(1)), packTrainingRows(keys(1, 2), keys(1, 2))];
    expect(() => storedResiduals({ ...one, residuals: two.residuals }, keys(1))).toThrow(RangeError);
  });

  it('stores 200,000 rows in less than 3 MB, in a shape that a model file takes', () => {
    const rows = 200_000;
    const stored = packTrainingRows(Float64Array.from({ length: rows }, (_, row) => row * 1_000_003), new Float64Array(rows).fill(1 / 3));
    expect(JSON.stringify(stored).length).toBeLessThan(3_000_000);
    expect(modelFileSchema.shape.training_rows.safeParse(stored).success).toBe(true);
  });
});
