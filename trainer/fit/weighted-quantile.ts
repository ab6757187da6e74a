/**
 * The value below which a share of the weighted values and of one more that is anywhere lies, of weight 1: interpolated between neighbours, which new draws fall below with that
 * probability on average (Hyndman and Fan, 1996, definition 6, doi:10.1080/00031305.1996.10473566). The larger neighbour would hold up to one row more: of 60 rows 1.6 %, on each side.
 * It is the mean of the quantiles whose weight below is up to 1 less, which is the same where all weights are 1, and goes on as slowly where many of little weight are alike.
 */
export function weightedQuantile(values: readonly number[], weights: readonly number[], share: number): number {
  const order = Uint32Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
  const wanted = share * (weights.reduce((total, weight) => total + weight, 0) + 1);
  let sum = 0;
  let taken = 0;
  let mean = 0;
  let last = values[order[0] ?? 0] ?? 0;
  for (const at of order) {
    if (sum >= wanted) break;
    last = values[at] ?? 0;
    sum += weights[at] ?? 0;
    const part = Math.min(sum, wanted) - (wanted - 1) - taken;
    if (part <= 0) continue;
    mean += part * last;
    taken += part;
  }
  return mean + (1 - taken) * last;
}
