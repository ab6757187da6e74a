import type { Inputs } from '../../common/model/inputs.ts';

/** Bins of a number whose means are compared. */
const bins = 16;

/** Positions of the inputs that tell most of the target one by one, at most so many of each kind, ascending: the share of its variance that lies between the means of quantile bins, or of groups, less what chance gives so many. */
export function relevantInputs(inputs: Inputs, target: Float64Array, most: { numbers: number; categories: number }): { numbers: number[]; categories: number[] } {
  const pick = (shares: readonly number[], count: number): number[] => [...shares.keys()].sort((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0) || a - b).slice(0, count).sort((a, b) => a - b);
  const numbers = inputs.numbers.length <= most.numbers ? inputs.numbers.map(() => 0) : inputs.numbers.map((values) => varianceBetween(quantileBins(values), bins, target));
  const categories = inputs.categories.length <= most.categories ? inputs.categories.map(() => 0) : inputs.categories.map((groups) => varianceBetween(groups.map((group) => group + 1), groups.reduce((a, b) => Math.max(a, b), 0) + 2, target));
  return { numbers: pick(numbers, most.numbers), categories: pick(categories, most.categories) };
}

function quantileBins(values: Float64Array): Int32Array {
  const sorted = Float64Array.from(values).sort();
  const edges = Array.from({ length: bins - 1 }, (_, k) => sorted[Math.floor(((k + 1) * sorted.length) / bins)] ?? 0);
  return Int32Array.from(values, (value) => edges.reduce((bin, edge) => bin + (value >= edge ? 1 : 0), 0));
}

/** Adjusted share of the target's variance between groups 0 … count - 1. */
function varianceBetween(groups: Int32Array, count: number, target: Float64Array): number {
  const rows = new Float64Array(count);
  const sums = new Float64Array(count);
  let total = 0;
  let squares = 0;
  for (const [row, value] of target.entries()) {
    const group = groups[row] ?? 0;
    rows[group] = (rows[group] ?? 0) + 1;
    sums[group] = (sums[group] ?? 0) + value;
    total += value;
    squares += value * value;
  }
  const n = target.length;
  const all = squares - (total * total) / n;
  let between = -(total * total) / n;
  let used = 0;
  for (let group = 0; group < count; group++) {
    const size = rows[group] ?? 0;
    if (size === 0) continue;
    used++;
    between += (sums[group] ?? 0) ** 2 / size;
  }
  return all > 0 && n > used ? 1 - ((1 - between / all) * (n - 1)) / (n - used) : 0;
}
