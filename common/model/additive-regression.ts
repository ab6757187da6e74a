import type { PartColumns } from '../part.ts';
import type { PartSchema } from '../part-schema.ts';
import { basisWidth, evaluateBasis } from './basis.ts';
import type { AdditiveModel } from './model-file.ts';

/** Contribution of one feature's value, in the target's unit. */
type Contribution = (value: number) => number;

/** Evaluates an additive model: intercept + Σ_f contribution_f(x_f). */
export class AdditiveRegression {
  readonly #intercept: number;
  readonly #terms: { column: number; contribution: Contribution; average: number }[];

  /** Throws RangeError where the model does not fit the schema. */
  constructor(model: AdditiveModel, schema: PartSchema) {
    this.#intercept = model.intercept;
    this.#terms = model.terms.map((term) => {
      const column = schema.features.findIndex((feature) => feature.name === term.feature);
      const feature = schema.features[column];
      if (!feature) throw new RangeError(`the model weighs ${term.feature}, which its schema does not have`);
      const isCategory = feature.kind === 'category';
      const width = term.kind === 'smooth' ? basisWidth(term.basis) : (feature.levels?.length ?? 0);
      if (isCategory !== (term.kind === 'levels') || term.coefficients.length !== width) {
        throw new RangeError(`the model's term for ${term.feature} does not fit its schema`);
      }
      const coefficients = Float64Array.from(term.coefficients);
      // A missing value or an unknown level counts as the average part.
      if (term.kind === 'levels') return { column, average: term.average, contribution: (code: number) => coefficients[code] ?? term.average };
      const { basis } = term;
      const row = new Float64Array(width);
      const contribution = (x: number): number => {
        if (Number.isNaN(x)) return term.average;
        evaluateBasis(basis, x, row, 0);
        let sum = 0;
        for (let k = 0; k < width; k++) sum += (coefficients[k] ?? 0) * (row[k] ?? 0);
        return sum;
      };
      return { column, average: term.average, contribution };
    });
  }

  /** Predictions for rows `from` to `to` - 1, written to `out[0…]`. */
  predict(parts: PartColumns, from: number, to: number, out: Float64Array): void {
    out.fill(this.#intercept, 0, to - from);
    for (const { column, contribution } of this.#terms) {
      const values = parts.columns[column];
      if (!values) continue;
      for (let row = from; row < to; row++) out[row - from] = (out[row - from] ?? 0) + contribution(values[row] ?? 0);
    }
  }

  /** Prediction for the average training part. */
  get average(): number {
    return this.#terms.reduce((sum, term) => sum + term.average, this.#intercept);
  }

  /** What each feature (by column) adds to the average part's prediction; exact, since the model is a sum. */
  contributions(parts: PartColumns, row: number): number[] {
    const result = parts.columns.map(() => 0);
    for (const { column, contribution, average } of this.#terms) {
      result[column] = (result[column] ?? 0) + contribution(parts.columns[column]?.[row] ?? 0) - average;
    }
    return result;
  }
}
