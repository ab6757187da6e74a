import { z } from 'zod';
import { basisSchema } from './basis.ts';
import { versionIdSchema } from './version-id.ts';

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

/** `model.json`: the whole model as data. */
export const modelFileSchema = z.strictObject({
  format: z.literal(1),
  regression: additiveModelSchema,
  interval: z.strictObject({
    kind: z.literal('absolute').describe('value ± half_width'),
    half_width: z.number().min(0),
    coverage: z.number().gt(0).lt(1),
  }),
  decimals: z.int().min(0).max(12).describe('Decimal places of every published number'),
  golden: z
    .array(
      z.strictObject({
        part: z.array(z.union([z.number(), z.string()])),
        estimate: z.tuple([z.number(), z.number(), z.number()]),
      }),
    )
    .min(1)
    .describe('Parts with the estimates that every reader must reproduce'),
});

const errorFiguresSchema = z.strictObject({
  rmse: z.number().describe('Root mean square error'),
  mae: z.number().describe('Mean absolute error'),
  bias: z.number().describe('Mean of estimate - actual'),
});

const groupFiguresSchema = z.strictObject({
  ...errorFiguresSchema.shape,
  rows: z.int(),
  coverage: z.number().describe('Share of actuals inside their interval'),
});

const refusedRowSchema = z.strictObject({ line: z.int(), reason: z.string() });

/** `report.json`: how the version came about and how good it is. All errors are out of fold, in the target's unit. */
export const reportSchema = z.strictObject({
  version: versionIdSchema,
  created_at: z.iso.datetime(),
  data: z.strictObject({
    source: z.string().describe('demonstration, upload or the name of a file'),
    sha256: z.string(),
    rows_used: z.int(),
    rows_refused: z.int(),
    refused: z.array(refusedRowSchema).describe('The first hundred'),
    notes: z.array(z.string()).describe('What was left out or simplified, in words'),
  }),
  seed: z.int(),
  folds: z.int(),
  candidates: z.array(z.strictObject({ basis: z.string(), ridge: z.number(), rmse: z.number() })).describe('Every basis and penalty tried, with its cross-validated error'),
  chosen: z.strictObject({ basis: z.string(), ridge: z.number() }),
  baseline_rmse: z.number().describe('Cross-validated error of the plain mean'),
  overall: groupFiguresSchema.extend({ interval_width: z.number().describe('Mean width of the interval') }),
  by_category: z.record(z.string(), z.record(z.string(), groupFiguresSchema)).describe('feature → level → figures'),
  gate: z.strictObject({ verdict: z.enum(['promoted', 'kept', 'overridden']), reason: z.string() }),
  duration_s: z.number(),
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
export type Report = z.infer<typeof reportSchema>;
export type Checksums = z.infer<typeof checksumsSchema>;
