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
  const parts = triedParts(inputs, seed);
  return inputs.numbers.map((values, d) => {
    const distinct = Float64Array.from(new Set(values)).sort();
    const last = Math.min(pointsTried, distinct.length) - 1;
    const tried = Array.from({ length: last + 1 }, (_, k) => distinct[Math.round((k * (distinct.length - 1)) / Math.max(1, last))] ?? 0);
    return relativeRoot(regression, parts, d, tried, (predicted) => (Math.max(...predicted) - Math.min(...predicted)) ** 2);
  });
}

/**
 * By number of the space: how far the prediction varies with it when the others stay: the standard deviation over its values as training has them, relative to the prediction,
 * averaged over parts. It is what not knowing it costs (law of total variance).
 */
export function ignorance(regression: CombinedRegression, inputs: Inputs, seed: number): number[] {
  const parts = triedParts(inputs, seed);
  const others = sampleRows(inputs.rows, valuesTried, seed + 12);
  return inputs.numbers.map((values, d) => {
    const tried = Array.from(others, (other) => values[other] ?? 0);
    const variance = (predicted: readonly number[], mean: number): number => predicted.reduce((total, value) => total + (value - mean) ** 2, 0) / predicted.length;
    return Math.min(largestIgnorance, relativeRoot(regression, parts, d, tried, variance));
  });
}

function triedParts(inputs: Inputs, seed: number): Inputs {
  return inputRows(inputs, sampleRows(inputs.rows, partsTried(inputs.numbers.length), seed + 11));
}

/** The root of the mean over parts of what `square` makes of their predictions with each value of number `d`, relative to the mean of these. */
function relativeRoot(regression: CombinedRegression, parts: Inputs, d: number, values: readonly number[], square: (predicted: readonly number[], mean: number) => number): number {
  const predictions = values.map((value) => regression.values({ ...parts, numbers: parts.numbers.with(d, new Float64Array(parts.rows).fill(value)) }));
  let sum = 0;
  for (let row = 0; row < parts.rows; row++) {
    const predicted = predictions.map((one) => one[row] ?? 0);
    const mean = predicted.reduce((total, value) => total + value, 0) / predicted.length;
    sum += mean !== 0 ? square(predicted, mean) / (mean * mean) : 0;
  }
  return Math.sqrt(sum / parts.rows);
}
