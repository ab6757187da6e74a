import type { Estimate, EstimateColumns, Explanation } from '../estimate.ts';
import { SpindleError, messageOf } from '../errors.ts';
import { type Part, type PartColumns, PartReader } from '../part.ts';
import type { PartSchema } from '../part-schema.ts';
import { AdditiveRegression } from './additive-regression.ts';
import type { ModelFile } from './model-file.ts';

/** A loaded model version: turns parts into estimates. Pure: the same parts give the same estimates, whole or in pieces. */
export class Estimator {
  readonly version: string;
  readonly schema: PartSchema;
  readonly reader: PartReader;
  readonly #regression: AdditiveRegression;
  readonly #halfWidth: number;
  readonly #scale: number;
  /** Learned range of each number feature, by column. */
  readonly #ranges: { column: number; name: string; min: number; max: number }[];

  /** Throws RangeError where the model does not fit the schema. */
  constructor(version: string, schema: PartSchema, model: ModelFile) {
    this.version = version;
    this.schema = schema;
    this.reader = new PartReader(schema);
    this.#regression = new AdditiveRegression(model.regression, schema);
    this.#halfWidth = model.interval.half_width;
    this.#scale = 10 ** model.decimals;
    this.#ranges = schema.features.flatMap(({ name, learned }, column) => (learned ? [{ column, name, ...learned }] : []));
  }

  /** Estimates of rows `from` to `to` - 1, appended to `out`. */
  append(parts: PartColumns, from: number, to: number, out: EstimateColumns): void {
    const predicted = new Float64Array(to - from);
    this.#regression.predict(parts, from, to, predicted);
    const firstRow = out.value.length;
    for (const [row, center] of predicted.entries()) {
      if (center < 0) (out.flags[firstRow + row] ??= []).push(`${this.schema.target.name} came out below 0 and is cut to 0`);
      out.value.push(this.#round(Math.max(0, center)));
      out.low.push(this.#round(Math.max(0, center - this.#halfWidth)));
      out.high.push(this.#round(Math.max(0, center + this.#halfWidth)));
    }
    for (const { column, name, min, max } of this.#ranges) {
      const values = parts.columns[column];
      for (let row = from; row < to; row++) {
        const value = values?.[row] ?? min;
        if (value >= min && value <= max) continue;
        const flag = value < min ? `${name} ${value} is below the learned ${min}` : `${name} ${value} is above the learned ${max}`;
        (out.flags[firstRow + row - from] ??= []).push(flag);
      }
    }
  }

  /** Estimates of parts one by one; with their explanations where asked for. */
  estimate(parts: readonly Part[], options: { explain?: boolean } = {}): Estimate[] {
    const columns = this.reader.toColumns(parts);
    const out: EstimateColumns = { value: [], low: [], high: [], flags: {} };
    this.append(columns, 0, columns.rows, out);
    return out.value.map((value, row) => {
      const estimate: [number, number, number, string[]] = [value, out.low[row] ?? value, out.high[row] ?? value, out.flags[row] ?? []];
      return options.explain ? [...estimate, this.#explain(columns, row, value)] : estimate;
    });
  }

  /**
   * Features' shares of one estimate. Rounding, and the cut at zero where the model went below it,
   * are settled in the average, so that average + contributions is the published value.
   */
  #explain(columns: PartColumns, row: number, value: number): Explanation {
    const rounded = this.#regression.contributions(columns, row).map((share) => this.#round(share));
    const contributions = Object.fromEntries(this.schema.features.map(({ name }, f) => [name, rounded[f] ?? 0]));
    return { average: this.#round(value - rounded.reduce((sum, share) => sum + share, 0)), contributions };
  }

  #round(value: number): number {
    return Math.round(value * this.#scale) / this.#scale;
  }

  /** Throws `model_refused` where the golden rows do not come out as recorded: a defective file, or code that evaluates it differently. */
  checkGoldenRows(golden: ModelFile['golden']): void {
    for (const [index, { part, estimate }] of golden.entries()) {
      let got: Estimate | undefined;
      try {
        got = this.estimate([part])[0];
      } catch (error) {
        throw new SpindleError('model_refused', `golden row ${index + 1} cannot be estimated: ${messageOf(error)}`);
      }
      for (const [position, expected] of estimate.entries()) {
        const actual = Number(got?.[position]);
        // The last digit may differ: floating-point sums depend on the order that a compiler picks.
        if (!(Math.abs(actual - expected) <= 1e-9 * Math.abs(expected) + 1.5 / this.#scale)) {
          throw new SpindleError('model_refused', `golden row ${index + 1} estimates ${actual} where ${expected} is recorded`);
        }
      }
    }
  }
}
