import type { CombinedModel } from '../../common/model/combined-model.ts';
import { CombinedRegression } from '../../common/model/combined-regression.ts';
import { type Inputs, type InputSpace, inputRows } from '../../common/model/inputs.ts';
import { beyondWeights } from './beyond-weights.ts';
import { chooseMembers } from './choose-members.ts';
import { endRows } from './end-rows.ts';
import { type Candidate, allFamilies, quickFamilies, treesBaseline } from './family-list.ts';
import { dealFolds } from './folds.ts';
import { localDoubts } from './local-doubt.ts';
import { type Member, fitMember } from './member.ts';
import { trustedRows, weightsOn } from './member-weights.ts';
import { grossErrors } from './outliers.ts';
import { otherRows } from './regression-family.ts';
import { partsOf } from './repeated-parts.ts';
import { hopelessFit } from './screening.ts';
import { standInGroups } from './stand-in-groups.ts';

/** A combined model with what calibrating and reporting need. */
export interface CombinedFit {
  model: CombinedModel;
  /** By row, in the target's unit: prediction of families and weights that did not see the row. */
  outOfFold: Float64Array;
  /** The same by what the weights were learned from, and how far the members are apart there: errors that are as large as those of the model of all rows, where the former do it no justice. */
  forIntervals: { value: Float64Array; spread: Float64Array };
  /** 1 for a row that no family learned from, as a gross error. */
  outlying: Uint8Array;
  folds: Uint32Array[];
  /** Ratio of errors at held-out ends of the data to those within. */
  endFactor: number;
  /** Every family tried, with its error out of fold over the rows learned from. */
  tried: { name: string; rmse: number; mae: number; weight: number; note: string }[];
  /** By family tried, in the same order: its own predictions by row, out of fold as those of the whole. */
  familiesOutOfFold: Float64Array[];
  /** Fast fits that stood for slow ones, with their predictions by row: names of the families that were not tried because theirs was hopeless; none where it is there to be compared with only. */
  fastFits: FastFit[];
}

/** A fast fit in the place of slow families. */
export interface FastFit {
  name: string;
  standsFor: string[];
  outOfFold: Float64Array;
}

/** A fit with the members that it was made of, for whoever repeats it. */
interface CombinedMembers extends CombinedFit {
  members: Member[];
  fast: Member[];
}

/** How to combine. */
export interface CombineOptions {
  seed: number;
  /** Only the families that take a second. */
  quick?: boolean;
  /** Told which family is next, and the share of the work that is done. */
  onFamily?: (name: string, fraction: number) => void;
}

/** Ten folds up to so many rows, and up to so many cells where that does not take long: what lacks a fifth of the rows is harsher on a law that still gains from every row. Five folds beyond. */
const tenFoldRows = 500;
const tenFoldCells = 10_000;
const tenFolds = 10;

/** Time that looking for gross errors takes beside the families' efforts. */
const grossEffort = 12;

/** Parts up to which the whole procedure is repeated without each fold, where that does not take too long: choosing among so many settings by so few parts looks better than it is. */
const nestedParts = 120;
const mostRepeatedCells = 4_000;
/** Cells up to which it is repeated without each fold alone; with more each time takes longer, and several folds go together, down to so many times. */
const nestedCells = 500;
const fewestTimes = 3;

/** Fits all families and weighs them by their out-of-fold predictions; undefined where none applies. */
export function combine(space: InputSpace, inputs: Inputs, target: Float64Array, options: CombineOptions): CombinedFit | undefined {
  const repetitions = options.quick === true ? 0 : repetitionsFor(inputs);
  // Each time takes as long as the first.
  const onFamily = (time: number, times: number) => (name: string, fraction: number) => options.onFamily?.(name, (time + fraction) / times);
  const all = combineOnce(space, inputs, target, { ...options, onFamily: onFamily(0, 1 + repetitions) });
  if (!all) return undefined;
  const { members, fast, ...fit } = all;
  if (repetitions === 0) return fit;
  const { outlying, folds } = fit;
  const outOfFold = Float64Array.from(fit.outOfFold);
  const spread = Float64Array.from(fit.forIntervals.spread);
  // All that is compared with the whole comes from the same repetitions as the whole does.
  const compared = [...members.map(({ name }, f) => ({ name, outOfFold: Float64Array.from(fit.familiesOutOfFold[f] ?? []) })), ...fast.map(({ name }, f) => ({ name, outOfFold: Float64Array.from(fit.fastFits[f]?.outOfFold ?? []) }))];
  // One part may fill several folds.
  const times = Math.min(repetitions, folds.length);
  for (let time = 0; time < times; time++) {
    const rows = Uint32Array.from(folds.filter((_, fold) => fold % times === time).flatMap((fold) => [...fold])).sort();
    const others = otherRows(inputs.rows, rows).filter((row) => outlying[row] === 0);
    const without = combineOnce(space, inputRows(inputs, others), Float64Array.from(others, (row) => target[row] ?? 0), { ...options, onFamily: onFamily(1 + time, 1 + times) });
    if (!without) return fit;
    const held = inputRows(inputs, rows);
    const predicted = new CombinedRegression(without.model).predict(held);
    for (const { name, outOfFold: own } of compared) {
      const values = [...without.members, ...without.fast].find((member) => member.name === name)?.predict(held);
      for (const [i, row] of rows.entries()) if (values) own[row] = values[i] ?? 0;
    }
    for (const [i, row] of rows.entries()) {
      outOfFold[row] = predicted.value[i] ?? 0;
      spread[row] = predicted.spread[i] ?? 0;
    }
  }
  const familiesOutOfFold = compared.slice(0, members.length).map(({ outOfFold: own }) => own);
  const learned = target.map((_, row) => row).filter((row) => outlying[row] === 0);
  return {
    ...fit,
    outOfFold,
    forIntervals: { value: outOfFold, spread },
    familiesOutOfFold,
    tried: fit.tried.map((family, f) => ({ ...family, ...errorsOn(familiesOutOfFold[f] ?? target, target, learned) })),
    fastFits: fit.fastFits.map((one, f) => ({ ...one, outOfFold: compared[members.length + f]?.outOfFold ?? one.outOfFold })),
  };
}

function errorsOn(predicted: Float64Array, target: Float64Array, rows: Iterable<number>): { rmse: number; mae: number } {
  const errors = Float64Array.from(rows, (row) => (predicted[row] ?? 0) - (target[row] ?? 0));
  return { rmse: Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length), mae: errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length };
}

function combineOnce(space: InputSpace, inputs: Inputs, target: Float64Array, { seed, quick = false, onFamily }: CombineOptions): CombinedMembers | undefined {
  const candidates: readonly Candidate[] = quick ? quickFamilies : allFamilies;
  const efforts = candidates.reduce((sum, { effort }) => sum + effort, quick ? 0 : grossEffort);
  // Looking for gross errors takes longer than the quick families; the demonstration data, which they are for, have none.
  const outlying = quick ? new Uint8Array(inputs.rows) : grossErrors(space, inputs, target, seed, (fraction) => onFamily?.('gross errors', (fraction * grossEffort) / efforts));
  const kept = Uint32Array.from(outlying.keys()).filter((row) => outlying[row] === 0);
  const some = inputRows(inputs, kept);
  const ofTarget = Float64Array.from(kept, (row) => target[row] ?? 0);
  const folds = dealFolds(kept.length, Math.min(kept.length, foldCount(some)), seed, partsOf(some));
  const ends = endRows(some);
  const members: Member[] = [];
  const skipped = new Map<Member, string[]>();
  const fastMembers = new Map<string, Member | undefined>();
  let done = quick ? 0 : grossEffort;
  for (const candidate of candidates) {
    const begun = done;
    const onProgress = (fraction: number): void => onFamily?.(candidate.name, (begun + fraction * candidate.effort) / efforts);
    onProgress(0);
    done += candidate.effort;
    const problem = { space, inputs: some, folds, ends, seed, onProgress };
    const fast = hopelessFit(candidate, problem, ofTarget, members, fastMembers);
    if (fast) {
      skipped.set(fast, [...(skipped.get(fast) ?? []), candidate.name]);
      continue;
    }
    const member = fitMember(candidate, problem, ofTarget);
    if (member) members.push(member);
  }
  if (members.length === 0) return undefined;
  // There is always one of the trees to be compared with, if only the fast ones.
  if (![...members, ...skipped.keys()].some(({ scale, model }) => scale.kind === 'plain' && model.kind === 'boosted-trees')) {
    const baseline = fitMember(treesBaseline, { space, inputs: some, folds, ends: [], seed }, ofTarget);
    if (baseline) skipped.set(baseline, []);
  }

  const trusted = trustedRows(members, ofTarget);
  const doubts = localDoubts(members, ofTarget, trusted);
  const used = chooseMembers(members, ofTarget, trusted, doubts);
  const chosenWeights = weightsOn(used, ofTarget, trusted, doubts);
  const weights = members.map((member) => chosenWeights[used.indexOf(member)] ?? 0);
  const beyond = beyondWeights(members, weights, ends, ofTarget, trusted, doubts);
  const smallest = target.every((value) => value >= 0) ? 0 : null;
  const withoutStandIns: CombinedModel = {
    kind: 'combined',
    space,
    members: members.flatMap(({ name, scale, model: family }, m) => {
      const [weight = 0, outside = 0] = [weights[m], beyond.weights[m]];
      return weight > 0 || outside > 0 ? [{ name, scale, model: family, weight, weight_beyond: outside }] : [];
    }),
    unknown: [],
    smallest,
  };
  const model = { ...withoutStandIns, unknown: standInGroups(withoutStandIns, some, seed) };

  // Weights, too, are learned from the other folds, so that the errors reported are honest.
  const outOfFold = new Float64Array(target.length);
  const forIntervals = { value: new Float64Array(target.length), spread: new Float64Array(target.length) };
  const set = (row: number, weighed: readonly number[], values: readonly number[], forWeights = values): void => {
    outOfFold[row] = mixed(values, weighed, smallest).value;
    const { value, spread } = mixed(forWeights, weighed, smallest);
    forIntervals.value[row] = value;
    forIntervals.spread[row] = spread;
  };
  for (const rows of folds) {
    const held = new Set(rows);
    const ofFold = weightsOn(used, ofTarget, trusted.filter((row) => !held.has(row)), doubts);
    for (const row of rows) set(kept[row] ?? 0, ofFold, used.map((member) => member.outOfFold[row] ?? 0), used.map((member) => member.forWeights[row] ?? 0));
  }
  const left = Uint32Array.from(outlying.keys()).filter((row) => outlying[row] === 1);
  const predicted = used.map((member) => member.predict(inputRows(inputs, left)));
  for (const [i, row] of left.entries()) set(row, chosenWeights, predicted.map((values) => values[i] ?? 0));

  const tried = members.map(({ name, note, outOfFold: values }, m) => ({ name, note, weight: weights[m] ?? 0, ...errorsOn(values, ofTarget, ofTarget.keys()) }));
  const familiesOutOfFold = members.map((member) => onAllRows(member, inputs, kept, left));
  const fastFits = [...skipped].map(([fast, standsFor]) => ({ name: fast.name, standsFor, outOfFold: onAllRows(fast, inputs, kept, left) }));
  return { members, fast: [...skipped.keys()], familiesOutOfFold, fastFits, model, outOfFold, forIntervals, outlying, folds: allFolds(folds, kept, left), endFactor: beyond.factor, tried };
}

/** How often the whole procedure is repeated: by rows times columns, as each time takes that long. */
export function repetitionsFor(inputs: Inputs): number {
  const parts = new Set(partsOf(inputs)).size;
  if (parts > nestedParts || (inputs.rows > parts && cellsOf(inputs) > mostRepeatedCells) || inputs.rows < 30) return 0;
  return Math.max(fewestTimes, Math.min(tenFolds, Math.floor((tenFolds * nestedCells) / cellsOf(inputs))));
}

function foldCount(inputs: Inputs): number {
  return inputs.rows <= tenFoldRows || cellsOf(inputs) <= tenFoldCells ? tenFolds : 5;
}

const cellsOf = ({ rows, numbers, categories }: Inputs): number => rows * (numbers.length + categories.length);

/** The weighted mean of the members, no smaller than the smallest, and how far they are apart. */
function mixed(values: readonly number[], weights: readonly number[], smallest: number | null): { value: number; spread: number } {
  const mean = values.reduce((sum, value, m) => sum + value * (weights[m] ?? 0), 0);
  const spread = Math.sqrt(values.reduce((sum, value, m) => sum + (weights[m] ?? 0) * (value - mean) ** 2, 0));
  return { value: smallest === null ? mean : Math.max(smallest, mean), spread };
}

/** A family's predictions by row of the table: out of fold for the rows that it learned from. */
function onAllRows(member: Member, inputs: Inputs, kept: Uint32Array, left: Uint32Array): Float64Array {
  const all = new Float64Array(kept.length + left.length);
  for (const [i, row] of kept.entries()) all[row] = member.outOfFold[i] ?? 0;
  for (const [i, value] of member.predict(inputRows(inputs, left)).entries()) all[left[i] ?? 0] = value;
  return all;
}

/** Folds of kept rows as rows of the table, gross errors dealt among them. */
function allFolds(folds: readonly Uint32Array[], kept: Uint32Array, left: Uint32Array): Uint32Array[] {
  return folds.map((rows, fold) => Uint32Array.from([...Array.from(rows, (row) => kept[row] ?? 0), ...left.filter((_, i) => i % folds.length === fold)]).sort());
}
