import { nominalCoverage } from '../common/estimate.ts';
import { SpindleError } from '../common/errors.ts';
import { CombinedRegression } from '../common/model/combined-regression.ts';
import { Estimator } from '../common/model/estimator.ts';
import { InputReader, type Inputs, inputRows } from '../common/model/inputs.ts';
import { type ModelFile, type Report, modelFileSchema } from '../common/model/model-file.ts';
import type { Part } from '../common/part.ts';
import type { PartSchema } from '../common/part-schema.ts';
import { figuresByCategory, overallFigures } from './evaluate.ts';
import { calibrate } from './fit/calibrate.ts';
import { canonicalOrder } from './fit/canonical-order.ts';
import { type CombinedFit, combine } from './fit/combine.ts';
import { effectsOf } from './fit/effects.ts';
import { ignorance } from './fit/ignorance.ts';
import { inputSpaceOf } from './fit/input-space.ts';
import { sampleRows } from './fit/sample-rows.ts';
import { judge } from './gate.ts';
import type { OnProgress } from './training-progress.ts';
import type { TrainingData, TrainingTable } from './training-table.ts';

/** Everything that a fit depends on. */
export interface TrainingInput {
  data: TrainingData;
  source: { name: string; sha256: string };
  seed: number;
  /** Only the families that take a second: a model for the first minute. */
  quick?: boolean;
}

/** A trained model, and its report but for what differs from run to run. */
export interface TrainedModel {
  schema: PartSchema;
  model: ModelFile;
  report: Omit<Report, 'version' | 'created_at' | 'duration_s'>;
}

const goldenRows = 20;
/** Parts that others are explained against. */
const backgroundRows = 16;

/**
 * Learns a model from a table: combines all families by their out-of-fold predictions, calibrates the interval on their errors, evaluates and judges.
 * Pure: the same input gives the same model to the byte. Throws `unusable_training_data` where no family has a finite error.
 */
export function trainModel({ data, source, seed, quick = false }: TrainingInput, onProgress?: OnProgress): TrainedModel {
  const { schema, refused } = data;
  const table = canonicalOrder(schema, data.table);
  onProgress?.({ stage: 'preparing', fraction: 0 });
  const { space, notes } = inputSpaceOf(schema, table);
  const inputs = new InputReader(space, schema).read(table, 0, table.rows);
  const fit = combine(space, inputs, table.target, { seed, quick, onFamily: (_, fraction) => onProgress?.({ stage: 'choosing', fraction }) });
  if (!fit) throw new SpindleError('unusable_training_data', 'no model has a finite error on this data: look for columns that say nothing, and for values that are many orders of magnitude too large');
  onProgress?.({ stage: 'evaluating', fraction: 0 });
  const calibration = calibrate({ inputs, target: table.target, value: fit.outOfFold, spread: fit.spread, outlying: fit.outlying, folds: fit.folds, smallest: fit.model.smallest }, nominalCoverage);
  const regression = new CombinedRegression(fit.model);
  const background = inputRows(inputs, sampleRows(inputs.rows, backgroundRows, seed + 31));
  const residuals = table.target.map((actual, row) => actual - (fit.outOfFold[row] ?? 0));
  const inside = Uint8Array.from(table.target, (actual, row) => (actual >= (calibration.low[row] ?? 0) && actual <= (calibration.high[row] ?? 0) ? 1 : 0));
  const overall = overallFigures(residuals, inside);
  const interval_width = calibration.low.reduce((sum, low, row) => sum + (calibration.high[row] ?? 0) - low, 0) / table.rows;
  const calibrated: Omit<ModelFile, 'golden'> = {
    format: 1,
    regression: fit.model,
    interval: { ...calibration.interval, beyond: fit.endFactor, ...ignorance(regression, inputs, seed) },
    background: { numbers: background.numbers.map((values) => [...values]), categories: background.categories.map((groups) => [...groups]) },
    decimals: decimalsFor(overall.rmse, largest(table.target)),
  };
  const baseline = baselineResiduals(table.target, fit.folds);
  const square = (residual: number): number => residual * residual;
  const unit = schema.target.unit === undefined ? '' : ` ${schema.target.unit}`;
  return {
    schema,
    model: asWritten({ ...calibrated, golden: golden(schema, calibrated, table) }),
    report: {
      data: { source: source.name, sha256: source.sha256, rows_used: table.rows, rows_refused: refused.count, refused: refused.first, notes: [...data.notes, ...notes, ...outlierNotes(fit)] },
      seed,
      folds: fit.folds.length,
      families: fit.tried,
      gross_errors: fit.outlying.reduce((sum, one) => sum + one, 0),
      baseline_rmse: overallFigures(baseline, inside).rmse,
      overall: { ...overall, interval_width },
      by_category: figuresByCategory(schema, table, residuals, inside),
      effects: effects(schema, regression, inputs, seed),
      gate: judge({ candidate: residuals.map(square), baseline: baseline.map(square), unit }),
    },
  };
}

/** The model as its file will hold it: without minus zeros, and refused where a number is not finite. Throws a ZodError, which is a defect of the trainer. */
function asWritten(model: ModelFile): ModelFile {
  return modelFileSchema.parse(JSON.parse(JSON.stringify(model)));
}

function outlierNotes({ outlying }: CombinedFit): string[] {
  const rows = outlying.reduce((sum, one) => sum + one, 0);
  return rows === 0 ? [] : [`${rows} rows have a target that no family can explain, as by a clock left running: nothing is learned from them`];
}

/** Errors of the plain mean of the other folds. */
function baselineResiduals(target: Float64Array, folds: readonly Uint32Array[]): Float64Array {
  const total = target.reduce((sum, value) => sum + value, 0);
  const residuals = new Float64Array(target.length);
  for (const rows of folds) {
    const held = rows.reduce((sum, row) => sum + (target[row] ?? 0), 0);
    for (const row of rows) residuals[row] = (target[row] ?? 0) - (total - held) / Math.max(1, target.length - rows.length);
  }
  return residuals;
}

/** The effects under the features' own names and levels. */
function effects(schema: PartSchema, regression: CombinedRegression, inputs: Inputs, seed: number): NonNullable<Report['effects']> {
  const { space } = regression.model;
  return effectsOf(regression, inputs, seed).flatMap(({ input, importance, values, estimates }): NonNullable<Report['effects']> => {
    if (input.kind === 'number') return [{ feature: space.numbers[input.position]?.feature ?? '', importance, values, estimates }];
    const category = space.categories[input.position];
    if (category?.kind !== 'levels') return [];
    const levels = schema.features.find(({ name }) => name === category.feature)?.levels ?? [];
    const named = values.map((group) => (group === category.missing ? 'missing' : (levels[category.group_of.indexOf(group)] ?? '')));
    return [{ feature: category.feature, importance, values: named, estimates }];
  });
}

/** Decimal places that round to no more than a hundredth of the error, as far as a double holds them beside its largest value. */
export function decimalsFor(rmse: number, largestTarget: number): number {
  const wanted = rmse > 0 ? Math.ceil(-Math.log10(rmse / 100)) : 12;
  const held = 14 - Math.ceil(Math.log10(Math.max(1, largestTarget)));
  return Math.max(0, Math.min(wanted, held, 12));
}

const largest = (values: Float64Array): number => values.reduce((max, value) => Math.max(max, value), 0);

/** Parts spread evenly over the training parts sorted by their target, with the estimates that the shared Estimator gives them. */
function golden(schema: PartSchema, model: Omit<ModelFile, 'golden'>, table: TrainingTable): ModelFile['golden'] {
  const estimator = new Estimator('golden', schema, { ...model, golden: [] });
  const order = Uint32Array.from(table.target, (_, row) => row).sort((a, b) => (table.target[a] ?? 0) - (table.target[b] ?? 0) || a - b);
  const count = Math.min(goldenRows, table.rows);
  const parts = Array.from({ length: count }, (_, g) => partAt(schema, table, order[Math.round((g * (table.rows - 1)) / Math.max(1, count - 1))] ?? 0));
  return estimator.estimate(parts).map(([value, low, high], g) => ({ part: parts[g] ?? [], estimate: [value, low, high] }));
}

function partAt(schema: PartSchema, table: TrainingTable, row: number): Part {
  return schema.features.map(({ levels }, f) => {
    const value = table.columns[f]?.[row] ?? NaN;
    if (Number.isNaN(value)) return null;
    return levels ? (levels[value] ?? '') : value;
  });
}
