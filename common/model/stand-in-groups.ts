import { z } from 'zod';
import { type Inputs, inputRows } from './inputs.ts';

/** Groups that one is taken for that training never saw, each with its share; the first is the one whose predictions are nearest to the mean. None where there is nothing to take it for. */
export const standInGroupsSchema = z.array(z.strictObject({ group: z.int().min(0), weight: z.number().positive() }));

export type StandInGroups = z.infer<typeof standInGroupsSchema>;

/** Predictions, how far the members are apart, and where groups were unknown how far below and above them 90 % of such groups lie. */
export interface ExpectedOfGroups {
  value: Float64Array;
  spread: Float64Array;
  below?: Float64Array | undefined;
  above?: Float64Array | undefined;
}

/**
 * What is expected of rows with groups that training never saw: the mean over the stand-ins, so that it lies between the smallest and the largest of theirs; with several such categories the product of what each changes.
 * How far a new group may lie is told by the stand-ins' predictions for the same row: mean ± t √(1 + 1/G) deviations of their logarithms, the prediction interval for one more of G normal draws.
 */
export function expectedOfGroups(standIns: readonly StandInGroups[], groupCounts: readonly number[], inputs: Inputs, known: (inputs: Inputs) => { value: Float64Array; spread: Float64Array }): ExpectedOfGroups {
  const lacking = inputs.categories.map((groups, c) => (standIns[c]?.length && groups.some((group) => group < 0) ? Uint32Array.from(groups.keys()).filter((row) => (groups[row] ?? 0) < 0) : undefined));
  // Most chunks have no such row, and this is the way of every part.
  if (lacking.every((rows) => rows === undefined)) return known(inputs);
  const central: Inputs = { ...inputs, categories: inputs.categories.map((groups, c) => (lacking[c] ? groups.map((group) => (group < 0 ? (standIns[c]?.[0]?.group ?? -1) : group)) : groups)) };
  const { value, spread } = known(central);
  const centers = Float64Array.from(value);
  const [below, above] = [new Float64Array(inputs.rows), new Float64Array(inputs.rows)];
  for (const [c, rows] of lacking.entries()) {
    const groups = standIns[c];
    if (!rows || !groups) continue;
    const some = inputRows(central, rows);
    const tried = groups.map(({ group }) => known({ ...some, categories: some.categories.map((own, other) => (other === c ? new Int32Array(rows.length).fill(group) : own)) }).value);
    const deviations = deviationsOfNext(groupCounts[c] ?? groups.length);
    for (const [i, row] of rows.entries()) {
      const values = tried.map((predicted) => predicted[i] ?? 0);
      const mean = values.reduce((sum, one, g) => sum + (groups[g]?.weight ?? 0) * one, 0);
      const center = centers[row] ?? 0;
      value[row] = center > 0 && mean > 0 ? ((value[row] ?? 0) * mean) / center : (value[row] ?? 0) + mean - center;
      const range = rangeOfNext(values, mean, deviations);
      below[row] = Math.hypot(below[row] ?? 0, range.below);
      above[row] = Math.hypot(above[row] ?? 0, range.above);
    }
  }
  return { value, spread, below, above };
}

/** No factor between known and unknown is larger: e to the power of this. */
const largestLogarithm = 12;

/** How far below and above their mean the next of such values may lie: on the scale of logarithms where all are positive. */
function rangeOfNext(values: readonly number[], mean: number, deviations: number): { below: number; above: number } {
  const isPositive = values.every((value) => value > 0);
  const scores = isPositive ? values.map(Math.log) : values;
  const center = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const half = deviations * Math.sqrt(scores.reduce((sum, score) => sum + (score - center) ** 2, 0) / Math.max(1, scores.length - 1));
  const [low, high] = isPositive ? [Math.exp(center - Math.min(largestLogarithm, half)), Math.exp(center + Math.min(largestLogarithm, half))] : [center - half, center + half];
  return { below: Math.max(0, mean - low), above: Math.max(0, high - mean) };
}

/** t₀.₉₅(G - 1) √(1 + 1/G): Student's quantile by the expansion of Abramowitz and Stegun, 26.7.5, from three groups on; of two it would say nothing. */
function deviationsOfNext(groups: number): number {
  const g = Math.max(3, groups);
  const z95 = 1.6449;
  const v = g - 1;
  const t = z95 + (z95 ** 3 + z95) / (4 * v) + (5 * z95 ** 5 + 16 * z95 ** 3 + 3 * z95) / (96 * v ** 2) + (3 * z95 ** 7 + 19 * z95 ** 5 + 17 * z95 ** 3 - 15 * z95) / (384 * v ** 3);
  return t * Math.sqrt(1 + 1 / g);
}
