import { type CombinedRegression } from '../../common/model/combined-regression.ts';
import { type Inputs, inputRows } from '../../common/model/inputs.ts';
import { quantile } from './quantile-knots.ts';
import { sampleRows } from './sample-rows.ts';

/** Parts, and values of an input, that are tried: fewer parts, down to a quarter, from 15 numbers on, each of which takes as long as the others. */
const partsTried = (numbers: number): number => Math.max(10, Math.min(40, Math.round(600 / numbers)));
const valuesTried = 12;
/** Values of an input that are tried for how far it moves predictions over its range. */
const pointsTried = 5;
/** No value's absence costs more, relative to the prediction. */
const largestIgnorance = 3;

/**
 * By number of the space what a distance beyond its range counts: c² / (c² + s²) for the change c of the predictions over the whole range and the usual size s of errors, both
 * relative to the predictions. What moves times by less than their noise within its whole range, as a year does where nothing has changed, says little of what is a year farther. To c² comes what
 * so many rows may have missed: the variance of a slope, s² / (rows · variance of the number), over the range.
 */
export function relevanceBeyond(changes: readonly number[], numbers: Inputs['numbers'], target: Float64Array, value: Float64Array): number[] {
  const sizes = target.map((actual, row) => Math.abs(actual - (value[row] ?? 0)) / Math.abs(value[row] ?? 0)).filter(Number.isFinite).sort();
  const noise = (1.4826 * quantile(sizes, 0.5)) ** 2;
  return changes.map((change, d) => {
    const squares = change ** 2 + noise * missedByChance(numbers[d] ?? new Float64Array());
    return squares > 0 ? squares / (squares + noise) : 1;
  });
}

/** The variance of the change over a number's range by a slope through so many values, in variances of their noise. */
function missedByChance(values: Float64Array): number {
  let [lowest, highest, sum] = [Infinity, -Infinity, 0];
  for (const value of values) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
    sum += value;
  }
  const mean = sum / values.length;
  const squares = values.reduce((all, value) => all + (value - mean) ** 2, 0);
  return squares > 0 ? (highest - lowest) ** 2 / squares : 0;
}

/** By number of the space: how far the prediction goes over its values when the others stay, the largest less the smallest, relative to their mean, averaged over parts. Its ends are tried, and some of the distinct values between: a value that few parts have, too. */
export function changesOverRange(regression: CombinedRegression, inputs: Inputs, seed: number): number[] {
  const parts = inputRows(inputs, sampleRows(inputs.rows, partsTried(inputs.numbers.length), seed + 11));
  return inputs.numbers.map((values, d) => {
    const distinct = Float64Array.from(new Set(values)).sort();
    const tried = Array.from({ length: Math.min(pointsTried, distinct.length) }, (_, k, last = Math.min(pointsTried, distinct.length) - 1) => distinct[last === 0 ? 0 : Math.round((k * (distinct.length - 1)) / last)] ?? 0);
    const predicted = tried.map((value) => regression.values({ ...parts, numbers: inputsWith(parts, d, value) }));
    let sum = 0;
    for (let row = 0; row < parts.rows; row++) {
      const there = predicted.map((one) => one[row] ?? 0);
      const mean = there.reduce((total, value) => total + value, 0) / there.length;
      const change = Math.max(...there) - Math.min(...there);
      sum += mean !== 0 ? (change / mean) ** 2 : 0;
    }
    return Math.sqrt(sum / parts.rows);
  });
}

/** The numbers of parts with one the same in all. */
function inputsWith(parts: Inputs, d: number, value: number): Float64Array[] {
  return parts.numbers.map((own, k) => (k === d ? new Float64Array(parts.rows).fill(value) : own));
}

/**
 * By number of the space: how far the prediction varies with it when the others stay: the standard deviation over its values as training has them, relative to the prediction,
 * averaged over parts. It is what not knowing it costs (law of total variance).
 */
export function ignorance(regression: CombinedRegression, inputs: Inputs, seed: number): number[] {
  const parts = inputRows(inputs, sampleRows(inputs.rows, partsTried(inputs.numbers.length), seed + 11));
  const others = sampleRows(inputs.rows, valuesTried, seed + 12);
  const { space } = regression.model;
  return space.numbers.map((_, d) => {
    const tried = Array.from(others, (other) => {
      return regression.values({ ...parts, numbers: inputsWith(parts, d, inputs.numbers[d]?.[other] ?? 0) });
    });
    let sum = 0;
    for (let row = 0; row < parts.rows; row++) {
      const values = tried.map((predicted) => predicted[row] ?? 0);
      const mean = values.reduce((total, value) => total + value, 0) / values.length;
      const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
      sum += mean !== 0 ? variance / (mean * mean) : 0;
    }
    return Math.min(largestIgnorance, Math.sqrt(sum / parts.rows));
  });
}
