import { familyPredictor } from '../../common/model/combined-regression.ts';
import { type FamilyModel, type TargetScale, toTarget } from '../../common/model/combined-model.ts';
import type { Inputs } from '../../common/model/inputs.ts';
import type { Candidate } from './family-list.ts';
import type { Problem } from './regression-family.ts';
import { scaled, smeared, targetScale } from './target-scale.ts';

/** A family's fit with all predictions in the target's unit. */
export interface Member {
  name: string;
  price: number;
  scale: TargetScale;
  model: FamilyModel;
  outOfFold: Float64Array;
  /** What its weight is learned from: by row, as out of fold. */
  forWeights: Float64Array;
  beyond: Float64Array[];
  note: string;
  predict: (inputs: Inputs) => Float64Array;
}

/** Fits a candidate; undefined where it does not apply, or predicts something that is not finite. */
export function fitMember({ name, family, scale: kind, price }: Candidate, problem: Omit<Problem, 'target'>, target: Float64Array): Member | undefined {
  const unscaled = targetScale(target, kind);
  if (!unscaled) return undefined;
  const ofScale = scaled(target, unscaled);
  const fit = family.fit({ ...problem, target: ofScale });
  if (!fit) return undefined;
  const scale = smeared(unscaled, ofScale, fit.outOfFold);
  const predictor = familyPredictor(fit.model);
  const outOfFold = toTarget(scale, fit.outOfFold);
  const member: Member = {
    name,
    price,
    scale,
    model: fit.model,
    outOfFold,
    forWeights: fit.forWeights ? toTarget(scale, fit.forWeights) : outOfFold,
    beyond: fit.beyond.map((values) => toTarget(scale, values)),
    note: fit.note,
    predict: (inputs) => toTarget(scale, predictor.predict(inputs)),
  };
  return member.outOfFold.every(Number.isFinite) && member.forWeights.every(Number.isFinite) ? member : undefined;
}
