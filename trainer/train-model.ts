import { nominalCoverage } from '../common/estimate.ts';
import { SpindleError } from '../common/errors.ts';
import { Estimator } from '../common/model/estimator.ts';
import type { ModelFile, Report } from '../common/model/model-file.ts';
import type { Part } from '../common/part.ts';
import type { PartSchema } from '../common/part-schema.ts';
import { figuresByCategory, overallFigures } from './evaluate.ts';
import { additiveModel } from './fit/additive-terms.ts';
import { candidateSet } from './fit/candidates.ts';
import { conformalHalfWidth, crossConformal } from './fit/conformal.ts';
import { bestScore, crossValidate, foldMoments, meanOf, outOfFoldResiduals } from './fit/cross-validation.ts';
import { dealFolds } from './fit/folds.ts';
import { fitRidge } from './fit/ridge.ts';
import { judge } from './gate.ts';
import type { OnProgress } from './training-progress.ts';
import type { TrainingData, TrainingTable } from './training-table.ts';

/** Everything that a fit depends on. */
export interface TrainingInput {
  data: TrainingData;
  source: { name: string; sha256: string };
  seed: number;
}

/** A trained model, and its report but for what differs from run to run. */
export interface TrainedModel {
  schema: PartSchema;
  model: ModelFile;
  report: Omit<Report, 'version' | 'created_at' | 'duration_s'>;
}

const folds = 10;
/** In units of a column's variance; 1 halves the effect of a column that is alone. */
const penalties = [1e-8, 1e-6, 1e-4, 1e-2, 1e-1, 1];
const goldenRows = 20;

/**
 * Learns a model from a table: chooses basis and penalty by cross-validation, calibrates the interval on out-of-fold residuals, evaluates and judges.
 * Pure: the same input gives the same model to the byte. Throws `unusable_training_data` where no candidate has a finite error.
 */
export function trainModel({ data, source, seed }: TrainingInput, onProgress?: OnProgress): TrainedModel {
  const { schema, table, refused } = data;
  onProgress?.({ stage: 'preparing', fraction: 0 });
  const { design, candidates, notes } = candidateSet(schema, table);
  const dealt = dealFolds(table.rows, folds, seed);
  const moments = foldMoments(design, dealt, onProgress);
  const { scores, baselineRmse } = crossValidate(design, moments, candidates, penalties, onProgress);
  const best = bestScore(scores);
  if (!best) throw new SpindleError('unusable_training_data', 'no model has a finite error on this data: look for values that are many orders of magnitude too large');
  const { candidate, penalty } = best;

  const [fit = meanOf(moments.all)] = fitRidge(moments.all, candidate.columns, [penalty]);
  const regression = additiveModel(schema, design, candidate, fit, moments.all);
  const residuals = outOfFoldResiduals(design, moments, dealt, (training) => fitRidge(training, candidate.columns, [penalty])[0] ?? meanOf(training), onProgress);
  const baseline = outOfFoldResiduals(design, moments, dealt, meanOf);
  const { inside, halfWidths } = crossConformal(residuals, dealt, nominalCoverage);
  const overall = overallFigures(residuals, inside);
  const interval_width = halfWidths.reduce((sum, halfWidth, fold) => sum + (2 * halfWidth * (dealt[fold]?.length ?? 0)) / table.rows, 0);

  const calibrated: Omit<ModelFile, 'golden'> = {
    format: 1,
    regression,
    interval: { kind: 'absolute', half_width: conformalHalfWidth(residuals, nominalCoverage), coverage: nominalCoverage },
    decimals: decimalsFor(overall.rmse, largest(table.target)),
  };
  const square = (residual: number): number => residual * residual;
  const unit = schema.target.unit === undefined ? '' : ` ${schema.target.unit}`;
  return {
    schema,
    model: { ...calibrated, golden: golden(schema, calibrated, table) },
    report: {
      data: { source: source.name, sha256: source.sha256, rows_used: table.rows, rows_refused: refused.count, refused: refused.first, notes: [...data.notes, ...notes] },
      seed,
      folds,
      candidates: scores.filter(({ rmse }) => Number.isFinite(rmse)).map((score) => ({ basis: score.candidate.name, ridge: score.penalty, rmse: score.rmse })),
      chosen: { basis: candidate.name, ridge: penalty },
      baseline_rmse: baselineRmse,
      overall: { ...overall, interval_width },
      by_category: figuresByCategory(schema, table, residuals, inside),
      gate: judge({ candidate: residuals.map(square), baseline: baseline.map(square), unit }),
    },
  };
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
    const value = table.columns[f]?.[row] ?? 0;
    return levels ? (levels[value] ?? '') : value;
  });
}

