import { describe, expect, it } from 'vitest';
import { demonstrationSchema } from '../../../trainer/demonstration.ts';
import { candidateSet } from '../../../trainer/fit/candidates.ts';
import { crossValidate, foldMoments, meanOf, outOfFoldResiduals } from '../../../trainer/fit/cross-validation.ts';
import { dealFolds } from '../../../trainer/fit/folds.ts';
import { Moments } from '../../../trainer/fit/moments.ts';
import { fitRidge } from '../../../trainer/fit/ridge.ts';
import { demonstrationTable } from '../demonstration-table.ts';

const table = demonstrationTable(60, 3);
const { design, candidates } = candidateSet(demonstrationSchema, table);
const folds = dealFolds(table.rows, 6, 1);
const moments = foldMoments(design, folds);

/** Reads the rows outside a fold and fits them from scratch. */
function refitted(fold: number, columns: readonly number[], penalty: number) {
  const rest = new Moments(design.width);
  for (const [other, rows] of folds.entries()) {
    if (other === fold) continue;
    for (const row of rows) {
      const { dense, ones } = design.row(row);
      rest.add(dense, ones, design.target(row));
    }
  }
  return fitRidge(rest, columns, [penalty])[0] ?? meanOf(rest);
}

describe('crossValidate', () => {
  it('by subtracting folds gives the errors of refitting without each fold', () => {
    for (const candidate of candidates) {
      const { scores } = crossValidate(design, moments, [candidate], [1e-3]);
      let squares = 0;
      for (const [fold, rows] of folds.entries()) {
        const { intercept, columns, coefficients } = refitted(fold, candidate.columns, 1e-3);
        for (const row of rows) {
          const { dense, ones } = design.row(row);
          const weight = (column: number) => coefficients[columns.indexOf(column)] ?? 0;
          const prediction = dense.reduce((sum, value, column) => sum + value * weight(column), intercept) + ones.reduce((sum, column) => sum + weight(column), 0);
          squares += ((design.target(row) - prediction) * design.targetScale) ** 2;
        }
      }
      expect(scores[0]?.rmse).toBeCloseTo(Math.sqrt(squares / table.rows), 6);
    }
  });

  it('agrees with the residuals row by row', () => {
    const candidate = candidates[1];
    if (!candidate) throw new Error('there is no candidate');
    const residuals = outOfFoldResiduals(design, moments, folds, (training) => fitRidge(training, candidate.columns, [1e-4])[0] ?? meanOf(training));
    const rmse = Math.sqrt(residuals.reduce((sum, residual) => sum + residual ** 2, 0) / table.rows);
    expect(crossValidate(design, moments, [candidate], [1e-4]).scores[0]?.rmse).toBeCloseTo(rmse, 6);
  });

  it('scores the plain mean of the other folds as the baseline', () => {
    const baseline = folds.flatMap((rows, fold) => {
      const others = folds.flatMap((other, o) => (o === fold ? [] : [...other])).map((row) => table.target[row] ?? 0);
      const mean = others.reduce((sum, value) => sum + value, 0) / others.length;
      return [...rows].map((row) => ((table.target[row] ?? 0) - mean) ** 2);
    });
    const rmse = Math.sqrt(baseline.reduce((sum, square) => sum + square, 0) / table.rows);
    expect(crossValidate(design, moments, [], []).baselineRmse).toBeCloseTo(rmse, 8);
  });
});

describe('dealFolds', () => {
  it('deals every row once, in folds whose sizes differ by at most one, and the same for the same seed', () => {
    const dealt = dealFolds(103, 10, 5);
    expect(dealt.flatMap((rows) => [...rows]).sort((a, b) => a - b)).toEqual(Array.from({ length: 103 }, (_, row) => row));
    expect(new Set(dealt.map((rows) => rows.length))).toEqual(new Set([10, 11]));
    expect(dealFolds(103, 10, 5)).toEqual(dealt);
    expect(dealFolds(103, 10, 6)).not.toEqual(dealt);
  });
});

describe('candidateSet', () => {
  it('falls back to a line for a feature of two values and keeps the columns of all others apart', () => {
    const values = Float64Array.from({ length: 40 }, (_, row) => row % 2);
    const schema = { features: [{ name: 'a', kind: 'number' as const }], target: { name: 't' } };
    const set = candidateSet(schema, { rows: 40, columns: [values], target: values });
    for (const candidate of set.candidates.slice(-2)) expect(candidate.smooth[0]?.basis).toMatchObject({ kind: 'powers', exponents: [1] });
  });

  it('tries fewer bases the more columns there are, and says so', () => {
    const features = Array.from({ length: 300 }, (_, f) => ({ name: `f${f}`, kind: 'number' as const }));
    const columns = features.map((_, f) => Float64Array.from({ length: 30 }, (__, row) => Math.sin(f * row)));
    const set = candidateSet({ features, target: { name: 't' } }, { rows: 30, columns, target: new Float64Array(30) });
    expect(set.candidates.length).toBeLessThan(candidates.length);
    expect(set.notes.join()).toContain('only these bases were tried: linear');
  });

  it('estimates the rarest levels of a category with very many as one, and says so', () => {
    const levels = Array.from({ length: 500 }, (_, level) => `L${level}`);
    const codes = Float64Array.from({ length: 1_000 }, (_, row) => (row < 500 ? row : row % 10));
    const set = candidateSet({ features: [{ name: 'tool', kind: 'category', levels }], target: { name: 't' } }, { rows: 1_000, columns: [codes], target: codes });
    expect(set.design.width).toBe(200);
    expect(set.notes).toEqual(['tool has 500 levels: the 301 rarest are estimated as one']);
    const columnOf = set.design.levels[0]?.columnOf ?? new Int32Array();
    expect(new Set(columnOf.slice(0, 10)).size).toBe(10); // the frequent ones each have their own
  });
});
