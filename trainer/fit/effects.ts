import type { CombinedRegression } from '../../common/model/combined-regression.ts';
import { type Inputs, inputRows } from '../../common/model/inputs.ts';
import { quantile } from './quantile-knots.ts';
import { sampleRows } from './sample-rows.ts';

/** One input's effect over all parts: see `effects` of the report. */
export interface Effect {
  input: { kind: 'number' | 'category'; position: number };
  importance: number;
  values: number[];
  estimates: number[];
}

/** Parts of the sample: fewer, down to a quarter, from 15 inputs on, each of which takes as long as the others. */
const partsTried = (inputs: number): number => Math.max(25, Math.min(100, Math.round(1_500 / inputs)));
const points = 21;

/** What each input does to the predictions of a sample: its importance, and its partial dependence (Friedman, 2001, section 8.2) at quantiles, or at each group. */
export function effectsOf(regression: CombinedRegression, inputs: Inputs, seed: number): Effect[] {
  const rows = sampleRows(inputs.rows, partsTried(inputs.numbers.length + inputs.categories.length), seed + 21);
  const parts = inputRows(inputs, rows);
  const others = inputRows(inputs, rows.map((_, i) => rows[(i + 1 + (rows.length >> 1)) % rows.length] ?? 0));
  const own = regression.values(parts);
  const exchanged = (changed: Inputs): number => regression.values(changed).reduce((sum, value, row) => sum + Math.abs(value - (own[row] ?? 0)), 0) / parts.rows;
  const meanOf = (changed: Inputs): number => regression.values(changed).reduce((sum, value) => sum + value, 0) / parts.rows;
  const withNumber = (position: number, values: Float64Array): Inputs => ({ ...parts, numbers: parts.numbers.map((old, d) => (d === position ? values : old)) });
  const withCategory = (position: number, groups: Int32Array): Inputs => ({ ...parts, categories: parts.categories.map((old, c) => (c === position ? groups : old)) });
  const numbers = inputs.numbers.map((all, position): Effect => {
    const sorted = Float64Array.from(all).sort();
    const values = [...new Set(Array.from({ length: points }, (_, k) => quantile(sorted, k / (points - 1))))];
    const estimates = values.map((value) => meanOf(withNumber(position, new Float64Array(parts.rows).fill(value))));
    return { input: { kind: 'number', position }, importance: exchanged(withNumber(position, others.numbers[position] ?? new Float64Array())), values, estimates };
  });
  const categories = inputs.categories.map((all, position): Effect => {
    const values = [...new Set(all)].filter((group) => group >= 0).sort((a, b) => a - b).slice(0, 50);
    const estimates = values.map((group) => meanOf(withCategory(position, new Int32Array(parts.rows).fill(group))));
    return { input: { kind: 'category', position }, importance: exchanged(withCategory(position, others.categories[position] ?? new Int32Array())), values, estimates };
  });
  return [...numbers, ...categories].sort((a, b) => b.importance - a.importance);
}
