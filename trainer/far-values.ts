/** Distances from the median, in units of that which 99 % of the values keep, from which a value is a slip of the pen: even of a lognormal law that spans five powers of ten no value is so far. */
const absurd = 1_000;
const most = 0.99;

/** The range of values that are not absurdly far from all others, and how many are; NaN is no value. Undefined without a value. */
export interface Bulk {
  min: number;
  max: number;
  far: number;
}

/**
 * A value is absurdly far where its distance from the median is more than 1,000 times the 99 % quantile of such distances, and no less than one value stays out of that quantile:
 * 9e14 among lengths from 10 to 50. Where 99 % are one value, nothing can be said and all are within.
 */
export function bulkOf(values: Float64Array): Bulk | undefined {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const count = sorted.length;
  const at = (index: number): number => sorted[index] ?? 0;
  if (count === 0) return undefined;
  const median = at(count >> 1);
  let [low, high] = [0, count - 1];
  for (let farther = count - 1 - Math.floor(most * (count - 1)); farther > 0; farther--) {
    if (median - at(low) > at(high) - median) low++;
    else high--;
  }
  const reach = absurd * Math.max(median - at(low), at(high) - median);
  if (reach > 0) {
    low = 0;
    high = count - 1;
    while (median - at(low) > reach) low++;
    while (at(high) - median > reach) high--;
  } else [low, high] = [0, count - 1];
  return { min: at(low), max: at(high), far: low + count - 1 - high };
}
