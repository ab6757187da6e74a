import { z } from 'zod';
import type { Inputs } from './inputs.ts';

/**
 * The covariance of a Gaussian process over numbers and categories:
 * k(x, x') = product² · m(r) + Σ_d additive_d² · m(|u_d - u'_d| / additive_length_d) + Σ_d linear_d² u_d u'_d + Σ_c additive_c² [c = c'] + constant²,
 * r² = Σ_d (u_d - u'_d)² / length_d² + Σ_c [c ≠ c'] / length_c², m the Matérn 5/2 function
 * (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, equation 4.17). u is x warped: 12^½ · (ln(1 + bend · t) / ln(1 + bend) - ½), t = (x - origin) / unit,
 * which goes from a straight line (bend → 0) to the logarithm, and is a straight line below t = 0.
 */
export const covarianceSchema = z.strictObject({
  product: z.number().min(0),
  constant: z.number().min(0),
  numbers: z.array(
    z.strictObject({ input: z.int().min(0), origin: z.number(), unit: z.number().positive(), bend: z.number().positive(), length: z.number().positive(), additive: z.number().min(0), additive_length: z.number().positive(), linear: z.number().min(0) }),
  ),
  categories: z.array(z.strictObject({ input: z.int().min(0), length: z.number().positive(), additive: z.number().min(0) })),
});

export type Covariance = z.infer<typeof covarianceSchema>;

const spread = Math.sqrt(12);
const root5 = Math.sqrt(5);

/** The warped value u of t. */
export function warp(t: number, bend: number): number {
  const span = Math.log1p(bend);
  return spread * ((t > 0 ? Math.log1p(bend * t) : bend * t) / span - 0.5);
}

/** ∂u / ∂ ln bend at t. */
export function warpSlope(t: number, bend: number): number {
  const span = Math.log1p(bend);
  const value = t > 0 ? Math.log1p(bend * t) : bend * t;
  const slope = t > 0 ? t / (1 + bend * t) : t;
  return spread * bend * (slope / span - value / ((1 + bend) * span * span));
}

/** Matérn 5/2: (1 + √5 r + 5r²/3) e^(-√5 r), of r². */
export function matern(squared: number): number {
  const s = root5 * Math.sqrt(squared);
  return (1 + s + (s * s) / 3) * Math.exp(-s);
}

/** Numbers of the inputs warped, row by row: `warped[row · count + d]`. */
export function warpInputs({ numbers }: Covariance, inputs: Inputs): Float64Array {
  const count = numbers.length;
  const out = new Float64Array(inputs.rows * count);
  for (let d = 0; d < count; d++) {
    const number = numbers[d];
    const values = number && inputs.numbers[number.input];
    if (!values) continue;
    for (let row = 0; row < inputs.rows; row++) out[row * count + d] = warp(((values[row] ?? 0) - number.origin) / number.unit, number.bend);
  }
  return out;
}

/** Groups of the inputs' categories, row by row. */
export function groupRows({ categories }: Covariance, inputs: Inputs): Int32Array {
  const count = categories.length;
  const out = new Int32Array(inputs.rows * count);
  for (let c = 0; c < count; c++) {
    const groups = inputs.categories[categories[c]?.input ?? 0];
    for (let row = 0; row < inputs.rows; row++) out[row * count + c] = groups?.[row] ?? -1;
  }
  return out;
}

/** Inputs as a covariance reads them. */
export interface WarpedInputs {
  rows: number;
  warped: Float64Array;
  groups: Int32Array;
}

/** Warps and lays out inputs for `covarianceBetween`. */
export function warpedInputs(covariance: Covariance, inputs: Inputs): WarpedInputs {
  return { rows: inputs.rows, warped: warpInputs(covariance, inputs), groups: groupRows(covariance, inputs) };
}

/** k of every row of `a` with every row of `b`: out[i · b.rows + j]. Groups below 0 equal no other, not even themselves. */
export function covarianceBetween(covariance: Covariance, a: WarpedInputs, b: WarpedInputs, symmetric = false): Float64Array {
  const { numbers, categories } = covariance;
  const width = numbers.length;
  const kinds = categories.length;
  const inverse = Float64Array.from(numbers, ({ length }) => 1 / (length * length));
  const additive = Float64Array.from(numbers, (number) => number.additive ** 2);
  const linear = Float64Array.from(numbers, (number) => number.linear ** 2);
  const apart = Float64Array.from(categories, ({ length }) => 1 / (length * length));
  const same = Float64Array.from(categories, (category) => category.additive ** 2);
  const product = covariance.product ** 2;
  const constant = covariance.constant ** 2;
  const ownScale = Float64Array.from(numbers, (number) => 1 / number.additive_length ** 2);
  const out = new Float64Array(a.rows * b.rows);
  for (let i = 0; i < a.rows; i++) {
    const until = symmetric ? i + 1 : b.rows;
    for (let j = 0; j < until; j++) {
      let squared = 0;
      let sum = constant;
      for (let d = 0; d < width; d++) {
        const u = a.warped[i * width + d] ?? 0;
        const v = b.warped[j * width + d] ?? 0;
        const difference = (u - v) * (u - v);
        squared += difference * (inverse[d] ?? 0);
        const share = additive[d] ?? 0;
        if (share > 1e-9) sum += share * matern(difference * (ownScale[d] ?? 1));
        sum += (linear[d] ?? 0) * u * v;
      }
      for (let c = 0; c < kinds; c++) {
        const group = a.groups[i * kinds + c] ?? -1;
        if (group >= 0 && group === b.groups[j * kinds + c]) sum += same[c] ?? 0;
        else squared += apart[c] ?? 0;
      }
      out[i * b.rows + j] = sum + product * matern(squared);
    }
  }
  return out;
}
