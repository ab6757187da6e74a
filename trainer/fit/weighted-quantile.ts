/**
 * The value below which a share of the weighted values and of one more that is anywhere lies, of weight 1: interpolated between neighbours, which new draws fall below with that
 * probability on average (Hyndman and Fan, 1996, definition 6, doi:10.1080/00031305.1996.10473566). The larger neighbour would hold up to one row more: of 60 rows 1.6 %, on each side.
 */
export function weightedQuantile(values: readonly number[], weights: readonly number[], share: number): number {
  const order = Uint32Array.from(values.keys()).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b);
  const wanted = share * (weights.reduce((total, weight) => total + weight, 0) + 1);
  let sum = 0;
  let last: number | undefined;
  for (const at of order) {
    const next = values[at] ?? 0;
    const weight = weights[at] ?? 0;
    if (sum + weight >= wanted) return next - (next - (last ?? next)) * ((sum + weight - wanted) / weight);
    sum += weight;
    last = next;
  }
  return last ?? 0;
}
