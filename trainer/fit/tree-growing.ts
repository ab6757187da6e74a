import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';

/** Binned training rows: `bins[row · width + input]`, numbers before categories. */
export interface BinnedRows {
  rows: number;
  width: number;
  numbers: number;
  bins: Uint16Array;
  /** Bins of each input. */
  counts: number[];
}

/** How trees grow. */
export interface GrowthOptions {
  depth: number;
  /** Fewest rows of a leaf. */
  leafRows: number;
  /** Added to the rows of a node: shrinks the values of small leaves towards 0. */
  shrink: number;
  /** Share of the inputs that each tree may split by. */
  inputShare: number;
}

/** A tree as parallel arrays; see `boostedTreesSchema`. */
export interface GrownTree {
  inputs: number[];
  splits: number[];
  lefts: number[];
  values: number[];
  sets: number[][];
}

interface Split {
  gain: number;
  input: number;
  bin: number;
  set: number[] | undefined;
}

/** Pseudo-rows that pull a level's mean to 0 when levels are put in order: rare ones should not stand at the ends by chance (as LightGBM's cat_smooth). */
const levelSmoothing = 5;

/**
 * A least-squares regression tree on residuals, by histograms: numbers split between bins, categories between their levels in the order of their mean residual
 * (Fisher, 1958: the best split of levels is among those). `rows` holds the sample and is reordered.
 */
export function growTree(data: BinnedRows, residuals: Float64Array, rows: Uint32Array, options: GrowthOptions, random: RandomGenerator): GrownTree {
  const tree: GrownTree = { inputs: [], splits: [], lefts: [], values: [], sets: [] };
  const usable = chooseInputs(data.width, options.inputShare, random);
  const sums = new Float64Array(Math.max(1, ...data.counts));
  const counts = new Float64Array(sums.length);
  const spare = new Uint32Array(rows.length);
  addNode(tree);
  const waiting = [{ node: 0, from: 0, to: rows.length, depth: 0 }];
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { node, from, to, depth } = next;
    let total = 0;
    for (let i = from; i < to; i++) total += residuals[rows[i] ?? 0] ?? 0;
    const size = to - from;
    tree.values[node] = total / (size + options.shrink);
    if (depth >= options.depth || size < 2 * options.leafRows) continue;
    const split = bestSplit(data, residuals, rows, from, to, total, usable, options, sums, counts);
    if (!split) continue;
    const middle = partition(data, rows, from, to, split, spare);
    const left = tree.inputs.length;
    tree.inputs[node] = split.input + 1;
    tree.lefts[node] = left - node;
    tree.splits[node] = split.set ? tree.sets.push(split.set) - 1 : split.bin;
    addNode(tree);
    addNode(tree);
    waiting.push({ node: left, from, to: middle, depth: depth + 1 }, { node: left + 1, from: middle, to, depth: depth + 1 });
  }
  return tree;
}

function addNode({ inputs, splits, lefts, values }: GrownTree): void {
  inputs.push(0);
  splits.push(0);
  lefts.push(0);
  values.push(0);
}

function chooseInputs(width: number, share: number, random: RandomGenerator): number[] {
  const all = Array.from({ length: width }, (_, input) => input);
  const wanted = Math.max(1, Math.round(width * share));
  while (all.length > wanted) all.splice(Math.floor(uniformFloat64(random) * all.length), 1);
  return all;
}

function bestSplit(data: BinnedRows, residuals: Float64Array, rows: Uint32Array, from: number, to: number, total: number, usable: readonly number[], { leafRows, shrink }: GrowthOptions, sums: Float64Array, counts: Float64Array): Split | undefined {
  const size = to - from;
  const whole = (total * total) / (size + shrink);
  let best: Split | undefined;
  let bestGain = 1e-12;
  for (const input of usable) {
    const bins = data.counts[input] ?? 1;
    if (bins < 2) continue;
    sums.fill(0, 0, bins);
    counts.fill(0, 0, bins);
    for (let i = from; i < to; i++) {
      const row = rows[i] ?? 0;
      const bin = data.bins[row * data.width + input] ?? 0;
      sums[bin] = (sums[bin] ?? 0) + (residuals[row] ?? 0);
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    const isCategory = input >= data.numbers;
    const order = isCategory ? levelsByMean(sums, counts, bins) : undefined;
    let sum = 0;
    let count = 0;
    const last = (order ? order.length : bins) - 1;
    for (let k = 0; k < last; k++) {
      const bin = order ? (order[k] ?? 0) : k;
      const here = counts[bin] ?? 0;
      if (here === 0) continue;
      sum += sums[bin] ?? 0;
      count += here;
      if (count < leafRows) continue;
      const rest = size - count;
      if (rest < leafRows) break;
      const gain = (sum * sum) / (count + shrink) + ((total - sum) * (total - sum)) / (rest + shrink) - whole;
      if (gain > bestGain) {
        bestGain = gain;
        best = { gain, input, bin: k, set: order?.slice(0, k + 1) };
      }
    }
  }
  return best;
}

function levelsByMean(sums: Float64Array, counts: Float64Array, bins: number): number[] {
  const present: number[] = [];
  for (let bin = 0; bin < bins; bin++) if ((counts[bin] ?? 0) > 0) present.push(bin);
  const mean = (bin: number): number => (sums[bin] ?? 0) / ((counts[bin] ?? 0) + levelSmoothing);
  return present.sort((a, b) => mean(a) - mean(b) || a - b);
}

/** Puts the rows that go left before those that go right, each in their order; returns where the right ones begin. */
function partition(data: BinnedRows, rows: Uint32Array, from: number, to: number, { input, bin, set }: Split, spare: Uint32Array): number {
  const inSet = set && new Set(set);
  let left = from;
  let right = 0;
  for (let i = from; i < to; i++) {
    const row = rows[i] ?? 0;
    const of = data.bins[row * data.width + input] ?? 0;
    if (inSet ? inSet.has(of) : of <= bin) rows[left++] = row;
    else spare[right++] = row;
  }
  rows.set(spare.subarray(0, right), left);
  return left;
}

/** Adds `rate` times the tree's values to the scores of all rows from `order`. */
export function addTree(data: BinnedRows, tree: GrownTree, rate: number, scores: Float64Array, order: Uint32Array): void {
  const sets = tree.sets.map((set) => new Set(set));
  for (const row of order) {
    let node = 0;
    for (let input = tree.inputs[0] ?? 0; input > 0; input = tree.inputs[node] ?? 0) {
      const bin = data.bins[row * data.width + input - 1] ?? 0;
      const split = tree.splits[node] ?? 0;
      const left = input > data.numbers ? sets[split]?.has(bin) : bin <= split;
      node += (tree.lefts[node] ?? 1) + (left ? 0 : 1);
    }
    scores[row] = (scores[row] ?? 0) + rate * (tree.values[node] ?? 0);
  }
}
