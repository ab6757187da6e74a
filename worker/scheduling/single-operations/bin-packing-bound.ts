/**
 * A lower bound on the makespan of identical machines: the longest job, the mean load, the k + 1 smallest of the k · m + 1 largest jobs, and
 * every capacity of which Martello & Toth's L2, the dual feasible functions of Fekete & Schepers (2001) or counting the long jobs of a
 * machine show that it needs more than m bins.
 * `sizes` are sorted from the largest; `upper` is a makespan that is reached.
 */
export function binPackingBound(sizes: Float64Array, machines: number, upper: number): number {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let bound = Math.max(sizes[0] ?? 0, Math.ceil(total / machines));
  for (let k = 1; k * machines < sizes.length; k++) {
    let sum = 0;
    for (let i = 0; i <= k; i++) sum += sizes[k * machines - i] ?? 0;
    bound = Math.max(bound, sum);
  }
  let high = upper;
  while (bound < high) {
    const middle = Math.floor((bound + high) / 2);
    if (martelloToth(sizes, middle) > machines || dualFeasible(sizes, middle) > machines || cannotBeCounted(sizes, machines, middle)) bound = middle + 1;
    else high = middle;
  }
  return bound;
}

/** Bins of `capacity` that items need at least (Martello & Toth 1990, L2). */
export function martelloToth(sizes: Float64Array, capacity: number): number {
  const before = new Float64Array(sizes.length + 1);
  for (let i = 0; i < sizes.length; i++) before[i + 1] = (before[i] ?? 0) + (sizes[i] ?? 0);
  const half = countAbove(sizes, capacity / 2);
  let bins = half;
  let seen = -1;
  for (let last = half; last < sizes.length; last++) {
    const threshold = sizes[last] ?? 0;
    if (threshold === seen) continue;
    seen = threshold;
    const alone = countAbove(sizes, capacity - threshold);
    const small = (before[countAbove(sizes, threshold - 0.5)] ?? 0) - (before[half] ?? 0);
    const room = (half - alone) * capacity - ((before[half] ?? 0) - (before[alone] ?? 0));
    bins = Math.max(bins, half + Math.max(0, Math.ceil((small - room) / capacity)));
  }
  return bins;
}

/** Bins of `capacity` that items need at least, by rounding sizes to multiples of capacity / k. */
function dualFeasible(sizes: Float64Array, capacity: number): number {
  let bins = 0;
  for (let k = 1; k <= 30; k++) {
    // In units of capacity · k.
    let sum = 0;
    for (const size of sizes) {
      const parts = (k + 1) * size;
      sum += parts % capacity === 0 ? size * k : Math.floor(parts / capacity) * capacity;
    }
    bins = Math.max(bins, Math.ceil(sum / (capacity * k)));
  }
  return bins;
}

/**
 * True where counting shows that the items do not fit: of the `long` largest a bin holds t at most, so at most long / t bins hold t, and the
 * others hold no more than as many of the largest as are left and all the short items together.
 */
function cannotBeCounted(sizes: Float64Array, bins: number, capacity: number): boolean {
  const before = new Float64Array(sizes.length + 1);
  for (let i = 0; i < sizes.length; i++) before[i + 1] = (before[i] ?? 0) + (sizes[i] ?? 0);
  const total = before[sizes.length] ?? 0;
  let most = 0;
  for (let long = sizes.length; long > bins; long--) {
    // The smallest of the long ones grow with each that is left out.
    most = Math.min(most === 0 ? long : most, long);
    while (most > 0 && (before[long] ?? 0) - (before[long - most] ?? 0) > capacity) most--;
    if (most === 0 || long > most * bins) return true;
    const short = total - (before[long] ?? 0);
    let fits = false;
    const last = Math.min(bins, most * bins - long);
    for (let others = bins - Math.floor(long / most); others <= last && !fits; others++) {
      const held = (before[long - most * (bins - others)] ?? 0) + short;
      fits = total <= (bins - others) * capacity + Math.min(others * capacity, held);
    }
    if (!fits) return true;
  }
  return false;
}

/** How many of the descending sizes are above `limit`. */
function countAbove(sizes: Float64Array, limit: number): number {
  let low = 0;
  let high = sizes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sizes[middle] ?? 0) > limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
