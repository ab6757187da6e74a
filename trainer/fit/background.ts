import { backgroundSize } from '../../common/model/shapley.ts';
import type { CombinedRegression } from '../../common/model/combined-regression.ts';
import { type Inputs, inputRows } from '../../common/model/inputs.ts';
import type { ModelFile } from '../../common/model/model-file.ts';

/** Rows predicted at once: the terms of all of them would take too much memory. */
const rowsAtOnce = 4_096;
/** Rows of a stratum among which the one is chosen that makes the background most like all. */
const choices = 24;

/**
 * Parts to explain others against: one from each of equally large strata of the predictions, nearest to the mean there and so that the inputs, too, are on average those of all,
 * with weights by which their mean prediction is that of all training parts.
 */
export function backgroundOf(regression: CombinedRegression, inputs: Inputs): NonNullable<ModelFile['background']> {
  const { space } = regression.model;
  const features = new Set([...space.numbers, ...space.categories].map(({ feature }) => feature)).size;
  const predicted = predictions(regression, inputs);
  const rows = chosenRows(inputs, predicted, Math.min(inputs.rows, backgroundSize(features)));
  const parts = inputRows(inputs, rows);
  const mean = predicted.reduce((sum, value) => sum + value, 0) / predicted.length;
  const weights = weightsToMean(Float64Array.from(rows, (row) => predicted[row] ?? 0), mean);
  return { numbers: parts.numbers.map((values) => [...values]), categories: parts.categories.map((groups) => [...groups]), weights };
}

function predictions(regression: CombinedRegression, inputs: Inputs): Float64Array {
  const out = new Float64Array(inputs.rows);
  for (let from = 0; from < inputs.rows; from += rowsAtOnce) {
    const rows = Uint32Array.from({ length: Math.min(rowsAtOnce, inputs.rows - from) }, (_, i) => from + i);
    out.set(regression.values(inputRows(inputs, rows)), from);
  }
  return out;
}

function chosenRows(inputs: Inputs, predicted: Float64Array, count: number): Uint32Array {
  const n = inputs.rows;
  const order = Uint32Array.from(predicted.keys()).sort((a, b) => (predicted[a] ?? 0) - (predicted[b] ?? 0) || a - b);
  const numbers = inputs.numbers.map(standardized);
  const shares = inputs.categories.map((groups) => groups.reduce((counts, group) => counts.set(group, (counts.get(group) ?? 0) + 1 / n), new Map<number, number>()));
  const sums = numbers.map(() => 0);
  const counts = shares.map(() => new Map<number, number>());
  const chosen: number[] = [];
  // Not from the lowest stratum to the highest, or the sums would first be all low: by steps of some 0.6 of all, odd ones.
  const step = 2 * Math.floor(0.309 * count) + 1;
  const strata = Array.from({ length: count }, (_, i) => i).sort((a, b) => ((a * step) % count) - ((b * step) % count) || a - b);
  for (const stratum of strata) {
    const rows = order.subarray(Math.floor((stratum * n) / count), Math.floor(((stratum + 1) * n) / count));
    const mean = rows.reduce((sum, row) => sum + (predicted[row] ?? 0), 0) / rows.length;
    const distance = (row: number): number => Math.abs((predicted[row] ?? 0) - mean);
    // What the choice makes of Σ (sum of a standardized number)² + Σ (count - expected count)², but for what all choices have in common.
    const cost = (row: number): number =>
      numbers.reduce((sum, values, d) => sum + ((sums[d] ?? 0) + (values[row] ?? 0)) ** 2, 0) +
      shares.reduce((sum, ofGroup, c) => {
        const group = inputs.categories[c]?.[row] ?? -1;
        return sum + 2 * ((counts[c]?.get(group) ?? 0) - (chosen.length + 1) * (ofGroup.get(group) ?? 0));
      }, 0);
    const nearest = rows.toSorted((a, b) => distance(a) - distance(b) || a - b).subarray(0, choices);
    const row = nearest.reduce((best, one) => (cost(one) < cost(best) ? one : best), nearest[0] ?? 0);
    chosen.push(row);
    for (const [d, values] of numbers.entries()) sums[d] = (sums[d] ?? 0) + (values[row] ?? 0);
    for (const [c, ofGroup] of counts.entries()) {
      const group = inputs.categories[c]?.[row] ?? -1;
      ofGroup.set(group, (ofGroup.get(group) ?? 0) + 1);
    }
  }
  return Uint32Array.from(chosen).sort();
}

function standardized(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0)) || 1;
  return values.map((value) => (value - mean) / deviation);
}

/** Weights that sum to 1 with Σ weight · value = mean: 1/n (1 + λ (value - their mean)), the nearest to equal ones; equal where some would be below a tenth of that. */
export function weightsToMean(values: Float64Array, mean: number): number[] {
  const own = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - own) ** 2, 0) / values.length;
  const slope = variance > 0 ? (mean - own) / variance : 0;
  const factors = Array.from(values, (value) => 1 + slope * (value - own));
  if (!factors.every((one) => one > 0.1)) return factors.map(() => 1 / values.length);
  // Where the values are the same but for rounding, the factors' mean need not be 1.
  const sum = factors.reduce((all, factor) => all + factor, 0);
  return factors.map((factor) => factor / sum);
}
