import { describe, expect, it } from 'vitest';
import { type Basis, basisWidth, evaluateBasis } from '../../../common/model/basis.ts';

function columns(basis: Basis, x: number): number[] {
  const out = new Float64Array(basisWidth(basis));
  evaluateBasis(basis, x, out, 0);
  return [...out];
}

const spline: Basis = { kind: 'natural-spline', knots: [1, 2, 4, 7, 9] };

describe('powers', () => {
  it('are those of the scaled value', () => {
    expect(columns({ kind: 'powers', scale: 4, exponents: [0.5, 1, 1.5, 2, 3] }, 16)).toEqual([2, 4, 8, 16, 64]);
  });

  it('of a negative value keep its sign where the exponent is a fraction', () => {
    expect(columns({ kind: 'powers', scale: 1, exponents: [0.5, 1.5, 2] }, -4)).toEqual([-2, -8, 16]);
  });
});

describe('natural spline', () => {
  it('has one column fewer than knots, the first of them the value itself', () => {
    expect(basisWidth(spline)).toBe(4);
    for (const x of [-3, 1, 5.5, 20]) expect(columns(spline, x)[0]).toBe(x);
  });

  it('is linear beyond the outer knots: second differences vanish', () => {
    for (const x of [-10, -2, 0, 10, 15, 40]) {
      const [before, here, after] = [columns(spline, x - 0.9), columns(spline, x), columns(spline, x + 0.9)];
      for (let c = 0; c < 4; c++) expect((before[c] ?? NaN) - 2 * (here[c] ?? NaN) + (after[c] ?? NaN)).toBeCloseTo(0, 7);
    }
  });

  it('is 0 in all other columns before the first knot, so that it reproduces lines', () => {
    expect(columns(spline, 0.5)).toEqual([0.5, 0, 0, 0]);
  });

  it('is smooth at the knots: value, slope and curvature agree from both sides', () => {
    const step = 1e-4;
    for (const knot of [1, 2, 4, 7, 9]) {
      for (let c = 1; c < 4; c++) {
        const at = (x: number) => columns(spline, x)[c] ?? NaN;
        expect(at(knot + step) - at(knot - step)).toBeCloseTo(0, 1);
        const curvature = (x: number) => (at(x - step) - 2 * at(x) + at(x + step)) / step ** 2;
        expect(curvature(knot + 2 * step)).toBeCloseTo(curvature(knot - 2 * step), 1);
      }
    }
  });

  it('has the value of equations 5.4 and 5.5 worked out by hand', () => {
    // Knots 0, 1, 3 at x = 2: d1 = ((2-0)³ - 0) / 3 = 8/3, d2 = ((2-1)³ - 0) / 2 = 1/2.
    const [, second] = columns({ kind: 'natural-spline', knots: [0, 1, 3] }, 2);
    expect(second).toBeCloseTo(8 / 3 - 1 / 2, 12);
  });
});
