import { describe, expect, it } from 'vitest';
import { softened, toTarget } from '../../../common/model/combined-model.ts';

const scale = { kind: 'log', center: 2, scale: 0.5, offset: 0, smear: 1, lowest: -2, highest: 3 } as const;
const valueAt = (score: number): number => toTarget(scale, Float64Array.of(score))[0] ?? NaN;

describe('a log scale', () => {
  it('is exp(center + scale z) within its limits', () => {
    for (const score of [-2, -1, 0, 1.5, 3]) expect(valueAt(score)).toBeCloseTo(Math.exp(2 + 0.5 * score), 10);
  });

  it('goes on beyond them as h (1 + ln(v / h)), without a step or a bend, and never stops rising', () => {
    const atLimit = Math.exp(2 + 0.5 * 3);
    for (const score of [3.1, 5, 20, 400]) {
      const whole = Math.exp(2 + 0.5 * score);
      expect(valueAt(score)).toBeCloseTo(atLimit * (1 + Math.log(whole / atLimit)), 6);
      expect(valueAt(score * 1.01)).toBeGreaterThan(valueAt(score));
    }
    for (const limit of [-2, 3]) {
      const slope = (from: number, to: number): number => (softened(scale, to) - softened(scale, from)) / (to - from);
      expect(slope(limit - 1e-6, limit)).toBeCloseTo(1, 5);
      expect(slope(limit, limit + 1e-6)).toBeCloseTo(1, 5);
    }
    expect(valueAt(-50)).toBeLessThan(valueAt(-10));
    expect(valueAt(-50)).toBeGreaterThan(0);
  });
});
