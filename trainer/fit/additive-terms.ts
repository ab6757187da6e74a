import type { AdditiveModel, LevelsTerm, SmoothTerm } from '../../common/model/model-file.ts';
import type { PartSchema } from '../../common/part-schema.ts';
import type { Candidate } from './candidates.ts';
import type { Design } from './design.ts';
import type { Moments } from './moments.ts';
import type { LinearFit } from './ridge.ts';

/** A fit on a design's scaled columns, as a model on the features themselves, in the target's unit. */
export function additiveModel(schema: PartSchema, design: Design, candidate: Candidate, fit: LinearFit, moments: Moments): AdditiveModel {
  const weights = new Map(fit.columns.map((column, c) => [column, (fit.coefficients[c] ?? 0) * design.targetScale]));
  const smooth: SmoothTerm[] = candidate.smooth.map(({ feature, basis, columns }) => {
    const coefficients = columns.map((column) => (weights.get(column) ?? 0) / (design.scales[column] ?? 1));
    const average = columns.reduce((sum, column, c) => sum + (coefficients[c] ?? 0) * (design.centers[column] ?? 0), 0);
    return { kind: 'smooth', feature: nameOf(schema, feature), basis, coefficients, average };
  });
  const levels: LevelsTerm[] = design.levels.map(({ feature, columnOf, offset, width }) => {
    const ofColumn = Array.from({ length: width }, (_, c) => weights.get(offset + c) ?? 0);
    const average = ofColumn.reduce((sum, weight, c) => sum + (weight * (moments.sums[offset + c] ?? 0)) / moments.rows, 0);
    // A level without parts is estimated as the average part of the others.
    return { kind: 'levels', feature: nameOf(schema, feature), coefficients: Array.from(columnOf, (column) => (column < 0 ? average : (ofColumn[column] ?? 0))), average };
  });
  const centered = smooth.reduce((sum, term) => sum + term.average, 0);
  return { kind: 'additive', intercept: design.targetCenter + fit.intercept * design.targetScale - centered, terms: [...smooth, ...levels] };
}

const nameOf = (schema: PartSchema, feature: number): string => schema.features[feature]?.name ?? '';
