/**
 * Knots of a spline of at most `count` knots: distinct values at equally spaced quantiles, from 0.5/count to 1 - 0.5/count of the sorted values
 * (as Harrell, Regression Modeling Strategies, 2nd ed., section 2.4.6, places them). Fewer where values repeat.
 */
export function quantileKnots(sorted: Float64Array, count: number): number[] {
  const knots: number[] = [];
  for (let k = 0; k < count; k++) {
    const value = quantile(sorted, (k + 0.5) / count);
    if (value !== knots[knots.length - 1]) knots.push(value);
  }
  return knots;
}

/** The quantile of sorted values at a share from 0 to 1, interpolated linearly (type 7 of Hyndman and Fan, 1996); NaN for no values. */
export function quantile(sorted: Float64Array, share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? NaN;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}
