/** Items to leave one side and the other. */
export interface Exchange {
  readonly fromA: readonly number[];
  readonly fromB: readonly number[];
}

/**
 * The exchange of at most two items of a with at most two of b that brings two loads closest to each other, where b's is less by `difference`:
 * sums of pairs on both sides, met by two pointers. Items are numbers of places in `sizes`; undefined where nothing lowers the larger load.
 */
export function bestExchange(sizes: Float64Array, a: readonly number[], b: readonly number[], difference: number): Exchange | undefined {
  const sumsA = pairSums(sizes, a);
  const sumsB = pairSums(sizes, b);
  const wanted = difference / 2;
  let best: Exchange | undefined;
  let least = wanted;
  let k = 0;
  for (const sum of sumsA) {
    while (k + 1 < sumsB.length && sum.total - (sumsB[k + 1]?.total ?? 0) >= wanted) k++;
    for (const other of [sumsB[k], sumsB[k + 1]]) {
      if (other === undefined) continue;
      const off = Math.abs(sum.total - other.total - wanted);
      if (off >= least) continue;
      least = off;
      best = { fromA: sum.items, fromB: other.items };
    }
    if (least === 0 || (least === 0.5 && difference % 2 === 1)) break;
  }
  return best;
}

interface Sum {
  readonly total: number;
  readonly items: readonly number[];
}

/** The sums of no, one and two items, ascending, one for each total. */
function pairSums(sizes: Float64Array, items: readonly number[]): Sum[] {
  const sums = new Map<number, Sum>([[0, { total: 0, items: [] }]]);
  for (const [k, first] of items.entries()) {
    const size = sizes[first] ?? 0;
    if (!sums.has(size)) sums.set(size, { total: size, items: [first] });
    for (let i = 0; i < k; i++) {
      const second = items[i] ?? 0;
      const total = size + (sizes[second] ?? 0);
      if (!sums.has(total)) sums.set(total, { total, items: [first, second] });
    }
  }
  return [...sums.values()].sort((x, y) => x.total - y.total);
}
