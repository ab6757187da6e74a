import type { Estimate, EstimateColumns, Explanation } from '../estimate.ts';
import { SpindleError, messageOf } from '../errors.ts';
import { type Part, type PartColumns, PartReader } from '../part.ts';
import type { PartSchema } from '../part-schema.ts';
import { Flagger } from './flagger.ts';
import type { ModelFile } from './model-file.ts';
import { type Regression, regressionOf } from './regression.ts';

/** A loaded model version: turns parts into estimates. Pure: the same parts give the same estimates, whole or in pieces. */
export class Estimator {
  readonly version: string;
  readonly schema: PartSchema;
  readonly reader: PartReader;
  readonly #regression: Regression;
  readonly #scale: number;
  readonly #flagger: Flagger;

  /** Throws RangeError where the model does not fit the schema. */
  constructor(version: string, schema: PartSchema, model: ModelFile) {
    this.version = version;
    this.schema = schema;
    this.reader = new PartReader(schema);
    this.#regression = regressionOf(model, schema);
    this.#scale = 10 ** model.decimals;
    this.#flagger = new Flagger(schema);
  }

  /** Estimates of rows `from` to `to` - 1, appended to `out`. */
  append(parts: PartColumns, from: number, to: number, out: EstimateColumns): void {
    const firstRow = out.value.length;
    const { value, low, high } = this.#regression.predict(parts, from, to);
    for (let row = 0; row < value.length; row++) {
      out.value.push(this.#round(Math.max(0, value[row] ?? 0)));
      out.low.push(this.#round(Math.max(0, low[row] ?? 0)));
      out.high.push(this.#round(Math.max(0, high[row] ?? 0)));
    }
    this.#flagger.flag(parts, from, to, (row, flag) => (out.flags[firstRow + row - from] ??= []).push(flag));
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
    const { shares, error } = this.#regression.explain(columns, row);
    const rounded = shares.map((share) => this.#round(share));
    const contributions = Object.fromEntries(this.schema.features.map(({ name }, f) => [name, rounded[f] ?? 0]));
    const average = this.#round(value - rounded.reduce((sum, share) => sum + share, 0));
    return error > 0 ? { average, contributions, error: this.#round(error) } : { average, contributions };
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
