import { BoostedTrees } from './boosted-trees.ts';
import { type CombinedModel, type FamilyModel, type TargetScale, toTarget } from './combined-model.ts';
import { GaussianProcess } from './gaussian-process.ts';
import type { Inputs } from './inputs.ts';
import { LinearRegression } from './linear-regression.ts';
import { reachBeyond } from './reach.ts';

/** Predictions in the target's unit; with them how far the members are apart, and how far each row is beyond the training ranges, from 0 to 1. */
export interface Prediction {
  value: Float64Array;
  spread: Float64Array;
  beyond: Float64Array;
}

/** Evaluates a family's model, on its own scale. */
export function familyPredictor(model: FamilyModel): { predict: (inputs: Inputs) => Float64Array } {
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

/** Evaluates a combined model. */
export class CombinedRegression {
  readonly model: CombinedModel;
  readonly #members: { scale: TargetScale; weight: number; beyond: number; predictor: { predict: (inputs: Inputs) => Float64Array } }[];

  /** Throws RangeError where a member's data do not fit together. */
  constructor(model: CombinedModel) {
    this.model = model;
    this.#members = model.members.map(({ scale, model: family, weight, weight_beyond: beyond }) => ({ scale, weight, beyond, predictor: familyPredictor(family) }));
  }

  /** Predictions for all rows. */
  predict(inputs: Inputs): Prediction {
    const beyond = reachBeyond(this.model.space, inputs);
    const members = this.#members.map(({ scale, predictor }) => toTarget(scale, predictor.predict(inputs)));
    const value = new Float64Array(inputs.rows);
    const spread = new Float64Array(inputs.rows);
    for (const [m, values] of members.entries()) {
      const { weight = 0, beyond: outside = 0 } = this.#members[m] ?? {};
      for (let row = 0; row < values.length; row++) value[row] = (value[row] ?? 0) + (values[row] ?? 0) * (weight + (outside - weight) * (beyond[row] ?? 0));
    }
    if (members.length > 1) {
      for (const [m, values] of members.entries()) {
        const { weight = 0 } = this.#members[m] ?? {};
        for (let row = 0; row < values.length; row++) spread[row] = (spread[row] ?? 0) + weight * ((values[row] ?? 0) - (value[row] ?? 0)) ** 2;
      }
      for (let row = 0; row < spread.length; row++) spread[row] = Math.sqrt(spread[row] ?? 0);
    }
    const { smallest } = this.model;
    if (smallest !== null) for (let row = 0; row < value.length; row++) if ((value[row] ?? 0) < smallest) value[row] = smallest;
    return { value, spread, beyond };
  }
}
