import { z } from 'zod';
import { basisSchema } from './basis.ts';
import { combinedModelSchema } from './combined-model.ts';
import { intervalSchema } from './interval.ts';
import { packedArraySchema } from './packed-array.ts';

const termSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('smooth'),
    feature: z.string(),
    basis: basisSchema,
    coefficients: z.array(z.number()).min(1),
    average: z.number().describe('Mean contribution over the training parts'),
  }),
  z.strictObject({
    kind: z.literal('levels'),
    feature: z.string(),
    coefficients: z.array(z.number()).min(1).describe('One for each level of the schema'),
    average: z.number().describe('Mean contribution over the training parts'),
  }),
]);

/** A sum of one term a feature: intercept + Σ_f coefficients_f · basis_f(x_f), in the target's unit. */
export const additiveModelSchema = z.strictObject({
  kind: z.literal('additive'),
  intercept: z.number(),
  terms: z.array(termSchema).min(1),
});

/** What a model said out of fold of each row that it has learned from, so that another can be compared with it on the same rows. */
export const trainingRowsSchema = z.strictObject({
  fingerprints: packedArraySchema.describe('Hash of each row, of the features that the model reads and the target; ascending'),
  residuals: packedArraySchema.describe('Actual - estimate out of fold of each of these rows'),
});

/** `model.json`: the whole model as data. */
export const modelFileSchema = z.strictObject({
  format: z.literal(1),
  regression: z.discriminatedUnion('kind', [additiveModelSchema, combinedModelSchema]),
  interval: intervalSchema,
  background: z
    .strictObject({ numbers: z.array(z.array(z.number())), categories: z.array(z.array(z.int())), weights: z.array(z.number().positive()).describe('By part; their sum is 1, and the weighted mean estimate is that of all training parts') })
    .optional()
    .describe('Inputs of parts that a combined model explains others against'),
  training_rows: trainingRowsSchema.optional(),
  decimals: z.int().min(0).max(12).describe('Decimal places of every published number'),
  golden: z
    .array(
      z.strictObject({
        part: z.array(z.union([z.number(), z.string(), z.null()])),
        estimate: z.tuple([z.number(), z.number(), z.number()]),
      }),
    )
    .min(1)
    .describe('Parts with the estimates that every reader must reproduce'),
});

/** `checksums.json`: SHA-256 of the other three files, in hexadecimal. */
export const checksumsSchema = z.strictObject({
  'schema.json': z.string().length(64),
  'model.json': z.string().length(64),
  'report.json': z.string().length(64),
});

export type SmoothTerm = Extract<z.infer<typeof termSchema>, { kind: 'smooth' }>;
export type LevelsTerm = Extract<z.infer<typeof termSchema>, { kind: 'levels' }>;
export type AdditiveModel = z.infer<typeof additiveModelSchema>;
export type ModelFile = z.infer<typeof modelFileSchema>;
export type TrainingRows = z.infer<typeof trainingRowsSchema>;
export type Checksums = z.infer<typeof checksumsSchema>;
