import { nominalCoverage } from '../common/estimate.ts';
import type { Report } from '../common/model/report.ts';
import type { PartSchema } from '../common/part-schema.ts';
import { calibrationTable } from './calibration-table.ts';
import { errorsOf } from './error-table.ts';
import { type Evaluated, figuresByCategory, figuresByDecile, coverageOfLevels, overallFigures, rounded } from './evaluate.ts';
import { type Calibration, meanIntervalScore } from './fit/calibrate.ts';
import type { CombinedFit } from './fit/combine.ts';
import type { TrainingTable } from './training-table.ts';

/** What is known of a fit, by row of the table. */
export interface FitResults {
  schema: PartSchema;
  table: TrainingTable;
  fit: CombinedFit;
  calibration: Calibration;
  /** The estimate of the plain mean of the other folds. */
  plainMean: Float64Array;
  /** By row the part that it is of. */
  parts: Uint32Array;
}

type ReportedResults = 'folds' | 'families' | 'families_skipped' | 'gross_errors' | 'errors' | 'errors_without_gross' | 'zero_targets' | 'baseline_rmse' | 'overall' | 'doubt' | 'level_coverage' | 'by_category' | 'category_levels' | 'deciles' | 'calibration';

/** How good a fit is, out of fold: the figures and tables of its report. */
export function reportOf({ schema, table, fit, calibration, plainMean, parts }: FitResults): Required<Pick<Report, Exclude<ReportedResults, 'errors_without_gross'>>> & Pick<Report, 'errors_without_gross'> {
  const { outlying } = fit;
  const rows: Evaluated = { actual: table.target, estimate: fit.outOfFold, low: calibration.low, high: calibration.high };
  const models: [string, Float64Array][] = [['combined', fit.outOfFold], ['plain mean', plainMean], ...fit.tried.map(({ name }, f): [string, Float64Array] => [name, fit.familiesOutOfFold[f] ?? new Float64Array()]), ...fit.fastFits.map(({ name, standsFor, outOfFold }): [string, Float64Array] => [standsFor.length > 0 ? `${name} for ${standsFor.join('; ')}` : name, outOfFold])];
  const gross = outlying.reduce((sum, one) => sum + one, 0);
  const regular = (values: Float64Array): Float64Array => values.filter((_, row) => outlying[row] !== 1);
  const regularParts = parts.filter((_, row) => outlying[row] !== 1);
  const byCategory = figuresByCategory(schema, table, rows);
  return {
    folds: fit.folds.length,
    families: fit.tried,
    families_skipped: fit.fastFits.flatMap(({ standsFor }) => standsFor.map((name) => ({ name, reason: 'a fast fit of the same kind was more than twice as wrong as the best family' }))),
    gross_errors: gross,
    errors: models.map(([name, estimate]) => errorsOf(name, table.target, estimate, parts)),
    ...(gross > 0 && { errors_without_gross: models.map(([name, estimate]) => errorsOf(name, regular(table.target), regular(estimate), regularParts)) }),
    zero_targets: table.target.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0),
    baseline_rmse: overallFigures({ ...rows, estimate: plainMean }).rmse,
    overall: { ...overallFigures(rows), interval_score: rounded(calibration.intervalScore), ...(gross > 0 && grossIntervals(rows, outlying)) },
    doubt: calibration.note,
    level_coverage: coverageOfLevels(schema, table, rows),
    by_category: byCategory.figures,
    category_levels: byCategory.levels,
    deciles: figuresByDecile(rows),
    calibration: calibrationTable({ ...rows, estimate: fit.forIntervals.value }, fit.folds),
  };
}

/** What the other figures of the intervals leave out: their coverage without gross errors, their score with them. */
function grossIntervals({ actual, low, high }: Evaluated, outlying: Uint8Array): Pick<Report['overall'], 'coverage_without_gross' | 'interval_score_with_gross'> {
  const usual = [...actual.keys()].filter((row) => outlying[row] !== 1);
  const inside = usual.filter((row) => (actual[row] ?? 0) >= (low[row] ?? 0) && (actual[row] ?? 0) <= (high[row] ?? 0));
  return { coverage_without_gross: rounded(inside.length / usual.length), interval_score_with_gross: rounded(meanIntervalScore(low, high, actual, nominalCoverage)) };
}
