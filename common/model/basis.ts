import { z } from 'zod';

/**
 * A basis turns one number into the columns that a linear model weighs.
 * `powers`: (x / scale)^p for each exponent p.
 * `natural-spline`: a cubic spline through K knots that is linear beyond the outer ones; K - 1 columns
 * (Hastie, Tibshirani, Friedman: The Elements of Statistical Learning, 2nd ed., equations 5.4 and 5.5).
 */
export const basisSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('powers'), scale: z.number().positive(), exponents: z.array(z.number().positive()).min(1).max(16) }),
  z.strictObject({ kind: z.literal('natural-spline'), knots: z.array(z.number()).min(3).max(64) }),
]);

export type Basis = z.infer<typeof basisSchema>;

/** Number of columns of a basis. */
export function basisWidth(basis: Basis): number {
  switch (basis.kind) {
    case 'powers':
      return basis.exponents.length;
    case 'natural-spline':
      return basis.knots.length - 1;
    default:
      return basis satisfies never;
  }
}

/** Writes the basis's columns at x into `out` from `offset`. Fractional powers of a negative x are taken of |x| and keep its sign. */
export function evaluateBasis(basis: Basis, x: number, out: Float64Array, offset: number): void {
  switch (basis.kind) {
    case 'powers': {
      const scaled = x / basis.scale;
      for (let k = 0; k < basis.exponents.length; k++) out[offset + k] = power(scaled, basis.exponents[k] ?? 1);
      return;
    }
    case 'natural-spline':
      evaluateNaturalSpline(basis.knots, x, out, offset);
      return;
    default:
      basis satisfies never;
  }
}

/** |x| to an exponent with the sign of x; the usual exponents without the cost of the general one. */
export function power(x: number, exponent: number): number {
  if (exponent === 1) return x;
  if (exponent === 2) return x * x;
  const size = Math.abs(x);
  const value = exponent === 0.5 ? Math.sqrt(size) : exponent === 1.5 ? size * Math.sqrt(size) : size ** exponent;
  return x < 0 ? -value : value;
}

function evaluateNaturalSpline(knots: readonly number[], x: number, out: Float64Array, offset: number): void {
  const last = knots[knots.length - 1] ?? 0;
  const beforeLast = knots[knots.length - 2] ?? 0;
  const cubes = (k: number): number => {
    const knot = knots[k] ?? 0;
    return (cubeAbove(x - knot) - cubeAbove(x - last)) / (last - knot);
  };
  const reference = (cubeAbove(x - beforeLast) - cubeAbove(x - last)) / (last - beforeLast);
  out[offset] = x;
  for (let k = 0; k < knots.length - 2; k++) out[offset + 1 + k] = cubes(k) - reference;
}

const cubeAbove = (x: number): number => (x > 0 ? x * x * x : 0);
