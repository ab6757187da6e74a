import { z } from 'zod';
import { atomSchema, evaluateAtom } from './atom.ts';
import type { Prediction } from './combined-regression.ts';
import type { Inputs } from './inputs.ts';
import { distanceOf } from './reach.ts';

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
 * Where the model knows less the variance of what it does not know is added: σ² + (widen · |value|)².
 */
export const scaledIntervalSchema = z.strictObject({
  kind: z.literal('scaled'),
  coverage: z.number().gt(0).lt(1),
  intercept: z.number(),
  terms: z.array(doubtTermSchema),
  low: z.number(),
  high: z.number(),
  beyond: z.number().min(1).describe('Factor just beyond the training ranges; it grows from there'),
  unknown: z.array(z.number().min(0)).describe('By category: how far the value varies with it, relative to the value; for a group never seen'),
  missing: z.array(z.number().min(0)).describe('By number of the space: the same, for a missing one'),
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

/** How fast the doubt grows beyond the data: twice as wide two thirds of a range outside. No data can tell; it is what the ends of many laws showed. */
const growth = 1.5;

/** Bounds of each row's interval. `isMissing` tells of a number of the space whether it was missing in a row; undefined where none was. */
export function scaledBounds(interval: ScaledInterval, inputs: Inputs, prediction: Prediction, isMissing?: (number: number, row: number) => boolean): { low: Float64Array; high: Float64Array } {
  const sigma = deviations(interval, inputs, prediction);
  const { value, beyond } = prediction;
  const low = new Float64Array(inputs.rows);
  const high = new Float64Array(inputs.rows);
  const half = (interval.high - interval.low) / 2;
  for (let row = 0; row < inputs.rows; row++) {
    const center = value[row] ?? 0;
    const reach = beyond[row] ?? 0;
    const deviation = (sigma[row] ?? 0) * (reach > 0 ? (1 + (interval.beyond - 1) * reach) * (1 + growth * distanceOf(reach)) : 1);
    let unknown = 0;
    for (let c = 0; c < inputs.categories.length; c++) if ((inputs.categories[c]?.[row] ?? 0) < 0) unknown += ((interval.unknown[c] ?? 0) * center) ** 2;
    if (isMissing) for (let d = 0; d < inputs.numbers.length; d++) if (isMissing(d, row)) unknown += ((interval.missing[d] ?? 0) * center) ** 2;
    const factor = unknown > 0 && deviation * half > 0 ? Math.sqrt(1 + (unknown * 1.645 ** 2) / (deviation * half) ** 2) : 1;
    low[row] = center + interval.low * deviation * factor;
    high[row] = center + interval.high * deviation * factor;
  }
  return { low, high };
}
