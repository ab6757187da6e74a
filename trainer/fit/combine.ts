import type { CombinedModel } from '../../common/model/combined-model.ts';
import { CombinedRegression } from '../../common/model/combined-regression.ts';
import { type Inputs, type InputSpace, inputRows } from '../../common/model/inputs.ts';
import { endRows } from './end-rows.ts';
import { type Candidate, allFamilies, quickFamilies } from './family-list.ts';
import { dealFolds } from './folds.ts';
import { type Member, fitMember } from './member.ts';
import { type Problem, otherRows } from './regression-family.ts';
import { grossErrors, outlyingness } from './outliers.ts';
import { priorWeights, squaredErrors, stackWeights } from './stack-weights.ts';

/** A combined model with what calibrating and reporting need. */
export interface CombinedFit {
  model: CombinedModel;
  /** By row, in the target's unit: prediction of families and weights that did not see the row, and how far the members are apart there. */
  outOfFold: Float64Array;
  spread: Float64Array;
  /** 1 for a row that no family learned from, as a gross error. */
  outlying: Uint8Array;
  folds: Uint32Array[];
  /** Ratio of errors at held-out ends of the data to those within. */
  endFactor: number;
  /** Every family tried, with its error out of fold over the rows learned from. */
  tried: { name: string; rmse: number; mae: number; weight: number; note: string }[];
}

/** How to combine. */
export interface CombineOptions {
  seed: number;
  /** Only the families that take a second. */
  quick?: boolean;
  /** Told which family is next, and the share of the work that is done. */
  onFamily?: (name: string, fraction: number) => void;
}

/** Rows up to which there are ten folds; five beyond. */
const tenFoldRows = 500;

/** Rows up to which the whole procedure is repeated without each fold: choosing among so many settings by so few rows looks better than it is. */
const nestedRows = 120;

/** Fits all families and weighs them by their out-of-fold predictions; undefined where none applies. */
export function combine(space: InputSpace, inputs: Inputs, target: Float64Array, options: CombineOptions): CombinedFit | undefined {
  const fit = combineOnce(space, inputs, target, options);
  if (!fit || options.quick || inputs.rows > nestedRows || inputs.rows < 30) return fit;
  const { outlying, folds } = fit;
  const outOfFold = Float64Array.from(fit.outOfFold);
  const spread = Float64Array.from(fit.spread);
  for (const rows of folds) {
    const others = otherRows(inputs.rows, rows).filter((row) => outlying[row] === 0);
    const without = combineOnce(space, inputRows(inputs, others), Float64Array.from(others, (row) => target[row] ?? 0), { ...options, onFamily: () => {} });
    if (!without) return fit;
    const predicted = new CombinedRegression(without.model).predict(inputRows(inputs, rows));
    for (const [i, row] of rows.entries()) {
      outOfFold[row] = predicted.value[i] ?? 0;
      spread[row] = predicted.spread[i] ?? 0;
    }
  }
  return { ...fit, outOfFold, spread };
}

function combineOnce(space: InputSpace, inputs: Inputs, target: Float64Array, { seed, quick = false, onFamily }: CombineOptions): CombinedFit | undefined {
  onFamily?.('gross errors', 0);
  const outlying = grossErrors(space, inputs, target, seed);
  const kept = Uint32Array.from(outlying.keys()).filter((row) => outlying[row] === 0);
  const some = inputRows(inputs, kept);
  const ofTarget = Float64Array.from(kept, (row) => target[row] ?? 0);
  const folds = dealFolds(kept.length, Math.min(kept.length, kept.length <= tenFoldRows ? 10 : 5), seed);
  const ends = endRows(some);
  const candidates: readonly Candidate[] = quick ? quickFamilies : allFamilies;
  const members: Member[] = [];
  for (const [c, candidate] of candidates.entries()) {
    onFamily?.(candidate.name, (c + 1) / (candidates.length + 1));
    const problem = { space, inputs: some, folds, ends, seed };
    if (isHopeless(candidate, problem, ofTarget, members)) continue;
    const member = fitMember(candidate, problem, ofTarget);
    if (member) members.push(member);
  }
  if (members.length === 0) return undefined;

  const trusted = trustedRows(members, ofTarget);
  const kinds = keptMembers(members, ofTarget, trusted);
  const weights = weightsOn(kinds, ofTarget, trusted);
  const chosen = kinds.map((member, m) => ({ member, weight: weights[m] ?? 0 })).filter(({ weight }) => weight > 0);
  const beyond = beyondWeights(chosen.map(({ member }) => member), ends, ofTarget, trusted);
  const smallest = target.every((value) => value >= 0) ? 0 : null;
  const model: CombinedModel = {
    kind: 'combined',
    space,
    members: chosen.map(({ member, weight }, m) => ({ name: member.name, scale: member.scale, model: member.model, weight, weight_beyond: beyond.weights[m] ?? 0 })),
    smallest,
  };

  // Weights, too, are learned from the other folds, so that the errors reported are honest.
  const outOfFold = new Float64Array(target.length);
  const spread = new Float64Array(target.length);
  const used = chosen.map(({ member }) => member);
  for (const rows of folds) {
    const held = new Set(rows);
    const ofFold = weightsOn(used, ofTarget, trusted.filter((row) => !held.has(row)));
    for (const row of rows) mix(used.map((member) => member.outOfFold[row] ?? 0), ofFold, kept[row] ?? 0, smallest, outOfFold, spread);
  }
  const left = Uint32Array.from(outlying.keys()).filter((row) => outlying[row] === 1);
  const predicted = used.map((member) => member.predict(inputRows(inputs, left)));
  for (const [i, row] of left.entries()) mix(predicted.map((values) => values[i] ?? 0), chosen.map(({ weight }) => weight), row, smallest, outOfFold, spread);

  const keptNames = new Map(chosen.map(({ member, weight }) => [member.name, weight]));
  const tried = members.map(({ name, note, outOfFold: values }) => ({ name, note, weight: keptNames.get(name) ?? 0, rmse: Math.sqrt(squaredErrors([values], ofTarget)[0] ?? 0), mae: values.reduce((sum, value, row) => sum + Math.abs(value - (ofTarget[row] ?? 0)), 0) / values.length }));
  return { model, outOfFold, spread, outlying, folds: allFolds(folds, kept, left), endFactor: beyond.factor, tried };
}

/** A fast fit whose root mean square error is beyond this many times the best one's says that the slow fit is not worth its time. */
const hopeless = 2.2;

function isHopeless({ screen, ...candidate }: Candidate, problem: Omit<Problem, 'target'>, target: Float64Array, members: readonly Member[]): boolean {
  if (!screen || members.length === 0) return false;
  const best = Math.min(...squaredErrors(members.map(({ outOfFold }) => outOfFold), target));
  const fast = fitMember({ ...candidate, family: screen }, problem, target);
  return fast !== undefined && (squaredErrors([fast.outOfFold], target)[0] ?? 0) > hopeless ** 2 * best;
}

function mix(values: readonly number[], weights: readonly number[], row: number, smallest: number | null, outOfFold: Float64Array, spread: Float64Array): void {
  const mean = values.reduce((sum, value, m) => sum + value * (weights[m] ?? 0), 0);
  spread[row] = Math.sqrt(values.reduce((sum, value, m) => sum + (weights[m] ?? 0) * (value - mean) ** 2, 0));
  outOfFold[row] = smallest === null ? mean : Math.max(smallest, mean);
}

/** Rows that the weights are learned from: not those where even the best family is grossly wrong. */
function trustedRows(members: readonly Member[], target: Float64Array): Uint32Array {
  const errors = squaredErrors(members.map(({ outOfFold }) => outOfFold), target);
  const best = members[errors.indexOf(Math.min(...errors))];
  const all = Uint32Array.from(target.keys());
  if (!best) return all;
  const { sizes } = outlyingness(best.outOfFold, target);
  const trusted = all.filter((row) => (sizes[row] ?? 0) <= 12);
  return trusted.length > 0.9 * all.length ? trusted : all;
}

function weightsOn(members: readonly Member[], target: Float64Array, rows: Uint32Array): number[] {
  const ofTarget = Float64Array.from(rows, (row) => target[row] ?? 0);
  const predictions = members.map(({ outOfFold }) => Float64Array.from(rows, (row) => outOfFold[row] ?? 0));
  const errors = squaredErrors(predictions, ofTarget);
  const best = Math.min(...errors);
  if (!(best > 0)) return errors.map((_, m) => (m === errors.indexOf(best) ? 1 : 0));
  const weights = stackWeights(predictions, ofTarget, priorWeights(errors, rows.length), (3 * best * members.length) / rows.length);
  const sum = weights.reduce((total, weight) => total + (weight < 0.01 ? 0 : weight), 0);
  return weights.map((weight) => (weight < 0.01 ? 0 : weight / sum));
}

/** Rows from which a costly member's gain must also be clear of chance; with fewer the mean of several is safer than any choice. */
const enoughRows = 300;

/** The members left when those go, worst first, whose absence costs less than their price, or no more than chance would. */
function keptMembers(members: readonly Member[], target: Float64Array, rows: Uint32Array): Member[] {
  let kept = [...members];
  const squaresOf = (some: readonly Member[]): Float64Array => {
    const weights = weightsOn(some, target, rows);
    return Float64Array.from(rows, (row) => (some.reduce((sum, { outOfFold }, m) => sum + (weights[m] ?? 0) * (outOfFold[row] ?? 0), 0) - (target[row] ?? 0)) ** 2);
  };
  let squares = squaresOf(kept);
  while (kept.length > 1) {
    const error = meanOf(squares);
    const options = kept.map((member) => {
      const others = kept.filter((other) => other !== member);
      const without = squaresOf(others);
      const losses = without.map((square, row) => square - (squares[row] ?? 0));
      const loss = meanOf(losses);
      const chance = member.price > 0 && rows.length >= enoughRows ? 1.5 * Math.sqrt(meanOf(losses.map((one) => (one - loss) ** 2)) / rows.length) : 0;
      return { others, squares: without, excess: loss - Math.max(member.price * error, chance) };
    });
    const cheapest = options.filter(({ excess }) => excess <= 0).sort((a, b) => a.excess - b.excess)[0];
    if (!cheapest) break;
    kept = cheapest.others;
    squares = cheapest.squares;
  }
  return kept;
}

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Weights for beyond the data, from the errors at held-out ends, and how much larger those errors are. Trees have none: they are constant there. */
function beyondWeights(members: readonly Member[], ends: readonly Uint32Array[], target: Float64Array, trusted: Uint32Array): { weights: number[]; factor: number } {
  const inside = weightsOn(members, target, trusted);
  const smooth = members.filter(({ model, beyond }) => model.kind !== 'boosted-trees' && beyond.every((values) => values.every(Number.isFinite)));
  if (ends.length === 0 || smooth.length === 0) return { weights: inside, factor: 1 };
  const may = new Set(trusted);
  const used = ends.map((rows) => [...rows.keys()].filter((i) => may.has(rows[i] ?? 0)));
  const flat = (values: readonly Float64Array[]): Float64Array => Float64Array.from(used.flatMap((positions, e) => positions.map((i) => values[e]?.[i] ?? 0)));
  const ofTarget = flat(ends.map((rows) => Float64Array.from(rows, (row) => target[row] ?? 0)));
  const predictions = smooth.map(({ beyond }) => flat(beyond));
  const errors = squaredErrors(predictions, ofTarget);
  const best = Math.min(...errors);
  const weights = best > 0 ? stackWeights(predictions, ofTarget, priorWeights(errors, ofTarget.length), (3 * best * smooth.length) / ofTarget.length) : errors.map((_, m) => (m === errors.indexOf(best) ? 1 : 0));
  const mixed = ofTarget.map((_, row) => predictions.reduce((sum, values, m) => sum + (weights[m] ?? 0) * (values[row] ?? 0), 0));
  const within = flat(ends.map((rows) => Float64Array.from(rows, (row) => members.reduce((sum, { outOfFold }, m) => sum + (inside[m] ?? 0) * (outOfFold[row] ?? 0), 0))));
  const [outside = 0] = squaredErrors([mixed], ofTarget);
  const [inner = 0] = squaredErrors([within], ofTarget);
  return { weights: members.map((member) => weights[smooth.indexOf(member)] ?? 0), factor: inner > 0 ? Math.max(1, Math.min(10, Math.sqrt(outside / inner))) : 1 };
}

/** Folds of kept rows as rows of the table, gross errors dealt among them. */
function allFolds(folds: readonly Uint32Array[], kept: Uint32Array, left: Uint32Array): Uint32Array[] {
  return folds.map((rows, fold) => Uint32Array.from([...Array.from(rows, (row) => kept[row] ?? 0), ...left.filter((_, i) => i % folds.length === fold)]).sort());
}
