import type { Estimate, EstimateColumns, Explanation } from '../estimate.ts';
import { SpindleError, messageOf } from '../errors.ts';
import { type Part, type PartColumns, PartReader, largestNumber } from '../part.ts';
import type { PartSchema } from '../part-schema.ts';
import { Flagger } from './flagger.ts';
import { misfit } from './model-checks.ts';
import type { ModelFile } from './model-file.ts';
import { type Regression, levelsWithoutGroup, regressionOf } from './regression.ts';

/** A loaded model version: turns parts into estimates. Pure: the same parts give the same estimates, whole or in pieces. */
export class Estimator {
  readonly version: string;
  readonly schema: PartSchema;
  readonly reader: PartReader;
  readonly #regression: Regression;
  readonly #scale: number;
  readonly #flagger: Flagger;

  /** Throws RangeError where the model does not fit the schema, or its parts one another. */
  constructor(version: string, schema: PartSchema, model: ModelFile) {
    this.version = version;
    this.schema = schema;
    this.reader = new PartReader(schema);
    const wrong = misfit(model);
    if (wrong !== undefined) throw new RangeError(wrong);
    this.#regression = regressionOf(model, schema);
    this.#scale = 10 ** model.decimals;
    this.#flagger = new Flagger(schema, this.#regression.reads, levelsWithoutGroup(model.regression));
  }

  /** Estimates of rows `from` to `to` - 1, appended to `out`. */
  append(parts: PartColumns, from: number, to: number, out: EstimateColumns): void {
    const firstRow = out.value.length;
    const { value, low, high, cut } = this.#regression.predict(parts, from, to);
    for (let row = 0; row < value.length; row++) {
      if ((value[row] ?? 0) < 0 || cut?.[row] === 1) (out.flags[firstRow + row] ??= []).push(`${this.schema.target.name} came out below 0 and is cut to 0`);
      if (!((value[row] ?? NaN) <= largestNumber)) (out.flags[firstRow + row] ??= []).push(`${this.schema.target.name} is beyond what can be estimated: nothing is known of this part`);
      out.value.push(this.#round(bounded(value[row], largestNumber)));
      out.low.push(this.#round((value[row] ?? NaN) <= largestNumber ? bounded(low[row], 0) : 0));
      out.high.push(this.#round((value[row] ?? NaN) <= largestNumber ? bounded(high[row], largestNumber) : largestNumber));
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
   * Features' shares of one estimate. What rounding leaves is settled in the largest one, so that the average is the same for every part, and a cut of the estimate in the average,
   * so that average + contributions is the published value.
   */
  #explain(columns: PartColumns, row: number, value: number): Explanation {
    const { base, shares, error } = this.#regression.explain(columns, row);
    const rounded = shares.map((share) => this.#round(share));
    let average = this.#round(base);
    const rest = value - average - rounded.reduce((sum, share) => sum + share, 0);
    if (Math.abs(rest) * this.#scale < shares.length + 2) {
      const largest = rounded.reduce((best, share, f) => (Math.abs(share) > Math.abs(rounded[best] ?? 0) ? f : best), 0);
      rounded[largest] = this.#round((rounded[largest] ?? 0) + rest);
    } else average = this.#round(average + rest);
    const contributions = Object.fromEntries(this.schema.features.map(({ name }, f) => [name, rounded[f] ?? 0]));
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
        // Rounding what is rounded may move its last bit.
        if (Math.abs(this.#round(expected) - expected) > 1e-15 * Math.abs(expected)) throw new SpindleError('model_refused', `golden row ${index + 1} records ${expected}, which has more than the model's decimal places`);
        // The last digit may differ: floating-point sums depend on the order that a compiler picks.
        if (!(Math.abs(actual - expected) <= 1e-9 * Math.abs(expected) + 1.5 / this.#scale)) {
          throw new SpindleError('model_refused', `golden row ${index + 1} estimates ${actual} where ${expected} is recorded`);
        }
      }
    }
  }
}

/** A number from 0 to the largest that is meant; `otherwise` where it is none. */
function bounded(value: number | undefined, otherwise: number): number {
  return value === undefined || Number.isNaN(value) ? otherwise : Math.max(0, Math.min(largestNumber, value));
}
