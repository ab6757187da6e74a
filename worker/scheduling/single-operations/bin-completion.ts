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
  if (search.fill(0, bins, total)) return { state: 'found', bin: search.bin };
  return { state: search.steps < 0 ? 'unknown' : 'none' };
}

class BinCompletion {
  steps: number;
  /** Per item: its bin, -1 where it has none yet. */
  readonly bin: Int32Array;
  readonly #sizes: Float64Array;
  readonly #capacity: number;

  constructor(sizes: Float64Array, capacity: number, steps: number) {
    this.steps = steps;
    this.#sizes = sizes;
    this.#capacity = capacity;
    this.bin = new Int32Array(sizes.length).fill(-1);
  }

  /** Packs all that is left, `total` in sum, into bins `index` to index + left - 1. */
  fill(index: number, left: number, total: number): boolean {
    const first = this.bin.indexOf(-1);
    if (first < 0) return true;
    if (left === 0) return false;
    const free: number[] = [];
    for (let item = first + 1; item < this.bin.length; item++) if (this.bin[item] === -1) free.push(item);
    const after = new Float64Array(free.length + 1);
    for (let k = free.length - 1; k >= 0; k--) after[k] = (after[k + 1] ?? 0) + (this.#sizes[free[k] ?? 0] ?? 0);
    const least = total - (left - 1) * this.#capacity;
    const size = this.#sizes[first] ?? 0;
    this.bin[first] = index;
    if (this.#complete(index, left, total, free, after, 0, size, least, Infinity)) return true;
    this.bin[first] = -1;
    return false;
  }

  /** Goes on with the items free[k], free[k + 1] …; `smallestOut` is the smallest item left out so far, which must not fit in the end. */
  #complete(index: number, left: number, total: number, free: readonly number[], after: Float64Array, from: number, sum: number, least: number, smallestOut: number): boolean {
    const room = this.#capacity - sum;
    let k = from;
    // What does not fit is passed over in one go.
    while (k < free.length && (this.#sizes[free[k] ?? 0] ?? 0) > room) k++;
    if (--this.steps < 0 || sum + (after[k] ?? 0) < least) return false;
    if (k === free.length) return smallestOut > room && sum >= least && !this.#isDominated(index, free, room) && this.fill(index + 1, left - 1, total - sum);
    const item = free[k] ?? 0;
    const size = this.#sizes[item] ?? 0;
    this.bin[item] = index;
    if (this.#complete(index, left, total, free, after, k + 1, sum + size, least, smallestOut)) return true;
    this.bin[item] = -1;
    // Without this item, also without its equals.
    let next = k + 1;
    while (next < free.length && this.#sizes[free[next] ?? 0] === size) next++;
    // All that follow together could not fill its place.
    return this.steps >= 0 && this.#complete(index, left, total, free, after, next, sum, least, Math.min(smallestOut, size));
  }

  /**
   * True where one or two items of the bin, beside its largest, could give way to a single larger one from outside that still fits: they fit
   * in its place wherever that is, so that some packing has the fuller bin.
   */
  #isDominated(index: number, free: readonly number[], room: number): boolean {
    const sizes = this.#sizes;
    const inside = free.filter((item) => this.bin[item] === index);
    for (const [k, one] of inside.entries()) {
      for (let other = k; other < inside.length; other++) {
        const size = (sizes[one] ?? 0) + (other === k ? 0 : (sizes[inside[other] ?? 0] ?? 0));
        for (const item of free) {
          const instead = sizes[item] ?? 0;
          if (instead <= size) break;
          if (instead <= size + room && this.bin[item] === -1) return true;
        }
      }
    }
    return false;
  }
}
