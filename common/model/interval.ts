import { z } from 'zod';
import { atomSchema, evaluateAtom } from './atom.ts';
import type { Prediction } from './combined-regression.ts';
import type { Inputs } from './inputs.ts';
import { reachOf } from './reach.ts';

/** What a part's doubt is told by: the logarithm of its predicted value, of its members' spread, or a function of an input; cut to what training saw. */
const doubtTermSchema = z.strictObject({
  of: z.union([z.enum(['value', 'spread']), atomSchema]),
  offset: z.number().describe('Added before the logarithm is taken'),
  lowest: z.number(),
  highest: z.number(),
  coefficient: z.number(),
});

/**
 * value + low · σ … value + high · σ with ln σ = intercept + Σ coefficient · term, and low and high the conformal quantiles of (actual - value) / σ out of fold.
 * Where the model knows less, what it does not know is added to either side as another deviation is: for a missing number, for an unknown group, and for what the value gains beyond the data.
 */
export const scaledIntervalSchema = z.strictObject({
  kind: z.literal('scaled'),
  coverage: z.number().gt(0).lt(1),
  intercept: z.number(),
  terms: z.array(doubtTermSchema),
  low: z.number(),
  high: z.number(),
  beyond: z.number().min(1).describe('Factor just beyond the training ranges; it grows from there'),
  missing: z.array(z.number().min(0)).describe('By number of the space: how far the value varies with it, relative to the value; for a missing one'),
});

/** value ± half_width. */
export const absoluteIntervalSchema = z.strictObject({
  kind: z.literal('absolute').describe('value ± half_width'),
  half_width: z.number().min(0),
  coverage: z.number().gt(0).lt(1),
});

export const intervalSchema = z.discriminatedUnion('kind', [absoluteIntervalSchema, scaledIntervalSchema]);

export type ScaledInterval = z.infer<typeof scaledIntervalSchema>;
export type DoubtTerm = z.infer<typeof doubtTermSchema>;
export type IntervalModel = z.infer<typeof intervalSchema>;

/** A doubt term's values before its coefficient. */
export function doubtTerm({ of, offset, lowest, highest }: Omit<DoubtTerm, 'coefficient'>, inputs: Inputs, { value, spread }: Pick<Prediction, 'value' | 'spread'>): Float64Array {
  const out = typeof of === 'object' ? evaluateAtom(of, inputs) : (of === 'value' ? value : spread).map((number) => Math.log(Math.max(0, number) + offset));
  for (let row = 0; row < out.length; row++) out[row] = Math.max(lowest, Math.min(highest, out[row] ?? 0));
  return out;
}

/** σ of each row. */
export function deviations({ intercept, terms }: Pick<ScaledInterval, 'intercept' | 'terms'>, inputs: Inputs, prediction: Pick<Prediction, 'value' | 'spread'>): Float64Array {
  const out = new Float64Array(inputs.rows).fill(intercept);
  for (const term of terms) {
    const values = doubtTerm(term, inputs, prediction);
    for (let row = 0; row < out.length; row++) out[row] = (out[row] ?? 0) + term.coefficient * (values[row] ?? 0);
  }
  for (let row = 0; row < out.length; row++) out[row] = Math.exp(out[row] ?? 0);
  return out;
}

/** How fast the doubt grows beyond the data: twice as wide two thirds of a range outside. No data can tell; it is what the ends of many laws showed. From so many ranges on it grows as the logarithm does. */
const growth = 1.5;
const farRanges = 2;
/** Ranges beyond the data at which half of what the value gains there is in doubt; farther off all of it and more is. */
const halfDoubted = 8;
/** Standard normal deviations that hold 90 %. */
const deviations90 = 1.645;

/** σ beyond the data relative to that within. */
function growthBeyond(distance: number, atBorder: number): number {
  const far = distance <= farRanges ? distance : farRanges * (1 + Math.log(distance / farRanges));
  return (1 + (atBorder - 1) * reachOf(distance)) * (1 + growth * far);
}

/** The share in doubt of what a value gains beyond the data: hardly any near them, all and more far away. */
function doubtOfChange(distance: number): number {
  return (distance ** 2 / (distance ** 2 + halfDoubted ** 2)) * (1 + distance / halfDoubted);
}

/** The square of what the numbers that a row lacks add to either side of its interval, by row. */
export function squaresOfGaps(missing: readonly number[], value: Float64Array, isMissing: (number: number, row: number) => boolean): Float64Array {
  return value.map((center, row) => missing.reduce((sum, share, d) => sum + (isMissing(d, row) ? (share * center * deviations90) ** 2 : 0), 0));
}

/** Bounds of each row's interval. `isMissing` tells of a number of the space whether it was missing in a row; undefined where none was. */
export function scaledBounds(interval: ScaledInterval, inputs: Inputs, prediction: Prediction, isMissing?: (number: number, row: number) => boolean): { low: Float64Array; high: Float64Array } {
  const sigma = deviations(interval, inputs, prediction);
  const { value, beyond, change, below, above } = prediction;
  const gaps = isMissing && squaresOfGaps(interval.missing, value, isMissing);
  const low = new Float64Array(inputs.rows);
  const high = new Float64Array(inputs.rows);
  for (let row = 0; row < inputs.rows; row++) {
    const center = value[row] ?? 0;
    const distance = beyond[row] ?? 0;
    const deviation = (sigma[row] ?? 0) * (distance > 0 ? growthBeyond(distance, interval.beyond) : 1);
    const more = (gaps?.[row] ?? 0) + (change && distance > 0 ? ((change[row] ?? 0) * doubtOfChange(distance)) ** 2 : 0);
    low[row] = center - widened(-interval.low * deviation, more + (below?.[row] ?? 0) ** 2);
    high[row] = center + widened(interval.high * deviation, more + (above?.[row] ?? 0) ** 2);
  }
  return { low, high };
}

/** A side of an interval with the square of what else is in doubt. */
export const widened = (side: number, square: number): number => (square > 0 ? Math.sqrt(Math.max(0, side) ** 2 + square) : side);
