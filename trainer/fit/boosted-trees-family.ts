import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { type BoostedTreesModel, binInputs } from '../../common/model/boosted-trees.ts';
import { groupCounts, type Inputs, type InputSpace } from '../../common/model/inputs.ts';
import { packArray } from '../../common/model/packed-array.ts';
import { seededRandom } from '../../common/seeded-random.ts';
import { type FamilyFit, type Problem, type RegressionFamily, otherRows } from './regression-family.ts';
import { type BinnedRows, type GrownTree, addTree, growTree } from './tree-growing.ts';

/** How much is boosted. */
interface Boosting {
  name: string;
  depth: number;
  /** Share of each tree's values that is added. */
  rate: number;
  trees: number;
  inputShare: number;
  leastInputShare: number;
  /** Models that are averaged, each from another seed: what one sample of rows splits by chance, the others do not. */
  repeats: number;
  /** Row visits that all boosting of the family may take, about 10 ns each. */
  visits: number;
}

const rowShare = 0.7;
/** Inputs that each tree may split by at most, as long as those are no less than its least share of all: more take longer, and tell hardly more. */
const inputsTried = 12;
const maxBins = 128;

/**
 * Stochastic gradient boosting of least-squares trees (Friedman, 2001, doi:10.1214/aos/1013203451, and 2002, doi:10.1016/S0167-9473(01)00065-2).
 * The number of trees is the one of the smallest error out of fold.
 */
export function boostedTreesFamily(boosting: Boosting): RegressionFamily {
  return { name: boosting.name, fit: (problem) => fit(problem, boosting) };
}

/** A fast look at what trees can do. */
export const fewTrees: Boosting = { name: 'boosted trees (fast fit)', depth: 6, rate: 0.15, trees: 100, inputShare: 1, leastInputShare: 1, repeats: 1, visits: 5e8 };
/** Deep trees for interactions, and shallow ones for sums of few inputs. */
export const deepTrees: Boosting = { name: 'boosted trees', depth: 6, rate: 0.07, trees: 500, inputShare: 0.7, leastInputShare: 0.3, repeats: 2, visits: 1.5e9 };
export const shallowTrees: Boosting = { name: 'boosted shallow trees', depth: 3, rate: 0.1, trees: 700, inputShare: 0.7, leastInputShare: 0.3, repeats: 2, visits: 1.5e9 };

function fit({ space, inputs, target, folds, ends, seed, onProgress }: Problem, { inputShare, leastInputShare, ...given }: Boosting): FamilyFit | undefined {
  if (inputs.rows < 20) return undefined;
  const edges = inputs.numbers.map((values) => edgesOf(values));
  const data = binned(space, inputs, edges);
  const boosting = { ...given, leastInputShare, inputShare: Math.min(inputShare, Math.max(leastInputShare, inputsTried / data.width)) };
  const visitsPerTree = visitsOf(data, boosting.depth) * (boosting.inputShare / inputShare);
  const fits = folds.length + 1;
  const times = Math.max(1, Math.min(boosting.repeats, Math.floor(boosting.visits / (visitsPerTree * fits * boosting.trees))));
  const trees = Math.max(50, Math.min(boosting.trees, Math.floor(boosting.visits / (visitsPerTree * fits * times))));
  const rate = boosting.rate * Math.min(3, boosting.trees / trees);

  const errors = new Float64Array(trees);
  const paths = folds.map((held, fold) => {
    const training = otherRows(inputs.rows, held);
    const path = new Float32Array(trees * held.length);
    for (let time = 0; time < times; time++) {
      boost(data, target, training, held, { ...boosting, rate }, trees, seed + 1_000 * fold + time, (tree, scores) => {
        for (const [i, row] of held.entries()) path[tree * held.length + i] = (path[tree * held.length + i] ?? 0) + (scores[row] ?? 0) / times;
      });
    }
    for (let tree = 0; tree < trees; tree++) {
      let sum = 0;
      for (const [i, row] of held.entries()) sum += ((target[row] ?? 0) - (path[tree * held.length + i] ?? 0)) ** 2;
      errors[tree] = (errors[tree] ?? 0) + sum;
    }
    onProgress?.((fold + 1) / fits);
    return path;
  });
  const last = errors.indexOf(errors.reduce((least, error) => Math.min(least, error), Infinity));
  const outOfFold = new Float64Array(inputs.rows);
  for (const [fold, held] of folds.entries()) for (const [i, row] of held.entries()) outOfFold[row] = paths[fold]?.[last * held.length + i] ?? 0;

  const all = Uint32Array.from({ length: inputs.rows }, (_, row) => row);
  const grown: GrownTree[] = [];
  let base = 0;
  for (let time = 0; time < times; time++) {
    const one = boost(data, target, all, new Uint32Array(), { ...boosting, rate }, last + 1, seed + 500_000 + time);
    base += one.base / times;
    grown.push(...one.trees);
  }
  // Trees know nothing beyond the data: elsewhere they are not asked.
  return { model: treesModel(edges, inputs.categories.length, base, grown, rate / times), outOfFold, beyond: ends.map(() => new Float64Array()), note: `${last + 1} trees, ${times} times` };
}

/** Row visits that growing a tree takes; a bin costs as much at each node, and a level that is put in order ten times as much. */
function visitsOf({ rows, numbers, counts }: BinnedRows, depth: number): number {
  const sampled = rows * rowShare;
  let visits = 0;
  for (let level = 0; level < depth; level++) for (const [input, bins] of counts.entries()) visits += sampled + 2 ** level * bins + (input < numbers ? 0 : 10 * Math.min(2 ** level * bins, sampled));
  return visits;
}

/** Up to `maxBins` - 1 values between which bins end: midpoints of neighbours where there are few, else at quantiles. */
function edgesOf(values: Float64Array): Float64Array {
  const sorted = Float64Array.from(values).sort();
  const distinct = sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
  if (distinct.length <= maxBins) return distinct.slice(1).map((value, i) => (distinct[i] ?? 0) + (value - (distinct[i] ?? 0)) / 2);
  const edges: number[] = [];
  for (let k = 1; k < maxBins; k++) {
    const value = sorted[Math.floor((k * sorted.length) / maxBins)] ?? 0;
    if (edges.length === 0 || value > (edges[edges.length - 1] ?? 0)) edges.push(value);
  }
  return Float64Array.from(edges);
}

function binned(space: InputSpace, inputs: Inputs, edges: readonly Float64Array[]): BinnedRows {
  const counts = [...edges.map((of) => of.length + 1), ...groupCounts(space).map((groups) => groups + 1)];
  return { rows: inputs.rows, width: counts.length, numbers: edges.length, bins: binInputs(edges, inputs), counts };
}

function boost(data: BinnedRows, target: Float64Array, training: Uint32Array, held: Uint32Array, { depth, rate, inputShare }: Boosting, trees: number, seed: number, onTree?: (tree: number, scores: Float64Array) => void): { base: number; trees: GrownTree[] } {
  const random = seededRandom(seed);
  let base = 0;
  for (const row of training) base += (target[row] ?? 0) / training.length;
  const scores = new Float64Array(data.rows).fill(base);
  const residuals = new Float64Array(data.rows);
  const options = { depth, leafRows: training.length < 200 ? 3 : 5, shrink: 1, inputShare };
  const sampled = Math.max(1, Math.round(training.length * rowShare));
  const grown: GrownTree[] = [];
  const order = Uint32Array.from(training);
  for (let tree = 0; tree < trees; tree++) {
    for (let i = 0; i < sampled; i++) {
      const other = i + Math.floor(uniformFloat64(random) * (order.length - i));
      const moved = order[i] ?? 0;
      order[i] = order[other] ?? 0;
      order[other] = moved;
    }
    for (const row of training) residuals[row] = (target[row] ?? 0) - (scores[row] ?? 0);
    const next = growTree(data, residuals, order.slice(0, sampled), options, random);
    addTree(data, next, rate, scores, training);
    addTree(data, next, rate, scores, held);
    grown.push(next);
    onTree?.(tree, scores);
  }
  return { base, trees: grown };
}

function treesModel(edges: readonly Float64Array[], categories: number, base: number, trees: readonly GrownTree[], rate: number): BoostedTreesModel {
  const sets: number[][] = [];
  const splits: number[] = [];
  for (const tree of trees) {
    for (const [node, split] of tree.splits.entries()) {
      const isSet = (tree.inputs[node] ?? 0) > edges.length;
      splits.push(isSet ? sets.length + split : split);
    }
    sets.push(...tree.sets);
  }
  return {
    kind: 'boosted-trees',
    base,
    edges: edges.map((of) => [...of]),
    categories,
    sizes: packArray('u16', trees.map((tree) => tree.inputs.length)),
    inputs: packArray('u16', trees.flatMap((tree) => tree.inputs)),
    splits: packArray('u16', splits),
    lefts: packArray('u16', trees.flatMap((tree) => tree.lefts)),
    values: packArray('f32', trees.flatMap((tree) => tree.values.map((value) => value * rate))),
    sets,
  };
}
