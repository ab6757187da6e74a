import type { Inputs, InputSpace } from '../../common/model/inputs.ts';
import { inputRows } from '../../common/model/inputs.ts';
import { boostedTreesFamily, shallowTrees } from './boosted-trees-family.ts';
import { type Candidate, quickFamilies } from './family-list.ts';
import { dealFolds } from './folds.ts';
import { fitMember } from './member.ts';
import { partsOf } from './repeated-parts.ts';
import { sampleRows } from './sample-rows.ts';

/** Local standard deviations from which a target is a gross error, on the scale on which it is the more usual one: one in a million normal errors, six in a thousand of Laplace's law. */
const gross = 5;
/** The same once there are gross errors enough that milder ones are to be expected too, as least trimmed squares is reweighted. */
const grossAmongOthers = 3.5;
const enoughGross = { rows: 2, share: 0.005 };
/** Errors beyond so many deviations pull no harder than these while looking for gross ones: in Huber's way (1964, doi:10.1214/aoms/1177703732), by pseudo-values that any family can fit. */
const pull = 2.5;
/** Large errors hide others: it takes some rounds to uncover all, and mostly these. */
const maxRounds = 12;
const usualRounds = 3;
/** Rows that are learned from while looking: enough for the others to be told from what their like take. */
const fittedRows = 4_000;
/** More than this cannot be errors: parts are that way, and whoever leaves them out promises too much. */
const maxShare = 0.08;

const shallow: Candidate = { name: 'trees', family: boostedTreesFamily({ ...shallowTrees, trees: 150, rate: 0.2, repeats: 1, visits: 2e8 }), scale: 'plain', price: 0, effort: 1 };
const lookingFamilies: readonly Candidate[] = [...quickFamilies, shallow, { ...shallow, scale: 'log' }];

/**
 * Rows whose target no family can explain: 1 where the error out of fold is gross for all that fit well, in units of a local robust deviation.
 * Again and again without those found, since an error spoils the fit beside it, until none is added (as least trimmed squares does: Rousseeuw, 1984, doi:10.1080/01621459.1984.10477105).
 * `onProgress` is told the share of the work that is done, as far as that is known: how many rounds it takes shows in the end.
 */
export function grossErrors(space: InputSpace, inputs: Inputs, target: Float64Array, seed: number, onProgress?: (fraction: number) => void): Uint8Array {
  const n = target.length;
  const outlying = new Uint8Array(n);
  onProgress?.(0);
  let fitted = 0;
  const onFit = (): void => {
    fitted += 1 / lookingFamilies.length;
    onProgress?.(Math.min(fitted / usualRounds, fitted / (fitted + 1)));
  };
  if (n < 30) return outlying;
  let limit = gross;
  let tamed = withinFences(target);
  for (let round = 0; round < maxRounds; round++) {
    const { sizes, center } = unexplained(space, inputs, target, tamed, outlying, { seed, onFit });
    let changed = 0;
    let count = 0;
    for (let row = 0; row < n; row++) {
      const isGross = (sizes[row] ?? 0) > limit ? 1 : 0;
      if (isGross !== outlying[row]) changed++;
      count += isGross;
      outlying[row] = isGross;
    }
    if (count > maxShare * n) return new Uint8Array(n);
    const pulls = outlyingness(center, target).sizes;
    tamed = target.map((value, row) => (center[row] ?? 0) + (value - (center[row] ?? 0)) * Math.min(1, pull / (pulls[row] ?? 1)));
    if (round === 0 || changed > 0.002 * n) continue;
    if (limit === grossAmongOthers || count < Math.max(enoughGross.rows, enoughGross.share * n)) break;
    limit = grossAmongOthers;
  }
  return outlying;
}

/** The rows that lack a value, for each input that training lacks often enough to learn from. */
function rowsWithGaps(space: InputSpace, inputs: Inputs): Uint32Array[] {
  return space.categories.flatMap((category, c) => {
    const missing = category.kind === 'missing' ? 1 : category.missing;
    const groups = inputs.categories[c] ?? new Int32Array();
    return missing < 0 ? [] : [Uint32Array.from(groups.keys()).filter((row) => groups[row] === missing)];
  });
}

/** The same sizes, but for rows with a gap no larger than in units of what is usual among rows with that gap: not knowing a value makes errors large, not gross. */
function lenient(sizes: Float64Array, gaps: readonly Uint32Array[], predicted: Float64Array, target: Float64Array): Float64Array {
  for (const rows of gaps) {
    const errors = Float64Array.from(rows, (row) => Math.abs((target[row] ?? 0) - (predicted[row] ?? 0)));
    const usual = 1.4826 * (Float64Array.from(errors).sort()[errors.length >> 1] ?? 0);
    for (const [i, row] of rows.entries()) if (usual > 0) sizes[row] = Math.min(sizes[row] ?? 0, (errors[i] ?? 0) / usual);
  }
  return sizes;
}

/** A level with fewer rows than these can hardly tell what is usual in it. */
const tellingRows = 4;

/** The rows of each level, by category; and those of all levels with few rows, which tell together what is usual of such a level. */
function rowsByLevel({ categories }: Inputs): Uint32Array[] {
  return categories.flatMap((groups) => {
    const byLevel = new Map<number, number[]>();
    for (const [row, group] of groups.entries()) {
      const others = byLevel.get(group);
      if (others) others.push(row);
      else byLevel.set(group, [row]);
    }
    const levels = [...byLevel.values()];
    return [...levels, levels.filter((rows) => rows.length < tellingRows).flat()].map((rows) => Uint32Array.from(rows));
  });
}

/** The same sizes, but in units of what is usual among the other rows of a level where that is more: a level that quick fits cannot resolve makes errors large, not gross. In place. */
function lenientToLevels(sizes: Float64Array, levels: readonly Uint32Array[]): Float64Array {
  const usual = new Float64Array(sizes.length).fill(1);
  for (const rows of levels) {
    const sorted = Float64Array.from(rows, (row) => sizes[row] ?? 0).sort();
    for (const row of rows) {
      // The median of the others, the larger one of two: a size at or below it moves it up by one.
      const half = (rows.length - 1) >> 1;
      const others = sorted[(sizes[row] ?? 0) <= (sorted[half] ?? 0) ? half + 1 : half] ?? 0;
      usual[row] = Math.max(usual[row] ?? 1, 1.4826 * others);
    }
  }
  for (let row = 0; row < sizes.length; row++) sizes[row] = (sizes[row] ?? 0) / (usual[row] ?? 1);
  return sizes;
}

/** The target cut at Tukey's upper fence of its logarithms (Exploratory Data Analysis, 1977): a start that a clock left running for days does not spoil. */
function withinFences(target: Float64Array): Float64Array {
  const logs = target.filter((value) => value > 0).map(Math.log).sort();
  const at = (share: number): number => logs[Math.floor(share * (logs.length - 1))] ?? 0;
  const fence = logs.length > 0 ? Math.exp(at(0.75) + 1.5 * (at(0.75) - at(0.25))) : Infinity;
  return fence > 0 ? target.map((value) => Math.min(value, fence)) : target;
}

/** How far each target is from what the families predict that fit well, for the one it is nearest to, and the median of their predictions; learned from the tamed targets of rows that are not outlying. */
function unexplained(space: InputSpace, inputs: Inputs, target: Float64Array, tamed: Float64Array, outlying: Uint8Array, { seed, onFit }: { seed: number; onFit: () => void }): { sizes: Float64Array; center: Float64Array } {
  const kept = Uint32Array.from(outlying.keys()).filter((row) => outlying[row] === 0);
  const sample = sampleRows(kept.length, fittedRows, seed).map((at) => kept[at] ?? 0);
  const some = inputRows(inputs, sample);
  const ofTarget = Float64Array.from(sample, (row) => tamed[row] ?? 0);
  const folds = dealFolds(sample.length, 5, seed, partsOf(some));
  const gaps = rowsWithGaps(space, inputs);
  const levels = rowsByLevel(inputs);
  const fits = lookingFamilies.flatMap((candidate) => {
    const member = fitMember(candidate, { space, inputs: some, folds, ends: [], seed }, ofTarget);
    onFit();
    if (!member) return [];
    const predicted = member.predict(inputs);
    for (const [i, row] of sample.entries()) predicted[row] = member.outOfFold[i] ?? 0;
    const { sizes, typical } = outlyingness(predicted, target);
    return [{ predicted, sizes: lenientToLevels(lenient(sizes, gaps, predicted, target), levels), typical }];
  });
  const best = Math.min(...fits.map(({ typical }) => typical));
  const good = fits.filter(({ typical }) => typical <= 1.5 * best);
  return {
    sizes: target.map((_, row) => good.reduce((least, { sizes }) => Math.min(least, sizes[row] ?? 0), good.length > 0 ? Infinity : 0)),
    center: target.map((value, row) => (good.length > 0 ? (good.map(({ predicted }) => predicted[row] ?? 0).sort((a, b) => a - b)[good.length >> 1] ?? 0) : value)),
  };
}

/**
 * Sizes of errors in units of the median size among rows of similar predictions, × 1.4826 so that it estimates a normal deviation; and the median size of all.
 * Where target and prediction are positive the smaller of that and the same of their logarithms: what is usual on either scale is no gross error, however skewed the times are.
 */
export function outlyingness(predicted: Float64Array, target: Float64Array): { sizes: Float64Array; typical: number } {
  const errors = target.map((value, row) => Math.abs(value - (predicted[row] ?? 0)));
  const plain = localSizes(errors, predicted);
  const ratios = target.map((value, row) => (value > 0 && (predicted[row] ?? 0) > 0 ? Math.abs(Math.log(value / (predicted[row] ?? 1))) : Infinity));
  const relative = localSizes(ratios, predicted);
  return { sizes: plain.sizes.map((size, row) => Math.min(size, Number.isFinite(ratios[row]) ? (relative.sizes[row] ?? size) : Infinity)), typical: plain.typical };
}

function localSizes(errors: Float64Array, predicted: Float64Array): { sizes: Float64Array; typical: number } {
  const n = errors.length;
  const typical = Float64Array.from(errors).sort()[n >> 1] ?? 0;
  const order = Uint32Array.from(errors.keys()).sort((a, b) => (predicted[a] ?? 0) - (predicted[b] ?? 0) || a - b);
  const half = Math.max(12, Math.round(n / 16));
  const sizes = new Float64Array(n);
  const stride = Math.max(1, half >> 2);
  let local = 0;
  for (let at = 0; at < n; at++) {
    if (at % stride === 0) {
      const from = Math.max(0, Math.min(n - 2 * half, at - half));
      const near = Float64Array.from(order.subarray(from, from + 2 * half), (row) => errors[row] ?? 0).sort();
      local = Math.max(near[near.length >> 1] ?? 0, 0.25 * typical);
    }
    const row = order[at] ?? 0;
    sizes[row] = local > 0 ? (errors[row] ?? 0) / (1.4826 * local) : 0;
  }
  return { sizes, typical };
}
