import { BoostedTrees } from './boosted-trees.ts';
import { type CombinedModel, type FamilyModel, type TargetScale, toTarget } from './combined-model.ts';
import { GaussianProcess } from './gaussian-process.ts';
import { groupCounts, type Inputs, inputRows } from './inputs.ts';
import { LinearRegression } from './linear-regression.ts';
import { atTheEnds, distanceBeyond, reachOf } from './reach.ts';
import { type ExpectedOfGroups, expectedOfGroups } from './stand-in-groups.ts';

/** Predictions in the target's unit; with them how far the members are apart, and how far each row is beyond the training ranges, in ranges. */
export interface Prediction {
  value: Float64Array;
  spread: Float64Array;
  beyond: Float64Array;
  /** How far a row's value is from that at the nearest end of the training ranges; undefined where no row is beyond them. */
  change?: Float64Array | undefined;
  /** How far below and above the value 90 % of the groups like an unknown one lie; undefined where none is unknown. */
  below?: Float64Array | undefined;
  above?: Float64Array | undefined;
  /** 1 for a row whose value came out below the smallest and is cut to it; undefined where none did. */
  cut?: Uint8Array | undefined;
}

/** Predicts on a family's own scale; `predictSteps` is faster for rows of which most are as the one before but for few inputs. */
interface FamilyPredictor {
  predict: (inputs: Inputs) => Float64Array;
  predictSteps?: (inputs: Inputs) => Float64Array;
}

/** Evaluates a family's model, on its own scale. */
export function familyPredictor(model: FamilyModel): FamilyPredictor {
  switch (model.kind) {
    case 'linear':
      return new LinearRegression(model);
    case 'gaussian-process':
      return new GaussianProcess(model);
    case 'boosted-trees':
      return new BoostedTrees(model);
    default:
      return model satisfies never;
  }
}

/** The rows that are beyond the training ranges; undefined where none is, as in most chunks. */
function rowsBeyond(beyond: Float64Array): Uint32Array | undefined {
  return beyond.some((distance) => distance > 0) ? Uint32Array.from(beyond.keys()).filter((row) => (beyond[row] ?? 0) > 0) : undefined;
}

/** Predictions of these rows, 0 for others: who has no weight within is not asked there. */
function onlyBeyond(rows: Uint32Array | undefined, inputs: Inputs, predict: (inputs: Inputs) => Float64Array): Float64Array {
  const out = new Float64Array(inputs.rows);
  if (!rows) return out;
  for (const [i, value] of predict(inputRows(inputs, rows)).entries()) out[rows[i] ?? 0] = value;
  return out;
}

/** Evaluates a combined model. */
export class CombinedRegression {
  readonly model: CombinedModel;
  readonly #groupCounts: number[];
  readonly #members: { scale: TargetScale; weight: number; beyond: number; predictor: FamilyPredictor }[];

  /** Throws RangeError where a member's data do not fit together. */
  constructor(model: CombinedModel) {
    this.model = model;
    this.#groupCounts = groupCounts(model.space).map((groups, c) => groups - (model.space.categories[c]?.kind === 'levels' && model.space.categories[c].missing >= 0 ? 1 : 0));
    this.#members = model.members.map(({ scale, model: family, weight, weight_beyond: beyond }) => ({ scale, weight, beyond, predictor: familyPredictor(family) }));
  }

  /** Predictions for all rows with what the interval is told by. */
  predict(inputs: Inputs): Prediction {
    const beyond = distanceBeyond(this.model.space, inputs);
    const { value, spread, below, above } = this.#expected(inputs);
    const change = this.#change(inputs, beyond, value);
    return { value, spread, beyond, change, below, above, cut: this.#cut(value) };
  }

  /** Predictions alone; `steps` says that most rows are as the one before but for few inputs, which is faster. */
  values(inputs: Inputs, steps = false): Float64Array {
    const { value } = this.#expected(inputs, steps);
    this.#cut(value);
    return value;
  }

  #expected(inputs: Inputs, steps = false): ExpectedOfGroups {
    return expectedOfGroups(this.model.unknown, this.#groupCounts, inputs, (known) => this.#known(known, steps));
  }

  /** The weighted means, and how far the members are apart, of rows as the families take them. */
  #known(inputs: Inputs, steps: boolean): { value: Float64Array; spread: Float64Array } {
    const beyond = distanceBeyond(this.model.space, inputs);
    const rows = rowsBeyond(beyond);
    const members = this.#members.map(({ scale, predictor, weight }) => {
      const predict = (some: Inputs): Float64Array => toTarget(scale, steps && predictor.predictSteps ? predictor.predictSteps(some) : predictor.predict(some));
      return weight > 0 ? predict(inputs) : onlyBeyond(rows, inputs, predict);
    });
    const reach = rows ? beyond.map(reachOf) : beyond;
    const value = new Float64Array(inputs.rows);
    const spread = new Float64Array(inputs.rows);
    for (const [m, values] of members.entries()) {
      const { weight = 0, beyond: outside = 0 } = this.#members[m] ?? {};
      for (let row = 0; row < values.length; row++) value[row] = (value[row] ?? 0) + (values[row] ?? 0) * (weight + (outside - weight) * (reach[row] ?? 0));
    }
    if (members.length > 1) {
      for (const [m, values] of members.entries()) {
        const { weight = 0 } = this.#members[m] ?? {};
        if (weight === 0) continue;
        for (let row = 0; row < values.length; row++) spread[row] = (spread[row] ?? 0) + weight * ((values[row] ?? 0) - (value[row] ?? 0)) ** 2;
      }
      for (let row = 0; row < spread.length; row++) spread[row] = Math.sqrt(spread[row] ?? 0);
    }
    return { value, spread };
  }

  /** How far the values of rows beyond the ranges are from those at the ends. */
  #change(inputs: Inputs, beyond: Float64Array, value: Float64Array): Float64Array | undefined {
    const rows = rowsBeyond(beyond);
    if (!rows) return undefined;
    const change = new Float64Array(inputs.rows);
    const ends = this.#expected(atTheEnds(this.model.space, inputRows(inputs, rows))).value;
    for (const [i, row] of rows.entries()) change[row] = Math.abs((value[row] ?? 0) - (ends[i] ?? 0));
    return change;
  }

  /** Cuts values below the smallest to it, in place: 1 for a row that was; undefined where none was. */
  #cut(value: Float64Array): Uint8Array | undefined {
    const { smallest } = this.model;
    let cut: Uint8Array | undefined;
    for (let row = 0; row < value.length; row++) {
      if (smallest === null || (value[row] ?? 0) >= smallest) continue;
      value[row] = smallest;
      (cut ??= new Uint8Array(value.length))[row] = 1;
    }
    return cut;
  }
}
