import { nominalCoverage } from '../common/estimate.ts';
import { SpindleError, messageOf } from '../common/errors.ts';
import { CombinedRegression } from '../common/model/combined-regression.ts';
import { Estimator } from '../common/model/estimator.ts';
import { InputReader, type Inputs } from '../common/model/inputs.ts';
import { squaresOfGaps } from '../common/model/interval.ts';
import { type ModelFile, modelFileSchema } from '../common/model/model-file.ts';
import { atTheEnds } from '../common/model/reach.ts';
import { featuresRead } from '../common/model/regression.ts';
import type { DataOrigin, Report } from '../common/model/report.ts';
import type { Part } from '../common/part.ts';
import type { PartSchema } from '../common/part-schema.ts';
import { rounded } from './evaluate.ts';
import { type Calibration, calibrate } from './fit/calibrate.ts';
import { canonicalOrder } from './fit/canonical-order.ts';
import { combine } from './fit/combine.ts';
import { backgroundOf } from './fit/background.ts';
import { effectsOf } from './fit/effects.ts';
import { changesOverRange, ignorance, relevanceBeyond } from './fit/ignorance.ts';
import { inputSpaceOf } from './fit/input-space.ts';
import { publishedSchema } from './fit/published-schema.ts';
import { partsOf } from './fit/repeated-parts.ts';
import type { GateEvidence } from './gate.ts';
import { fingerprintRows } from './row-fingerprints.ts';
import { grossErrorNotes, repeatNotes } from './row-notes.ts';
import { reportOf } from './training-report.ts';
import type { OnProgress } from './training-progress.ts';
import { packTrainingRows } from './training-rows.ts';
import type { TrainingData, TrainingTable } from './training-table.ts';

/** Everything that a fit depends on. */
export interface TrainingInput {
  data: TrainingData;
  source: { name: string; origin?: DataOrigin; sha256: string };
  seed: number;
  /** Only the families that take a second, and no look for gross errors: a model for the first minute, on data known to be sound. */
  quick?: boolean;
}

/** A trained model, its report but for the gate's verdict and what differs from run to run, and what the gate judges by. */
export interface TrainedModel {
  schema: PartSchema;
  model: ModelFile;
  report: Omit<Report, 'version' | 'created_at' | 'duration_s' | 'stages_s' | 'gate'>;
  evidence: GateEvidence;
}

/** A report is read whole: notes in it, and characters of a note or a reason. */
const maxNotes = 100;
const maxRemark = 400;
const goldenRows = 20;

/**
 * Learns a model from a table: combines all families by their out-of-fold predictions, calibrates the interval on their errors, and evaluates.
 * Pure: the same input gives the same model to the byte. Throws `unusable_training_data` where no family has a finite error.
 */
export function trainModel({ data, source, seed, quick = false }: TrainingInput, onProgress?: OnProgress): TrainedModel {
  const { refused } = data;
  onProgress?.({ stage: 'preparing', fraction: 0 });
  const given = canonicalOrder(data.schema, data.table);
  const { space, uses, notes } = inputSpaceOf(data.schema, given);
  const { schema, table } = publishedSchema(data.schema, given, uses);
  const reader = new InputReader(space, schema);
  // Values absurdly far from all others would be all that a family sees of their column.
  const inputs = atTheEnds(space, reader.read(table, 0, table.rows));
  const fit = combine(space, inputs, table.target, { seed, quick, onFamily: (detail, fraction) => onProgress?.({ stage: 'choosing', fraction, detail }) });
  if (!fit) throw new SpindleError('unusable_training_data', 'no model has a finite error on this data: look for columns that say nothing, and for values that are many orders of magnitude too large');
  onProgress?.({ stage: 'evaluating', fraction: 0 });
  const regression = new CombinedRegression(fit.model);
  const missing = ignorance(regression, inputs, seed);
  const columns = reader.columns().numbers.map((column) => table.columns[column]);
  const relevance = relevanceBeyond(changesOverRange(regression, inputs, seed), inputs.numbers, table.target, fit.outOfFold);
  const gaps = squaresOfGaps(missing, fit.forIntervals.value, (number, row) => Number.isNaN(columns[number]?.[row]));
  const parts = partsOf(inputs);
  const calibration = calibrate({ inputs, target: table.target, ...fit.forIntervals, gaps, outlying: fit.outlying, folds: fit.folds, parts, smallest: fit.model.smallest }, nominalCoverage);
  const residuals = table.target.map((actual, row) => actual - (fit.outOfFold[row] ?? 0));
  const usual = residuals.filter((_, row) => fit.outlying[row] !== 1);
  const rmse = Math.sqrt(usual.reduce((sum, residual) => sum + residual ** 2, 0) / usual.length);
  const calibrated: Omit<ModelFile, 'golden'> = {
    format: 1,
    regression: { ...fit.model, space: { ...space, numbers: space.numbers.map((number, d) => ({ ...number, relevance: relevance[d] })) } },
    interval: { ...calibration.interval, beyond: fit.endFactor, missing },
    background: backgroundOf(regression, inputs),
    training_rows: packTrainingRows(fingerprintRows(schema, table, featuresRead(fit.model)), residuals),
    decimals: decimalsFor(rmse, largest(table.target)),
  };
  const plainMean = meansOfOtherFolds(table.target, fit.folds);
  return {
    schema,
    model: asWritten({ ...calibrated, golden: golden(schema, calibrated, table) }),
    report: {
      data: { source: source.name, ...(source.origin && { origin: source.origin }), sha256: source.sha256, rows_used: table.rows, rows_refused: refused.count, refused: refused.first.map(({ line, reason }) => ({ line, reason: reason.slice(0, maxRemark) })), ...(refused.by && { refused_by: refused.by }), notes: [...data.notes, ...notes, ...repeatNotes(given, inputs), ...grossErrorNotes({ schema, table, outlying: fit.outlying, estimate: fit.outOfFold }, data)].slice(0, maxNotes).map((note) => note.slice(0, maxRemark)) },
      seed,
      ...(quick && { quick }),
      ...reportOf({ schema, table, fit, calibration, plainMean, parts }),
      effects: effects(schema, regression, inputs, seed),
    },
    evidence: { schema, table, parts, residuals, meanResiduals: table.target.map((actual, row) => actual - (plainMean[row] ?? 0)), outlying: fit.outlying, within: placesOf(table.target, calibration) },
  };
}

/** Where each actual lies: 0 outside its interval, 1 within, 2 on a bound. */
function placesOf(actual: Float64Array, { low, high }: Calibration): Uint8Array {
  return Uint8Array.from(actual, (value, row) => {
    const [from, to] = [low[row] ?? 0, high[row] ?? 0];
    return value < from || value > to ? 0 : value > from && value < to ? 1 : 2;
  });
}

/** The model as its file will hold it: without minus zeros. Throws `unusable_training_data` where a number is not finite, which no data should bring about. */
function asWritten(model: ModelFile): ModelFile {
  const parsed = modelFileSchema.safeParse(JSON.parse(JSON.stringify(model)));
  if (parsed.success) return parsed.data;
  throw new SpindleError('unusable_training_data', `the model would not be sound (${messageOf(parsed.error)}): look for columns of values many orders of magnitude larger or smaller than those of others, and give them in another unit`, { cause: parsed.error });
}

/** The estimate of each row by the plain mean of the other folds. */
function meansOfOtherFolds(target: Float64Array, folds: readonly Uint32Array[]): Float64Array {
  const total = target.reduce((sum, value) => sum + value, 0);
  const means = new Float64Array(target.length);
  for (const rows of folds) {
    const held = rows.reduce((sum, row) => sum + (target[row] ?? 0), 0);
    for (const row of rows) means[row] = (total - held) / Math.max(1, target.length - rows.length);
  }
  return means;
}

/** Features whose effect is reported point by point, the most important ones. */
const maxEffects = 25;
/** Longest name of a level there, in characters. */
const maxName = 60;

/** The effects under the features' own names and levels. */
function effects(schema: PartSchema, regression: CombinedRegression, inputs: Inputs, seed: number): NonNullable<Report['effects']> {
  const { space } = regression.model;
  const named = effectsOf(regression, inputs, seed).flatMap(({ input, importance, values, estimates }): NonNullable<Report['effects']> => {
    if (input.kind === 'number') return [{ feature: space.numbers[input.position]?.feature ?? '', importance, values, estimates }];
    const category = space.categories[input.position];
    if (category?.kind !== 'levels') return [];
    const levels = schema.features.find(({ name }) => name === category.feature)?.levels ?? [];
    const names = values.map((group) => (group === category.missing ? 'missing' : (levels[category.group_of.indexOf(group)] ?? '').slice(0, maxName)));
    return [{ feature: category.feature, importance, values: names, estimates }];
  });
  return named.map(({ feature, importance, values, estimates }, rank) => ({ feature, importance: rounded(importance), values: rank < maxEffects ? values : [], estimates: rank < maxEffects ? estimates.map(rounded) : [] }));
}

/** Decimal places that round to no more than a hundredth of the error, as far as a double holds them beside its largest value. */
export function decimalsFor(rmse: number, largestTarget: number): number {
  const wanted = rmse > 0 ? Math.ceil(-Math.log10(rmse / 100)) : 12;
  const held = 14 - Math.ceil(Math.log10(Math.max(1, largestTarget)));
  return Math.max(0, Math.min(wanted, held, 12));
}

const largest = (values: Float64Array): number => values.reduce((max, value) => Math.max(max, value), 0);

/** Parts spread evenly over the training parts sorted by their target, and three that are unlike any, with the estimates that the shared Estimator gives them. */
function golden(schema: PartSchema, model: Omit<ModelFile, 'golden'>, table: TrainingTable): ModelFile['golden'] {
  const estimator = new Estimator('golden', schema, { ...model, golden: [] });
  const order = Uint32Array.from(table.target, (_, row) => row).sort((a, b) => (table.target[a] ?? 0) - (table.target[b] ?? 0) || a - b);
  const count = Math.min(goldenRows, table.rows);
  const known = Array.from({ length: count }, (_, g) => partAt(schema, table, order[Math.round((g * (table.rows - 1)) / Math.max(1, count - 1))] ?? 0));
  const parts = [...known, ...strangeParts(estimator, known[count >> 1] ?? [])];
  return estimator.estimate(parts).map(([value, low, high], g) => ({ part: parts[g] ?? [], estimate: [value, low, high] }));
}

/** The part with every number a whole range beyond the learned one, with every level unknown, and with nothing at all: what is only there for such parts is tried, too. */
function strangeParts({ schema: { features }, reader }: Estimator, part: Part): Part[] {
  return [
    features.map(({ learned }, f) => (learned ? 2 * learned.max - learned.min : (part[f] ?? null))),
    features.map(({ kind }, f) => (kind === 'category' ? (reader.features[f]?.unknownLevel('unknown') ?? null) : (part[f] ?? null))),
    features.map(() => null),
  ];
}

function partAt(schema: PartSchema, table: TrainingTable, row: number): Part {
  return schema.features.map(({ levels }, f) => {
    const value = table.columns[f]?.[row] ?? NaN;
    if (Number.isNaN(value)) return null;
    return levels ? (levels[value] ?? '') : value;
  });
}
