import { z } from 'zod';
import type { Inputs } from './inputs.ts';
import { packedArraySchema, unpackArray } from './packed-array.ts';

/**
 * Boosted regression trees on binned inputs: base + Σ value of the leaf that each tree sends the part to.
 * Bins: of a number, how many `edges` lie below it; of a category, its group + 1 (0 for none). A node sends bin b left where b ≤ split, or, for a category, where its set holds b.
 */
export const boostedTreesSchema = z.strictObject({
  kind: z.literal('boosted-trees'),
  base: z.number(),
  edges: z.array(z.array(z.number())).describe('Ascending; by number'),
  categories: z.int().min(0),
  sizes: packedArraySchema.describe('Number of nodes of each tree, one tree after the other'),
  inputs: packedArraySchema.describe('By node: 0 for a leaf, else 1 + the number, or 1 + numbers + the category'),
  splits: packedArraySchema.describe('By node: last bin to the left, or which of `sets`'),
  lefts: packedArraySchema.describe('By node: left child relative to the node; the right one comes after the left one'),
  values: packedArraySchema.describe('By node: value of a leaf'),
  sets: z.array(z.array(z.int().min(0))).describe('Bins to the left'),
});

export type BoostedTreesModel = z.infer<typeof boostedTreesSchema>;

/** The bin of a value: how many of the ascending edges lie below it. */
export function binOf(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((edges[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Inputs as bins, row by row: `bins[row · width + input]`, numbers first. */
export function binInputs(edges: readonly Float64Array[], inputs: Inputs): Uint16Array {
  const width = edges.length + inputs.categories.length;
  const bins = new Uint16Array(inputs.rows * width);
  for (let d = 0; d < edges.length; d++) {
    const values = inputs.numbers[d];
    const ofNumber = edges[d];
    if (!values || !ofNumber) continue;
    for (let row = 0; row < inputs.rows; row++) bins[row * width + d] = binOf(ofNumber, values[row] ?? 0);
  }
  for (let c = 0; c < inputs.categories.length; c++) {
    const groups = inputs.categories[c];
    for (let row = 0; row < inputs.rows; row++) bins[row * width + edges.length + c] = (groups?.[row] ?? -1) + 1;
  }
  return bins;
}

/** Evaluates boosted trees. */
export class BoostedTrees {
  readonly #base: number;
  readonly #edges: Float64Array[];
  readonly #roots: Int32Array;
  readonly #inputs: Int32Array;
  readonly #splits: Int32Array;
  readonly #lefts: Int32Array;
  readonly #values: Float64Array;
  readonly #sets: Uint8Array[];

  /** Throws RangeError where a node points outside the nodes. */
  constructor(model: BoostedTreesModel) {
    this.#base = model.base;
    this.#edges = model.edges.map((edges) => Float64Array.from(edges));
    this.#roots = rootsOf(unpackArray(model.sizes));
    this.#inputs = Int32Array.from(unpackArray(model.inputs));
    this.#splits = Int32Array.from(unpackArray(model.splits));
    this.#lefts = Int32Array.from(unpackArray(model.lefts));
    this.#values = unpackArray(model.values);
    this.#sets = model.sets.map((bins) => {
      const members = new Uint8Array(Math.max(0, ...bins) + 1);
      for (const bin of bins) members[bin] = 1;
      return members;
    });
    const nodes = this.#inputs.length;
    const width = this.#edges.length + model.categories;
    for (let node = 0; node < nodes; node++) {
      const input = this.#inputs[node] ?? 0;
      if (input === 0) continue;
      if (input > width || (this.#lefts[node] ?? 0) < 1 || node + (this.#lefts[node] ?? 0) + 1 >= nodes) throw new RangeError('a tree points outside its nodes');
      if (input > this.#edges.length && !this.#sets[this.#splits[node] ?? 0]) throw new RangeError('a tree splits by a set that is not there');
    }
    for (const root of this.#roots) if (!(root < nodes)) throw new RangeError('a tree begins outside the nodes');
  }

  /** Predictions for all rows. */
  predict(inputs: Inputs): Float64Array {
    const bins = binInputs(this.#edges, inputs);
    const numbers = this.#edges.length;
    const width = numbers + inputs.categories.length;
    const out = new Float64Array(inputs.rows).fill(this.#base);
    const nodeInputs = this.#inputs;
    const splits = this.#splits;
    const lefts = this.#lefts;
    const values = this.#values;
    // Tree by tree: its nodes stay in the processor's cache while all rows pass.
    for (const root of this.#roots) {
      for (let row = 0, first = -1; row < out.length; row++, first += width) {
        let node = root;
        let input = nodeInputs[node] ?? 0;
        while (input > 0) {
          const bin = bins[first + input] ?? 0;
          const split = splits[node] ?? 0;
          const left = input > numbers ? this.#sets[split]?.[bin] === 1 : bin <= split;
          node += left ? (lefts[node] ?? 1) : (lefts[node] ?? 1) + 1;
          input = nodeInputs[node] ?? 0;
        }
        out[row] = (out[row] ?? 0) + (values[node] ?? 0);
      }
    }
    return out;
  }
}

/** Positions of the roots from the numbers of nodes of each tree. */
function rootsOf(sizes: Float64Array): Int32Array {
  let at = 0;
  return Int32Array.from(sizes, (size) => {
    const root = at;
    at += size;
    return root;
  });
}
