import type { Decile, Report } from '../common/model/report.ts';
import type { PartSchema } from '../common/part-schema.ts';
import { FigureSums, type GroupFigures } from './fit/error-figures.ts';
import { quantile } from './fit/quantile-knots.ts';
import type { TrainingTable } from './training-table.ts';

/** What a model says of rows out of fold, in the target's unit. */
export interface Evaluated {
  actual: Float64Array;
  estimate: Float64Array;
  low: Float64Array;
  high: Float64Array;
}

/** Levels that the report lists, the most frequent ones: of all categories together, and of one. */
const maxReportedLevels = 300;
const maxReportedLevelsOfOne = 200;
const deciles = 10;
const errorQuantiles = [0.05, 0.25, 0.5, 0.75, 0.95];

/** Figures of all rows. */
export function overallFigures(rows: Evaluated): GroupFigures {
  const sums = new FigureSums();
  for (let row = 0; row < rows.actual.length; row++) addTo(sums, rows, row);
  return sums.figures();
}

/** Figures of the most frequent levels: feature → level → figures, the levels in the schema's order; and how many levels have rows at all. */
export function figuresByCategory(schema: PartSchema, table: TrainingTable, rows: Evaluated): { figures: Record<string, Record<string, GroupFigures>>; levels: Record<string, number> } {
  const categories = schema.features.filter(({ kind }) => kind === 'category').length;
  const most = Math.min(maxReportedLevelsOfOne, Math.max(1, Math.floor(maxReportedLevels / Math.max(1, categories))));
  const features = schema.features.flatMap(({ name, levels }, f) => {
    if (!levels) return [];
    const sums = levels.map(() => new FigureSums());
    for (const [row, code] of (table.columns[f] ?? new Float64Array()).entries()) {
      const group = sums[code];
      if (group) addTo(group, rows, row);
    }
    const filled = [...sums.keys()].filter((code) => (sums[code]?.rows ?? 0) > 0);
    const listed = new Set([...filled].sort((a, b) => (sums[b]?.rows ?? 0) - (sums[a]?.rows ?? 0) || a - b).slice(0, most));
    const groups = filled.flatMap((code): [string, GroupFigures][] => {
      const group = sums[code];
      return group && listed.has(code) ? [[levels[code] ?? '', roundedFigures(group.figures())]] : [];
    });
    return [{ name, filled: filled.length, groups }];
  });
  // fromEntries defines own properties, where an assignment to a level called __proto__ would not.
  return {
    figures: Object.fromEntries(features.map(({ name, groups }) => [name, Object.fromEntries(groups)])),
    levels: Object.fromEntries(features.map(({ name, filled }) => [name, filled])),
  };
}

/** Rows from which the coverage of a level is told from chance. */
const coveredRows = 200;
const maxWorst = 10;

/** Coverage of every level with enough rows: how many such levels there are, and the worst. */
export function coverageOfLevels(schema: PartSchema, table: TrainingTable, { actual, low, high }: Evaluated): NonNullable<Report['level_coverage']> {
  const levels = schema.features.flatMap(({ name, levels: names = [] }, f) => {
    const [rows, inside] = [new Uint32Array(names.length), new Uint32Array(names.length)];
    for (const [row, code] of (table.columns[f] ?? new Float64Array()).entries()) {
      if (!(code >= 0 && code < names.length)) continue;
      const y = actual[row] ?? 0;
      rows[code] = (rows[code] ?? 0) + 1;
      if (y >= (low[row] ?? 0) && y <= (high[row] ?? 0)) inside[code] = (inside[code] ?? 0) + 1;
    }
    return names.flatMap((level, code) => ((rows[code] ?? 0) >= coveredRows ? [{ feature: name, level, rows: rows[code] ?? 0, coverage: rounded((inside[code] ?? 0) / (rows[code] ?? 1)) }] : []));
  });
  return { levels: levels.length, worst: levels.toSorted((a, b) => a.coverage - b.coverage).slice(0, maxWorst) };
}

/** The rows in ten parts of equal size by their estimate; fewer where there are fewer rows. */
export function figuresByDecile(rows: Evaluated): Decile[] {
  const { actual, estimate } = rows;
  const order = Uint32Array.from(actual.keys()).sort((a, b) => (estimate[a] ?? 0) - (estimate[b] ?? 0) || a - b);
  return Array.from({ length: deciles }, (_, d) => order.subarray(Math.floor((d * order.length) / deciles), Math.floor(((d + 1) * order.length) / deciles)))
    .filter((part) => part.length > 0)
    .map((part) => {
      const sums = new FigureSums();
      for (const row of part) addTo(sums, rows, row);
      const errors = Float64Array.from(part, (row) => (estimate[row] ?? 0) - (actual[row] ?? 0)).sort();
      const { rows: count, bias, rmse, coverage, interval_width } = roundedFigures(sums.figures());
      return {
        from: rounded(estimate[part[0] ?? 0] ?? 0),
        to: rounded(estimate[part[part.length - 1] ?? 0] ?? 0),
        rows: count,
        errors: errorQuantiles.map((share) => rounded(quantile(errors, share))),
        bias,
        rmse,
        coverage,
        interval_width,
      };
    });
}

/** A figure as a table holds it: six digits. */
export const rounded = (value: number): number => Number(value.toPrecision(6));

function roundedFigures({ rows, ...figures }: GroupFigures): GroupFigures {
  const { rmse, mae, bias, coverage, interval_width } = figures;
  return { rmse: rounded(rmse), mae: rounded(mae), bias: rounded(bias), rows, coverage: rounded(coverage), interval_width: rounded(interval_width) };
}

function addTo(sums: FigureSums, { actual, estimate, low, high }: Evaluated, row: number): void {
  const [y, from, to] = [actual[row] ?? 0, low[row] ?? 0, high[row] ?? 0];
  sums.add(y - (estimate[row] ?? 0), y >= from && y <= to, to - from);
}
