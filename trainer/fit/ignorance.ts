import { type CombinedRegression } from '../../common/model/combined-regression.ts';
import { type Inputs, inputRows } from '../../common/model/inputs.ts';
import { quantile } from './quantile-knots.ts';
import { sampleRows } from './sample-rows.ts';

/** Parts, and values of an input, that are tried: fewer parts, down to a quarter, from 15 numbers on, each of which takes as long as the others. */
const partsTried = (numbers: number): number => Math.max(10, Math.min(40, Math.round(600 / numbers)));
const valuesTried = 12;
/** No value's absence costs more, relative to the prediction. */
const largestIgnorance = 3;

/**
 * By number of the space what a distance beyond its range counts: c² / (c² + s²) for the change c of the predictions over the whole range, √12 deviations of what is spread evenly (`ignorance`), and the usual size s of errors, both
 * relative to the predictions. What moves times by less than their noise within its whole range, as a year does where nothing has changed, says little of what is a year farther. To c² comes what so many rows may have missed: the variance
 * of a slope, 12 s² / rows.
 */
export function relevanceBeyond(ignorances: readonly number[], target: Float64Array, value: Float64Array): number[] {
  const sizes = target.map((actual, row) => Math.abs(actual - (value[row] ?? 0)) / Math.abs(value[row] ?? 0)).filter(Number.isFinite).sort();
  const noise = (1.4826 * quantile(sizes, 0.5)) ** 2;
  return ignorances.map((variation) => {
    const change = 12 * (variation ** 2 + noise / target.length);
    return change > 0 ? change / (change + noise) : 1;
  });
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
      const numbers = [...parts.numbers];
      numbers[d] = new Float64Array(parts.rows).fill(inputs.numbers[d]?.[other] ?? 0);
      return regression.values({ ...parts, numbers });
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
