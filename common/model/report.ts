import { z } from 'zod';
import { versionIdSchema } from './version-id.ts';

/** Where training data come from. */
const dataOrigins = ['demonstration', 'upload', 'file'] as const;

const quantity = (what: string) => z.number().describe(what);

const errorFiguresSchema = z.strictObject({
  rmse: quantity('Root mean square error'),
  mae: quantity('Mean absolute error'),
  bias: quantity('Mean of estimate - actual'),
});

const groupFiguresSchema = z.strictObject({
  ...errorFiguresSchema.shape,
  rows: z.int(),
  coverage: quantity('Share of actuals inside their interval'),
  interval_width: quantity('Mean width of the interval').optional(),
});

/** A figure with its standard error. */
const estimatedSchema = z.strictObject({ value: z.number(), standard_error: z.number() });

const modelErrorsSchema = z.strictObject({
  model: z.string().describe('combined, plain mean, the name of a family, or of a fast fit and the families not tried that it stands for'),
  rmse: estimatedSchema,
  mae: estimatedSchema,
  median: estimatedSchema.describe('Median absolute error'),
  mape: estimatedSchema.nullable().describe('Mean of |estimate - actual| / actual as a share, over rows whose actual is not 0; null where there are none'),
  bias: estimatedSchema.describe('Mean of estimate - actual'),
});

const decileSchema = z.strictObject({
  from: quantity('Smallest estimate'),
  to: quantity('Largest estimate'),
  rows: z.int(),
  errors: z.array(z.number()).length(5).describe('Quantiles 5, 25, 50, 75 and 95 % of estimate - actual'),
  bias: quantity('Mean of estimate - actual'),
  rmse: quantity('Root mean square error'),
  coverage: quantity('Share of actuals inside their interval'),
  interval_width: quantity('Mean width of the interval'),
});

const comparedShape = {
  rows: z.int(),
  error: quantity('Root mean square error of this version, out of fold'),
  error_of_current: quantity('Of the version it was compared with: out of fold where that one has learned from the row'),
  difference: quantity('error - error_of_current'),
  standard_error: quantity('Of the difference, the rows taken in pairs'),
};

const comparisonShape = {
  ...comparedShape,
  limited: z
    .strictObject({ ...comparedShape, rows: z.int().describe('Rows that outweigh all others') })
    .optional()
    .describe('Where up to four rows outweigh all others: the comparison with a fifth of the evidence at most for each of them'),
};

/** What the gate found, in figures and words. */
export const gateSchema = z.strictObject({
  verdict: z.enum(['promoted', 'kept']).describe('Of the gate itself, also where it was overridden'),
  reason: z.string(),
  overridden: z.boolean().optional().describe('Made current although the gate would have kept it'),
  checks: z
    .array(z.strictObject({ check: z.enum(['finite', 'plain mean', 'comparable', 'all rows', 'few rows', 'new rows', 'categories', 'coverage', 'range', 'scale']), holds: z.boolean(), says: z.string() }))
    .optional()
    .describe('Every condition that was looked at'),
  compared_with: versionIdSchema.optional().describe('The version that was current'),
  ...z.strictObject(comparisonShape).partial().shape,
  rows_new: z.int().optional().describe('Rows that the version compared with has not learned from'),
  new_rows: z.strictObject(comparisonShape).optional().describe('The comparison on these rows alone, where there are enough'),
  by_category: z
    .strictObject({
      levels: z.int().describe('Levels with enough rows to be compared'),
      critical: quantity('Standard errors by which chance makes hardly any of these levels worse'),
      worst: z.array(z.strictObject({ feature: z.string(), level: z.string(), ...comparisonShape })).describe('Worst first, the first ten'),
    })
    .optional(),
  gross_errors: z.strictObject({ rows: z.int(), counted_as: quantity('Largest error that such a row counts with, in all comparisons') }).optional(),
});

/** `report.json`: how the version came about and how good it is. All errors are out of fold, in the target's unit, and those with a sign are estimate - actual. */
export const reportSchema = z.strictObject({
  version: versionIdSchema,
  created_at: z.iso.datetime(),
  data: z.strictObject({
    source: z.string().describe('demonstration, upload or the name of a file'),
    origin: z.enum(dataOrigins).optional().describe('Where the data come from, whatever their name: the demonstration, an upload or a file'),
    sha256: z.string(),
    rows_used: z.int(),
    rows_refused: z.int(),
    refused: z.array(z.strictObject({ line: z.int(), reason: z.string() })).describe('The first hundred'),
    refused_by: z.array(z.strictObject({ column: z.string().describe('Empty for a row with more or fewer cells than the header'), rows: z.int() })).optional().describe('Rows refused by the column that is wrong in them, the most frequent first; a row may have several'),
    notes: z.array(z.string()).describe('What was left out or simplified, in words'),
  }),
  base: versionIdSchema.nullable().optional().describe('Version whose definitions (target, units, kinds, bounds, order of levels) held on for columns of the same name; null where there was none but the demonstration, or where a schema was given'),
  seed: z.int(),
  quick: z.boolean().optional().describe('Learned with the fast families only, to have a model within seconds'),
  folds: z.int(),
  candidates: z.array(z.strictObject({ basis: z.string(), ridge: z.number(), rmse: z.number() })).optional().describe('Of an additive model: every basis and penalty tried, with its cross-validated error'),
  chosen: z.strictObject({ basis: z.string(), ridge: z.number() }).optional().describe('Of an additive model'),
  families: z
    .array(z.strictObject({ name: z.string(), rmse: z.number(), mae: z.number(), weight: z.number(), note: z.string() }))
    .optional()
    .describe('Every family tried, with its cross-validated errors over the rows learned from and its weight; 0 for one that is not used'),
  families_skipped: z.array(z.strictObject({ name: z.string(), reason: z.string() })).optional().describe('Families not tried'),
  gross_errors: z.int().optional().describe('Rows that no family can explain: nothing is learned from them'),
  errors: z.array(modelErrorsSchema).optional().describe('On all rows used and the same folds: the combined model, the plain mean of the other folds, and every family alone; with few rows all from fits that were repeated without each fold, the choice of settings and members included'),
  errors_without_gross: z.array(modelErrorsSchema).optional().describe('The same without the rows that are gross errors, where there are any'),
  zero_targets: z.int().optional().describe('Rows whose actual is 0: they have no percentage error and are left out of mape'),
  effects: z
    .array(
      z.strictObject({
        feature: z.string(),
        importance: z.number().describe('Mean absolute change of an estimate when the feature takes the value that it has in another part'),
        values: z.array(z.union([z.number(), z.string()])),
        estimates: z.array(z.number()).describe('Mean estimate over parts that have this value in place of their own'),
      }),
    )
    .optional()
    .describe('What each feature does to the estimates, the most important first; those far down the list without values'),
  baseline_rmse: quantity('Cross-validated error of the plain mean'),
  overall: groupFiguresSchema.extend({
    interval_width: quantity('Mean width of the interval'),
    interval_score: quantity('Mean of width + 20 × the distance of an actual outside (Gneiting and Raftery, 2007), of rows that are no gross errors').optional(),
    coverage_without_gross: quantity('Share of actuals inside their interval, of rows that are no gross errors, where there are any').optional(),
    interval_score_with_gross: quantity('The interval score of all rows, where some are gross errors').optional(),
  }),
  doubt: z.string().optional().describe('By what the width of an interval is told: chosen by the interval score'),
  level_coverage: z
    .strictObject({ levels: z.int(), worst: z.array(z.strictObject({ feature: z.string(), level: z.string(), rows: z.int(), coverage: quantity('Share of actuals inside their interval') })) })
    .optional()
    .describe('Of every level with 200 or more rows: how many there are, and the ten that are covered least'),
  by_category: z.record(z.string(), z.record(z.string(), groupFiguresSchema)).describe('feature → level → figures, of the levels with the most rows'),
  category_levels: z.record(z.string(), z.int()).optional().describe('feature → levels that have rows'),
  deciles: z.array(decileSchema).optional().describe('The rows in ten equal parts by their estimate: errors and coverage, to be plotted'),
  calibration: z
    .array(z.strictObject({ nominal: z.number(), observed: z.number(), factor: z.number().nullable().describe('Width of an interval of this coverage in widths of the 90 % interval; null where that has no width') }))
    .optional()
    .describe('Coverage out of fold of intervals of other nominal coverages'),
  gate: gateSchema,
  duration_s: z.number(),
  stages_s: z.record(z.string(), z.number()).optional().describe('Seconds that each stage of the training took'),
});

export type Gate = z.infer<typeof gateSchema>;
export type Report = z.infer<typeof reportSchema>;
export type DataOrigin = (typeof dataOrigins)[number];
export type ModelErrors = z.infer<typeof modelErrorsSchema>;
export type GroupFigures = z.infer<typeof groupFiguresSchema>;
export type Decile = z.infer<typeof decileSchema>;

/** What became of a version when it was made: made current by the gate or against it, or kept. */
export function outcomeOf({ verdict, overridden }: Gate): 'promoted' | 'kept' | 'overridden' {
  return overridden ? 'overridden' : verdict;
}

/** True for a version that learned from the demonstration; before origins were recorded, by the name of the data. */
export function isDemonstration({ data }: Pick<Report, 'data'>): boolean {
  return (data.origin ?? data.source) === 'demonstration';
}
