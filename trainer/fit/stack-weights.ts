/**
 * Weights w ≥ 0, Σw = 1, that minimise (1/n) ‖y - Pw‖² + strength · ‖w - prior‖² for the columns P of out-of-fold predictions
 * (stacking: Wolpert, 1992, doi:10.1016/S0893-6080(05)80023-1; with non-negative weights: Breiman, 1996, doi:10.1007/BF00117832),
 * by moving weight between pairs until none gains.
 */
export function stackWeights(predictions: readonly Float64Array[], target: Float64Array, prior: readonly number[], strength: number): number[] {
  const m = predictions.length;
  const n = target.length;
  const cross = predictions.map((a) => predictions.map((b) => mean(n, (row) => ((a[row] ?? 0) - (target[row] ?? 0)) * ((b[row] ?? 0) - (target[row] ?? 0)))));
  // With Σw = 1 the error is w'Ew for the errors' cross products E.
  const weights = [...prior];
  for (let round = 0; round < 500; round++) {
    let moved = 0;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < i; j++) {
        const slope = gradient(cross, weights, prior, strength, i) - gradient(cross, weights, prior, strength, j);
        const curvature = 2 * ((cross[i]?.[i] ?? 0) - 2 * (cross[i]?.[j] ?? 0) + (cross[j]?.[j] ?? 0) + 2 * strength);
        if (!(curvature > 0)) continue;
        const step = Math.max(-(weights[i] ?? 0), Math.min(weights[j] ?? 0, -slope / curvature));
        weights[i] = (weights[i] ?? 0) + step;
        weights[j] = (weights[j] ?? 0) - step;
        moved = Math.max(moved, Math.abs(step));
      }
    }
    if (moved < 1e-7) break;
  }
  return weights;
}

function gradient(cross: readonly number[][], weights: readonly number[], prior: readonly number[], strength: number, i: number): number {
  let sum = 2 * strength * ((weights[i] ?? 0) - (prior[i] ?? 0));
  for (const [j, weight] of weights.entries()) sum += 2 * (cross[i]?.[j] ?? 0) * weight;
  return sum;
}

function mean(n: number, value: (row: number) => number): number {
  let sum = 0;
  for (let row = 0; row < n; row++) sum += value(row);
  return sum / n;
}

/** Mean squared error of each column of predictions. */
export function squaredErrors(predictions: readonly Float64Array[], target: Float64Array): number[] {
  return predictions.map((column) => mean(target.length, (row) => ((column[row] ?? 0) - (target[row] ?? 0)) ** 2));
}

/** Weights to start from: more for smaller errors, as far as so many rows can tell them apart. */
export function priorWeights(errors: readonly number[], rows: number): number[] {
  const best = Math.min(...errors);
  const resolution = 0.03 + 0.7 / Math.sqrt(rows);
  const raw = errors.map((error) => Math.exp(-(error / best - 1) / resolution));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return raw.map((weight) => weight / sum);
}
