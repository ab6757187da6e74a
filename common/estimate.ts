import { z } from 'zod';

/** Nominal coverage of every prediction interval: the share of parts whose time lies inside it. */
export const nominalCoverage = 0.9;

/** How a feature moved one estimate away from the average part's, in the target's unit. */
export const explanationSchema = z.strictObject({
  average: z.number().describe('Estimate of the average training part'),
  contributions: z.record(z.string(), z.number()).describe('Difference that each feature makes; average + all of them = the estimate'),
  error: z.number().optional().describe('Standard error of a contribution where they are sampled; without it they are exact'),
});

export type Explanation = z.infer<typeof explanationSchema>;

/** One part's estimate as it travels between processes: value, interval, flags and, where asked for, the explanation. */
export const estimateSchema = z.union([
  z.tuple([z.number(), z.number(), z.number(), z.array(z.string())]),
  z.tuple([z.number(), z.number(), z.number(), z.array(z.string()), explanationSchema]),
]);

export type Estimate = z.infer<typeof estimateSchema>;

/** Estimates of many parts: arrays of one length; `flags` holds only the rows that have some. */
export const estimateColumnsSchema = z.strictObject({
  value: z.array(z.number()),
  low: z.array(z.number()),
  high: z.array(z.number()),
  flags: z.record(z.string(), z.array(z.string())),
});

export type EstimateColumns = z.infer<typeof estimateColumnsSchema>;

/** Names of the columns that an estimate adds to a part, for a target of this name. */
export function estimateColumnNames(target: string): readonly [string, string, string, 'flags', 'model_version'] {
  return [target, `${target}_low`, `${target}_high`, 'flags', 'model_version'];
}
