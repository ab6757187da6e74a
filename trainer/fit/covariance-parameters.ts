import type { Covariance } from '../../common/model/covariance.ts';
import type { Inputs } from '../../common/model/inputs.ts';
import { relevantInputs } from './relevance.ts';

/** A Gaussian process's parameters before learning: where each input lies, and which there are. */
export interface CovarianceShape {
  numbers: { input: number; origin: number; unit: number }[];
  categories: number[];
}

/** A parameter's prior: its logarithm is normal with this mean and deviation. */
interface Prior {
  mean: number;
  deviation: number;
}

/** Inputs beyond which learning takes too long. */
const most = { numbers: 40, categories: 20 };

/** Standard deviation of the prior mean: the target has mean 0 and variance 1. */
const constant = 1;

/** The covariance's shape for inputs: each number by its range, from the smallest value to the 95th percentile; inputs of one value are left out, and those that tell least where there are very many. */
export function covarianceShape(inputs: Inputs, target: Float64Array): CovarianceShape {
  const relevant = relevantInputs(inputs, target, most);
  const numbers = relevant.numbers.flatMap((input) => {
    const values = inputs.numbers[input] ?? new Float64Array();
    const sorted = Float64Array.from(values).sort();
    const origin = sorted[0] ?? 0;
    const high = sorted[Math.floor(0.95 * (sorted.length - 1))] ?? origin;
    const unit = high > origin ? high - origin : (sorted[sorted.length - 1] ?? origin) - origin;
    return unit > 0 && Number.isFinite(unit) ? [{ input, origin, unit }] : [];
  });
  const categories = relevant.categories.filter((input) => inputs.categories[input]?.some((group) => group !== inputs.categories[input]?.[0]));
  return { numbers, categories };
}

/** Number of parameters: noise, product; of each number bend, length, additive, linear, additive length; of each category length, additive. */
export function parameterCount({ numbers, categories }: CovarianceShape): number {
  return 2 + 5 * numbers.length + 2 * categories.length;
}

/** Priors by parameter: weak, and in favour of smooth functions, so that few rows do not learn noise. */
export function priors({ numbers, categories }: CovarianceShape): Prior[] {
  const inputs = Math.max(1, numbers.length + categories.length);
  return [
    { mean: Math.log(0.15), deviation: 1.5 },
    { mean: Math.log(0.7), deviation: 1 },
    ...numbers.flatMap(() => [
      { mean: 0, deviation: 1.5 },
      { mean: Math.log(2 * Math.sqrt(inputs)), deviation: 1.2 },
      { mean: Math.log(0.3), deviation: 1.2 },
      { mean: Math.log(0.2), deviation: 1.2 },
      { mean: Math.log(4), deviation: 1 },
    ]),
    ...categories.flatMap(() => [
      { mean: Math.log(Math.sqrt(inputs)), deviation: 1.2 },
      { mean: Math.log(0.3), deviation: 1.2 },
    ]),
  ];
}

/** Noise and product from which an almost exact law is learned. */
const exact = { noise: 0.01, product: 30 };

/** Where learning may start: at the priors' means; and where hardly anything is noise, since small differences of collinear inputs may tell all, which the former take for noise and never leave. */
export function startingPoints(shape: CovarianceShape): [usual: Float64Array, exact: Float64Array] {
  const means = priors(shape).map(({ mean }) => mean);
  return [Float64Array.from(means), Float64Array.from([Math.log(exact.noise), Math.log(exact.product), ...means.slice(2)])];
}

/** Noise's standard deviation and the covariance from logarithms of the parameters. */
export function covarianceOf(shape: CovarianceShape, parameters: Float64Array): { noise: number; covariance: Covariance } {
  const value = (at: number): number => Math.exp(Math.max(-12, Math.min(12, parameters[at] ?? 0)));
  const after = 2 + 5 * shape.numbers.length;
  return {
    noise: Math.max(1e-3, value(0)),
    covariance: {
      product: value(1),
      constant,
      numbers: shape.numbers.map((number, d) => ({ ...number, bend: value(2 + 5 * d), length: value(3 + 5 * d), additive: value(4 + 5 * d), additive_length: value(6 + 5 * d), linear: value(5 + 5 * d) })),
      categories: shape.categories.map((input, c) => ({ input, length: value(after + 2 * c), additive: value(after + 2 * c + 1) })),
    },
  };
}
