import { z } from 'zod';
import { covarianceBetween, covarianceSchema, matern, type WarpedInputs, warpedInputs } from './covariance.ts';
import type { Inputs } from './inputs.ts';
import { packedArraySchema, unpackArray } from './packed-array.ts';

/** A Gaussian process's mean: mean + Σ_i weights_i k(x, point_i); points as warped numbers and groups, row by row. */
export const gaussianProcessSchema = z.strictObject({
  kind: z.literal('gaussian-process'),
  mean: z.number(),
  covariance: covarianceSchema,
  points: z.int().min(1),
  warped: packedArraySchema,
  groups: packedArraySchema.describe('Group + 1; 0 for none'),
  weights: packedArraySchema,
});

export type GaussianProcessModel = z.infer<typeof gaussianProcessSchema>;

/** Steps of the table that stands for one number's additive part. */
const steps = 256;

/** Squared distance from which on a point says nothing of a row. */
const far = 64;

/** A function of u in a table of values and slopes over the points' range, interpolated by cubics; computed as it is beyond. */
interface AdditivePart {
  from: number;
  step: number;
  values: Float64Array;
  slopes: Float64Array;
  exact: (u: number) => number;
}

/** Evaluates a Gaussian process's mean. */
export class GaussianProcess {
  readonly #model: GaussianProcessModel;
  readonly #points: WarpedInputs;
  readonly #weights: Float64Array;
  /** For each number: the linear part's slope, and the additive part where there is one. */
  readonly #slopes: Float64Array;
  readonly #additive: (AdditivePart | undefined)[];
  /** For each category: Σ weights · additive² of each group. */
  readonly #levels: Float64Array[];
  readonly #base: number;

  constructor(model: GaussianProcessModel) {
    this.#model = model;
    const { covariance, points } = model;
    this.#points = { rows: points, warped: unpackArray(model.warped), groups: Int32Array.from(unpackArray(model.groups), (group) => group - 1) };
    this.#weights = unpackArray(model.weights);
    const width = covariance.numbers.length;
    const kinds = covariance.categories.length;
    if (this.#weights.length !== points || this.#points.warped.length !== points * width || this.#points.groups.length !== points * kinds) {
      throw new RangeError('the points of a Gaussian process do not fit its covariance');
    }
    this.#base = model.mean + covariance.constant ** 2 * this.#weights.reduce((sum, weight) => sum + weight, 0);
    this.#slopes = Float64Array.from(covariance.numbers, ({ linear }, d) => {
      let sum = 0;
      for (let i = 0; i < points; i++) sum += (this.#weights[i] ?? 0) * (this.#points.warped[i * width + d] ?? 0);
      return linear ** 2 * sum;
    });
    this.#additive = covariance.numbers.map(({ additive, additive_length: length }, d) => (additive ** 2 > 1e-9 ? this.#tabulate(d, width, additive ** 2, length) : undefined));
    this.#levels = covariance.categories.map(({ additive }, c) => {
      const groups = Int32Array.from({ length: points }, (_, i) => this.#points.groups[i * kinds + c] ?? -1);
      const sums = new Float64Array(Math.max(0, ...groups) + 1);
      for (const [i, group] of groups.entries()) if (group >= 0) sums[group] = (sums[group] ?? 0) + additive ** 2 * (this.#weights[i] ?? 0);
      return sums;
    });
  }

  /** Predictions for all rows; `nearest`, where given, takes each row's smallest distance r to a point. */
  predict(inputs: Inputs, nearest?: Float64Array): Float64Array {
    const { covariance } = this.#model;
    const at = warpedInputs(covariance, inputs);
    const width = covariance.numbers.length;
    const kinds = covariance.categories.length;
    const product = covariance.product ** 2;
    const inverse = Float64Array.from(covariance.numbers, ({ length }) => 1 / (length * length));
    const apart = Float64Array.from(covariance.categories, ({ length }) => 1 / (length * length));
    const { rows: points, warped, groups } = this.#points;
    const weights = this.#weights;
    const out = this.#sums(at);
    for (let row = 0; row < inputs.rows; row++) {
      let smallest = Infinity;
      let products = 0;
      for (let i = 0; i < points; i++) {
        let squared = 0;
        for (let d = 0; d < width; d++) {
          const difference = (at.warped[row * width + d] ?? 0) - (warped[i * width + d] ?? 0);
          squared += difference * difference * (inverse[d] ?? 0);
        }
        for (let c = 0; c < kinds; c++) {
          const group = at.groups[row * kinds + c] ?? -1;
          if (group < 0 || group !== groups[i * kinds + c]) squared += apart[c] ?? 0;
        }
        if (squared < smallest) smallest = squared;
        if (squared < far) products += (weights[i] ?? 0) * matern(squared);
      }
      out[row] = (out[row] ?? 0) + product * products;
      if (nearest) nearest[row] = Math.sqrt(smallest);
    }
    return out;
  }

  /**
   * The same for rows of which most are as the one before but for few inputs: only these change the distances to the points. Up to rounding the predictions are those of `predict`,
   * at a fraction of the cost.
   */
  predictSteps(inputs: Inputs): Float64Array {
    const { covariance } = this.#model;
    const at = warpedInputs(covariance, inputs);
    const width = covariance.numbers.length;
    const kinds = covariance.categories.length;
    const product = covariance.product ** 2;
    const { rows: points, warped, groups } = this.#points;
    const weights = this.#weights;
    const columns = covariance.numbers.map((_, d) => Float64Array.from({ length: points }, (_point, i) => warped[i * width + d] ?? 0));
    const kindColumns = covariance.categories.map((_, c) => Int32Array.from({ length: points }, (_point, i) => groups[i * kinds + c] ?? -1));
    const addNumber = (d: number, row: number, sign: number): void => addSquares(squared, columns[d] ?? squared, at.warped[row * width + d] ?? 0, 1 / (covariance.numbers[d]?.length ?? 1) ** 2, sign);
    const addCategory = (c: number, row: number, sign: number): void => addApart(squared, kindColumns[c] ?? new Int32Array(points), at.groups[row * kinds + c] ?? -1, sign * Math.min(far, 1 / (covariance.categories[c]?.length ?? 1) ** 2));
    const out = this.#sums(at);
    const squared = new Float64Array(points);
    for (let row = 0; row < inputs.rows; row++) {
      const differs = (values: ArrayLike<number>, input: number, count: number): boolean => values[row * count + input] !== values[(row - 1) * count + input];
      const moved = row === 0 ? [] : [...columns.keys()].filter((d) => differs(at.warped, d, width));
      const exchanged = row === 0 ? [] : [...kindColumns.keys()].filter((c) => differs(at.groups, c, kinds));
      const afresh = row === 0 || 2 * (moved.length + exchanged.length) > width + kinds;
      if (afresh) squared.fill(0);
      for (const d of afresh ? columns.keys() : moved) {
        if (!afresh) addNumber(d, row - 1, -1);
        addNumber(d, row, 1);
      }
      for (const c of afresh ? kindColumns.keys() : exchanged) {
        if (!afresh) addCategory(c, row - 1, -1);
        addCategory(c, row, 1);
      }
      out[row] = (out[row] ?? 0) + product * weighedMaterns(weights, squared);
    }
    return out;
  }

  /** What does not depend on the distances to the points: the mean, and the linear and additive parts. */
  #sums({ rows, warped, groups }: WarpedInputs): Float64Array {
    const width = this.#additive.length;
    const kinds = this.#levels.length;
    const out = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      let sum = this.#base;
      for (let d = 0; d < width; d++) {
        const u = warped[row * width + d] ?? 0;
        sum += (this.#slopes[d] ?? 0) * u;
        const part = this.#additive[d];
        if (part) sum += partAt(part, u);
      }
      for (let c = 0; c < kinds; c++) sum += this.#levels[c]?.[groups[row * kinds + c] ?? -1] ?? 0;
      out[row] = sum;
    }
    return out;
  }

  /** The same by the definition, for tests: no tables, no shortcuts. */
  predictPlainly(inputs: Inputs): Float64Array {
    const between = covarianceBetween(this.#model.covariance, warpedInputs(this.#model.covariance, inputs), this.#points);
    const points = this.#points.rows;
    return Float64Array.from({ length: inputs.rows }, (_, row) => this.#weights.reduce((sum, weight, i) => sum + weight * (between[row * points + i] ?? 0), this.#model.mean));
  }

  #tabulate(d: number, width: number, share: number, length: number): AdditivePart {
    const at = Float64Array.from({ length: this.#points.rows }, (_, i) => this.#points.warped[i * width + d] ?? 0);
    const exact = (u: number): number => {
      let sum = 0;
      for (let i = 0; i < at.length; i++) sum += (this.#weights[i] ?? 0) * matern(((u - (at[i] ?? 0)) / length) ** 2);
      return share * sum;
    };
    const from = at.reduce((min, u) => Math.min(min, u), Infinity) - 0.5;
    const to = at.reduce((max, u) => Math.max(max, u), -Infinity) + 0.5;
    const step = (to - from) / steps;
    const places = Float64Array.from({ length: steps + 1 }, (_, s) => from + s * step);
    const order = Uint32Array.from(at.keys()).sort((a, b) => (at[a] ?? 0) - (at[b] ?? 0) || a - b);
    const left = maternSums(places, Float64Array.from(order, (i) => at[i] ?? 0), Float64Array.from(order, (i) => this.#weights[i] ?? 0), length);
    const mirrored = order.toReversed();
    const right = maternSums(places.map((u) => -u).reverse(), Float64Array.from(mirrored, (i) => -(at[i] ?? 0)), Float64Array.from(mirrored, (i) => this.#weights[i] ?? 0), length);
    const values = places.map((_, s) => share * ((left.values[s] ?? 0) + (right.values[steps - s] ?? 0)));
    const slopes = places.map((_, s) => share * step * ((left.slopes[s] ?? 0) - (right.slopes[steps - s] ?? 0)));
    return { from, step, values, slopes, exact };
  }
}

/** Adds to the points' squared distances that in one number, or takes it away; none is more than `far`, so that no other is lost beside it. */
function addSquares(squared: Float64Array, points: Float64Array, u: number, inverse: number, sign: number): void {
  for (let i = 0; i < squared.length; i++) {
    const difference = u - (points[i] ?? 0);
    const square = difference * difference * inverse;
    squared[i] = (squared[i] ?? 0) + sign * (square < far ? square : far);
  }
}

/** The same in one category. */
function addApart(squared: Float64Array, points: Int32Array, group: number, apart: number): void {
  for (let i = 0; i < squared.length; i++) if (group < 0 || group !== points[i]) squared[i] = (squared[i] ?? 0) + apart;
}

const root5 = Math.sqrt(5);
/** Entries of the exponential's table for each 1 of its argument, and the table up to that of `far`. */
const entries = 32;
const exponentials = Float64Array.from({ length: Math.ceil(root5 * Math.sqrt(far) * entries) + 2 }, (_, k) => Math.exp(-k / entries));

/** Σ weight · m(squared distance) over the points that are near enough; the exponential from a table and four terms of its series, to 1e-11 and in half the time. */
function weighedMaterns(weights: Float64Array, squared: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < squared.length; i++) {
    const distance = squared[i] ?? far;
    if (distance >= far) continue;
    const s = root5 * Math.sqrt(distance > 0 ? distance : 0);
    const k = (s * entries + 0.5) | 0;
    const t = k / entries - s;
    sum += (weights[i] ?? 0) * (1 + s + (s * s) / 3) * (exponentials[k] ?? 0) * (1 + t * (1 + t * (1 / 2 + t * (1 / 6 + t / 24))));
  }
  return sum;
}

/**
 * Σ_i weights_i m((u - at_i) / length) over the points left of each place u, and its derivative by u; places and points ascending. With s = √5 (u - at_i) / length the sums of e^-s, s e^-s and s² e^-s,
 * which m is made of, go on from place to place in closed form: a number's table takes no longer than its points and places, not their product.
 */
function maternSums(places: Float64Array, at: Float64Array, weights: Float64Array, length: number): { values: Float64Array; slopes: Float64Array } {
  const rate = root5 / length;
  const values = new Float64Array(places.length);
  const slopes = new Float64Array(places.length);
  let [zeroth, first, second] = [0, 0, 0];
  let point = 0;
  for (const [p, u] of places.entries()) {
    const moved = p > 0 ? rate * (u - (places[p - 1] ?? 0)) : 0;
    const decay = Math.exp(-moved);
    second = decay * (second + moved * (2 * first + moved * zeroth));
    first = decay * (first + moved * zeroth);
    zeroth *= decay;
    for (; point < at.length && (at[point] ?? 0) < u; point++) {
      const s = rate * (u - (at[point] ?? 0));
      const part = (weights[point] ?? 0) * Math.exp(-s);
      zeroth += part;
      first += part * s;
      second += part * s * s;
    }
    values[p] = zeroth + first + second / 3;
    slopes[p] = (-rate / 3) * (first + second);
  }
  return { values, slopes };
}

function partAt({ from, step, values, slopes, exact }: AdditivePart, u: number): number {
  const position = (u - from) / step;
  const s = Math.floor(position);
  if (!(s >= 0 && s < steps)) return exact(u);
  const t = position - s;
  const left = values[s] ?? 0;
  const right = values[s + 1] ?? 0;
  const a = slopes[s] ?? 0;
  const b = slopes[s + 1] ?? 0;
  // Cubic Hermite interpolation.
  return left + t * (a + t * (3 * (right - left) - 2 * a - b + t * (2 * (left - right) + a + b)));
}
