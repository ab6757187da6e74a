import type { Member } from './member.ts';
import { outlyingness } from './outliers.ts';
import { priorWeights, squaredErrors, stackWeights } from './stack-weights.ts';

/** Local deviations beyond which an error of the best member has no say in the weights. */
const untrusted = 12;
/** Weights below this are none. */
const smallest = 0.01;

/** Rows that the weights are learned from: not those where even the best member is grossly wrong. */
export function trustedRows(members: readonly Member[], target: Float64Array): Uint32Array {
  const errors = squaredErrors(members.map(({ outOfFold }) => outOfFold), target);
  const best = members[errors.indexOf(Math.min(...errors))];
  const all = Uint32Array.from(target.keys());
  if (!best) return all;
  const { sizes } = outlyingness(best.outOfFold, target);
  const trusted = all.filter((row) => (sizes[row] ?? 0) <= untrusted);
  return trusted.length > 0.9 * all.length ? trusted : all;
}

/** Weights of the members by what they predict for some rows that they did not see; errors count by the doubt of each row. */
export function weightsOn(members: readonly Member[], target: Float64Array, rows: Uint32Array, doubts: Float64Array): number[] {
  const inDoubts = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => (values[row] ?? 0) / (doubts[row] ?? 1));
  return weightsFor(members.map(({ forWeights }) => inDoubts(forWeights)), inDoubts(target));
}

/** Stacking weights of columns of predictions, shrunk towards what their errors alone say, as far as so few rows tell them apart; small ones are dropped. */
export function weightsFor(predictions: readonly Float64Array[], target: Float64Array): number[] {
  const errors = squaredErrors(predictions, target);
  const best = Math.min(...errors);
  if (!(best > 0)) return errors.map((_, m) => (m === errors.indexOf(best) ? 1 : 0));
  const weights = stackWeights(predictions, target, priorWeights(errors, target.length), (3 * best * predictions.length) / target.length);
  const sum = weights.reduce((total, weight) => total + (weight < smallest ? 0 : weight), 0);
  return weights.map((weight) => (weight < smallest ? 0 : weight / sum));
}
