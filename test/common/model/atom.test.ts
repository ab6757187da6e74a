import { describe, expect, it } from 'vitest';
import { type Atom, evaluateAtom } from '../../../common/model/atom.ts';

const logarithm: Atom = { kind: 'log', input: 0, offset: 0, floor: 0.25, center: 0, scale: 1 };

function valuesAt(...at: number[]): number[] {
  return [...evaluateAtom(logarithm, { rows: at.length, numbers: [Float64Array.from(at)], categories: [] })];
}

describe('the logarithm of a number', () => {
  it('goes on smoothly below its floor and below 0', () => {
    expect(valuesAt(2, 1)).toEqual([Math.log(2), 0]);
    for (const place of [0.25, 0]) {
      const [before = 0, at = 0, after = 0] = valuesAt(place - 1e-6, place, place + 1e-6);
      expect((at - before) / 1e-6).toBeCloseTo(4, 3);
      expect((after - at) / 1e-6).toBeCloseTo(4, 3);
    }
  });

  it('falls ever more slowly below 0', () => {
    const values = valuesAt(0, -1, -10, -100, -1000);
    const falls = values.slice(1).map((value, i) => (values[i] ?? 0) - value);
    for (const fall of falls) expect(fall).toBeGreaterThan(0);
    expect(Math.max(...falls)).toBeLessThan(2.5);
  });
});
