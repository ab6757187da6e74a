import { z } from 'zod';
import { boostedTreesSchema } from './boosted-trees.ts';
import { gaussianProcessSchema } from './gaussian-process.ts';
import { inputSpaceSchema } from './inputs.ts';
import { linearModelSchema } from './linear-regression.ts';
import { standInGroupsSchema } from './stand-in-groups.ts';

/** One family's model, on a target of mean 0 and variance 1. */
export const familyModelSchema = z.discriminatedUnion('kind', [linearModelSchema, gaussianProcessSchema, boostedTreesSchema]);

/** What a family's number z says in the target's unit: center + scale z, or smear · exp(center + scale z) - offset, with z beyond lowest..highest softened. */
export const targetScaleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('plain'), center: z.number(), scale: z.number().positive() }),
  z.strictObject({ kind: z.literal('log'), center: z.number(), scale: z.number().positive(), offset: z.number().min(0), smear: z.number().positive(), lowest: z.number(), highest: z.number() }),
]);

export type FamilyModel = z.infer<typeof familyModelSchema>;
export type TargetScale = z.infer<typeof targetScaleSchema>;

/**
 * A logarithm's score that goes on smoothly, but ever more slowly, beyond what training can vouch for: the value v grows as h · (1 + ln(v / h)) above
 * the one h at `highest`, and likewise below `lowest`. Cut, it would be a cliff; left alone, e to the power of a mistake.
 */
export function softened({ lowest, highest, scale }: Extract<TargetScale, { kind: 'log' }>, score: number): number {
  if (score > highest) return highest + Math.log1p((score - highest) * scale) / scale;
  return score < lowest ? lowest - Math.log1p((lowest - score) * scale) / scale : score;
}

/** Predictions on a scale, in the target's unit; in place. */
export function toTarget(scale: TargetScale, values: Float64Array): Float64Array {
  for (let row = 0; row < values.length; row++) {
    const score = values[row] ?? 0;
    values[row] =
      scale.kind === 'plain' ? scale.center + scale.scale * score : scale.smear * Math.exp(scale.center + scale.scale * softened(scale, score)) - scale.offset;
  }
  return values;
}

/** A weighted mean of families, handing over from `weight` to `weight_beyond` outside the ranges that the numbers had in training. */
export const combinedModelSchema = z.strictObject({
  kind: z.literal('combined'),
  space: inputSpaceSchema,
  members: z
    .array(z.strictObject({ name: z.string(), scale: targetScaleSchema, model: familyModelSchema, weight: z.number().min(0), weight_beyond: z.number().min(0) }))
    .min(1),
  unknown: z.array(standInGroupsSchema).describe('By category: the groups that one is taken for that training never saw'),
  smallest: z.number().nullable().describe('No prediction is below this'),
});

export type CombinedModel = z.infer<typeof combinedModelSchema>;
