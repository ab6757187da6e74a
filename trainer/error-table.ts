import type { ModelErrors } from '../common/model/report.ts';
import { designEffect } from './design-effect.ts';
import { rounded } from './evaluate.ts';
import { quantile } from './fit/quantile-knots.ts';

/**
 * A model's errors on rows, each with its standard error: of means s / √n, or more where rows of one part (`parts` tells which, by row) have errors alike; of the root mean square that of the mean square divided by twice the root;
 * of the median half the distance of the order statistics √n / 2 to either side of it, n as many as independent rows would tell as much, which lie a standard error from it (David and Nagaraja, Order Statistics, 3rd ed., 2003, section 7.1).
 */
export function errorsOf(model: string, actual: Float64Array, estimate: Float64Array, parts: Uint32Array): ModelErrors {
  const errors = estimate.map((value, row) => value - (actual[row] ?? 0));
  const sizes = errors.map(Math.abs);
  const squares = meanOf(errors.map((error) => error ** 2), parts);
  const rmse = Math.sqrt(squares.value);
  const lasting = Uint32Array.from(actual.keys()).filter((row) => (actual[row] ?? 0) !== 0);
  const shares = Float64Array.from(lasting, (row) => (sizes[row] ?? 0) / Math.abs(actual[row] ?? 0));
  return {
    model,
    rmse: reported({ value: rmse, standard_error: rmse > 0 ? squares.standard_error / (2 * rmse) : 0 }),
    mae: reported(meanOf(sizes, parts)),
    median: reported(medianOf(sizes, parts)),
    mape: shares.length > 0 ? reported(meanOf(shares, lasting.map((row) => parts[row] ?? 0))) : null,
    bias: reported(meanOf(errors, parts)),
  };
}

type Figure = ModelErrors['rmse'];

/** What is nothing beside its standard error is what rounding left of a sum that is 0. */
function reported({ value, standard_error }: Figure): Figure {
  return { value: Math.abs(value) < 1e-9 * standard_error ? 0 : rounded(value), standard_error: rounded(standard_error) };
}

function meanOf(values: Float64Array, parts: Uint32Array): Figure {
  const count = values.length;
  const value = values.reduce((sum, one) => sum + one / count, 0);
  const variance = values.reduce((sum, one) => sum + (one - value) ** 2, 0) / Math.max(1, count - 1);
  return { value, standard_error: Math.sqrt((variance / count) * designEffect(values, parts)) };
}

function medianOf(values: Float64Array, parts: Uint32Array): Figure {
  const sorted = values.toSorted();
  const value = quantile(sorted, 0.5);
  const alike = designEffect(values.map((one) => (one > value ? 1 : 0)), parts);
  const reach = Math.min(0.5, 0.5 * Math.sqrt(alike / sorted.length));
  return { value, standard_error: (quantile(sorted, 0.5 + reach) - quantile(sorted, 0.5 - reach)) / 2 };
}
