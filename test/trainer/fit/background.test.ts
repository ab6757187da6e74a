import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { weightsToMean } from '../../../trainer/fit/background.ts';

describe('weightsToMean', () => {
  it('gives positive weights of sum 1 that bring values to a mean near their own', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1_000, noNaN: true }), { minLength: 2, maxLength: 32 }), fc.double({ min: -0.1, max: 0.1, noNaN: true }), (numbers, shift) => {
        const own = numbers.reduce((sum, value) => sum + value / numbers.length, 0);
        const deviation = Math.sqrt(numbers.reduce((sum, value) => sum + (value - own) ** 2 / numbers.length, 0));
        fc.pre(deviation > 1e-6);
        const mean = own + shift * deviation;
        const weights = weightsToMean(Float64Array.from(numbers), mean);
        expect(weights.every((weight) => weight > 0)).toBe(true);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
        expect(weights.reduce((sum, weight, i) => sum + weight * (numbers[i] ?? 0), 0)).toBeCloseTo(mean, 6);
      }),
    );
  });
});
