import { z } from 'zod';
import { boostedTreesSchema } from './boosted-trees.ts';
import { gaussianProcessSchema } from './gaussian-process.ts';
import { inputSpaceSchema } from './inputs.ts';
import { linearModelSchema } from './linear-regression.ts';

/** One family's model, on a target of mean 0 and variance 1. */
export const familyModelSchema = z.discriminatedUnion('kind', [linearModelSchema, gaussianProcessSchema, boostedTreesSchema]);

/** What a family's number z says in the target's unit: center + scale z, or smear · exp(center + scale z) - offset with z cut to lowest..highest. */
export const targetScaleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('plain'), center: z.number(), scale: z.number().positive() }),
  z.strictObject({ kind: z.literal('log'), center: z.number(), scale: z.number().positive(), offset: z.number().min(0), smear: z.number().positive(), lowest: z.number(), highest: z.number() }),
]);

export type FamilyModel = z.infer<typeof familyModelSchema>;
export type TargetScale = z.infer<typeof targetScaleSchema>;

/** Predictions on a scale, in the target's unit; in place. */
export function toTarget(scale: TargetScale, values: Float64Array): Float64Array {
  for (let row = 0; row < values.length; row++) {
    const score = values[row] ?? 0;
    values[row] =
      scale.kind === 'plain' ? scale.center + scale.scale * score : scale.smear * Math.exp(scale.center + scale.scale * Math.max(scale.lowest, Math.min(scale.highest, score))) - scale.offset;
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
  smallest: z.number().nullable().describe('No prediction is below this'),
});

export type CombinedModel = z.infer<typeof combinedModelSchema>;
