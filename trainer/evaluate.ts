import type { PartSchema } from '../common/part-schema.ts';
import { FigureSums, type GroupFigures } from './fit/error-figures.ts';
import type { TrainingTable } from './training-table.ts';

/** Levels of a category that the report lists, the most frequent ones. */
const maxReportedLevels = 200;

/** Figures of all rows. */
export function overallFigures(residuals: Float64Array, inside: Uint8Array): GroupFigures {
  const sums = new FigureSums();
  for (let row = 0; row < residuals.length; row++) sums.add(residuals[row] ?? 0, inside[row] === 1);
  return sums.figures();
}

/** Figures of each level with parts: feature → level → figures, the levels in the schema's order. */
export function figuresByCategory(schema: PartSchema, table: TrainingTable, residuals: Float64Array, inside: Uint8Array): Record<string, Record<string, GroupFigures>> {
  const features = schema.features.flatMap(({ name, levels }, f) => {
    if (!levels) return [];
    const sums = levels.map(() => new FigureSums());
    for (const [row, code] of (table.columns[f] ?? new Float64Array()).entries()) sums[code]?.add(residuals[row] ?? 0, inside[row] === 1);
    const listed = new Set([...sums.keys()].sort((a, b) => (sums[b]?.rows ?? 0) - (sums[a]?.rows ?? 0)).slice(0, maxReportedLevels));
    const groups = levels.flatMap((level, code): [string, GroupFigures][] => {
      const group = sums[code];
      return group && group.rows > 0 && listed.has(code) ? [[level, group.figures()]] : [];
    });
    // fromEntries defines own properties, where an assignment to a level called __proto__ would not.
    return [[name, Object.fromEntries(groups)] as const];
  });
  return Object.fromEntries(features);
}
