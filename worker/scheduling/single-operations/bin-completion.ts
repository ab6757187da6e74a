/** What a search for a packing ended with: the bin of each item, that there is none, or neither within its steps. */
export type Packing = { readonly state: 'found'; readonly bin: Int32Array } | { readonly state: 'none' } | { readonly state: 'unknown' };

/**
 * Bin completion (Korf 2002, 2003): packs items, sorted by size from the largest, into `bins` bins of `capacity`. Bin after bin gets the largest item that is
 * left and every maximal set beside it that leaves no more empty than all bins together may and that no other dominates (Martello & Toth 1990); within `steps` looks at an item.
 */
export function binCompletion(sizes: Float64Array, bins: number, capacity: number, steps: number): Packing {
  if (sizes.length > 0 && (sizes[0] ?? 0) > capacity) return { state: 'none' };
  const search = new BinCompletion(sizes, capacity, steps);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total > bins * capacity) return { state: 'none' };
  if (search.pack(bins, total)) return { state: 'found', bin: search.bin };
  return { state: search.steps < 0 ? 'unknown' : 'none' };
}

/** A bin that is being filled, and the items that it may still get. */
interface OpenBin {
  readonly index: number;
  /** Bins that are left, this one included, and the sum of what goes into them. */
  readonly left: number;
  readonly total: number;
  readonly free: readonly number[];
  /** Sizes of free[k] and all behind it, added up. */
  readonly after: Float64Array;
  /** What must go into the bin at least. */
  readonly least: number;
}

/** A way to go on: puts `item` (-1: none) into the bin, then chooses among free[from], free[from + 1] … */
interface Branch {
  readonly bin: OpenBin;
  readonly item: number;
  readonly from: number;
  /** Sizes in the bin, with the item. */
  readonly sum: number;
  /** The smallest item left out so far, which must not fit in the end. */
  readonly smallestOut: number;
  /** Items that were placed before. */
  readonly placed: number;
}

class BinCompletion {
  steps: number;
  /** Per item: its bin, -1 where it has none yet. */
  readonly bin: Int32Array;
  readonly #sizes: Float64Array;
  readonly #capacity: number;
  readonly #placed: number[] = [];
  /** What is still to be tried, the next at the end: as deep as there are items, too deep for recursion. */
  readonly #branches: Branch[] = [];

  constructor(sizes: Float64Array, capacity: number, steps: number) {
    this.steps = steps;
    this.#sizes = sizes;
    this.#capacity = capacity;
    this.bin = new Int32Array(sizes.length).fill(-1);
  }

  /** Packs all items, `total` in sum, into so many bins. */
  pack(bins: number, total: number): boolean {
    if (this.#open(0, bins, total)) return true;
    for (let branch = this.#branches.pop(); branch !== undefined; branch = this.#branches.pop()) {
      while (this.#placed.length > branch.placed) this.bin[this.#placed.pop() ?? 0] = -1;
      if (branch.item >= 0) {
        this.bin[branch.item] = branch.bin.index;
        this.#placed.push(branch.item);
      }
      if (this.#goOn(branch)) return true;
      if (this.steps < 0) return false;
    }
    return false;
  }

  /** Begins a bin with the largest item that is left; true where none is. */
  #open(index: number, left: number, total: number): boolean {
    const first = this.bin.indexOf(-1);
    if (first < 0) return true;
    if (left === 0) return false;
    const free: number[] = [];
    for (let item = first + 1; item < this.bin.length; item++) if (this.bin[item] === -1) free.push(item);
    const after = new Float64Array(free.length + 1);
    for (let k = free.length - 1; k >= 0; k--) after[k] = (after[k + 1] ?? 0) + (this.#sizes[free[k] ?? 0] ?? 0);
    const bin = { index, left, total, free, after, least: total - (left - 1) * this.#capacity };
    this.#branches.push({ bin, item: first, from: 0, sum: this.#sizes[first] ?? 0, smallestOut: Infinity, placed: this.#placed.length });
    return false;
  }

  /** Branches on the next item that fits, or closes the bin and opens the next one; true where all items are packed. */
  #goOn({ bin, from, sum, smallestOut }: Branch): boolean {
    const { index, left, total, free, after, least } = bin;
    const room = this.#capacity - sum;
    let k = from;
    // What does not fit is passed over in one go.
    while (k < free.length && (this.#sizes[free[k] ?? 0] ?? 0) > room) k++;
    if (--this.steps < 0 || sum + (after[k] ?? 0) < least) return false;
    if (k === free.length) return smallestOut > room && sum >= least && !this.#isDominated(index, free, room) && this.#open(index + 1, left - 1, total - sum);
    const item = free[k] ?? 0;
    const size = this.#sizes[item] ?? 0;
    // Without this item, also without its equals.
    let next = k + 1;
    while (next < free.length && this.#sizes[free[next] ?? 0] === size) next++;
    const placed = this.#placed.length;
    this.#branches.push(
      { bin, item: -1, from: next, sum, smallestOut: Math.min(smallestOut, size), placed },
      { bin, item, from: k + 1, sum: sum + size, smallestOut, placed },
    );
    return false;
  }

  /**
   * True where one or two items of the bin, beside its largest, could give way to a single larger one from outside that still fits: they fit
   * in its place wherever that is, so that some packing has the fuller bin.
   */
  #isDominated(index: number, free: readonly number[], room: number): boolean {
    const sizes = this.#sizes;
    const inside = free.filter((item) => this.bin[item] === index).map((item) => sizes[item] ?? 0);
    let last = -1;
    for (const item of free) {
      const instead = sizes[item] ?? 0;
      if (this.bin[item] !== -1 || instead === last) continue;
      last = instead;
      if (hasSum(inside, instead - room, instead)) return true;
    }
    return false;
  }
}

/** True where one or two of the descending sizes come to at least `least` and less than `limit`. */
function hasSum(sizes: readonly number[], least: number, limit: number): boolean {
  if (least >= limit) return false;
  let small = sizes.length - 1;
  for (const [large, size] of sizes.entries()) {
    if (size >= least && size < limit) return true;
    // A partner with which a larger one comes to too little does so with this one as well.
    while (small > large && size + (sizes[small] ?? 0) < limit) {
      if (size + (sizes[small] ?? 0) >= least) return true;
      small--;
    }
  }
  return false;
}
