import { covarianceBetween, warpSlope, warpedInputs } from '../../common/model/covariance.ts';
import type { Inputs } from '../../common/model/inputs.ts';
import { cholesky, choleskyInverse, choleskySolve } from './cholesky.ts';
import { type CovarianceShape, covarianceOf, priors } from './covariance-parameters.ts';
import type { Slope } from './minimize.ts';

/**
 * -ln p(target | inputs, parameters) - ln prior(parameters) and its gradient by the logarithms of the parameters:
 * ½ y'K⁻¹y + ½ ln |K| + n/2 ln 2π, and ½ tr((K⁻¹ - αα') ∂K) with α = K⁻¹y (Rasmussen and Williams, 2006, equations 5.8 and 5.9).
 */
export function negativeLogPosterior(shape: CovarianceShape, inputs: Inputs, target: Float64Array, parameters: Float64Array): Slope {
  const { noise, covariance } = covarianceOf(shape, parameters);
  const n = inputs.rows;
  const at = warpedInputs(covariance, inputs);
  const matrix = covarianceBetween(covariance, at, at, true);
  for (let i = 0; i < n; i++) matrix[i * n + i] = (matrix[i * n + i] ?? 0) + noise * noise;
  const gradient = new Float64Array(parameters.length);
  if (!cholesky(matrix, n)) return { value: Infinity, gradient };
  const alpha = choleskySolve(matrix, n, target);
  let value = (n / 2) * Math.log(2 * Math.PI);
  for (let i = 0; i < n; i++) value += 0.5 * (target[i] ?? 0) * (alpha[i] ?? 0) + Math.log(matrix[i * n + i] ?? 1);
  const inverse = choleskyInverse(matrix, n);

  const { numbers, categories } = covariance;
  const width = numbers.length;
  const kinds = categories.length;
  const bends = new Float64Array(n * width);
  for (let d = 0; d < width; d++) {
    const number = numbers[d];
    const values = number && inputs.numbers[number.input];
    if (!values) continue;
    for (let i = 0; i < n; i++) bends[i * width + d] = warpSlope(((values[i] ?? 0) - number.origin) / number.unit, number.bend);
  }
  const inverseSquare = Float64Array.from(numbers, ({ length }) => 1 / (length * length));
  const additive = Float64Array.from(numbers, (number) => number.additive ** 2);
  const linear = Float64Array.from(numbers, (number) => number.linear ** 2);
  const apart = Float64Array.from(categories, ({ length }) => 1 / (length * length));
  const same = Float64Array.from(categories, (category) => category.additive ** 2);
  const product = covariance.product ** 2;
  const ownScale = Float64Array.from(numbers, (number) => 1 / number.additive_length ** 2);
  const after = 2 + 5 * width;
  const differences = new Float64Array(width);
  const isApart = new Uint8Array(kinds);
  let trace = 0;
  for (let i = 0; i < n; i++) {
    const alphaI = alpha[i] ?? 0;
    for (let j = 0; j <= i; j++) {
      // The matrix is symmetric: what lies off the diagonal counts twice, against the half of the formula.
      const weight = ((inverse[i * n + j] ?? 0) - alphaI * (alpha[j] ?? 0)) * (i === j ? 0.5 : 1);
      if (i === j) trace += weight;
      let squared = 0;
      for (let d = 0; d < width; d++) {
        const difference = (at.warped[i * width + d] ?? 0) - (at.warped[j * width + d] ?? 0);
        differences[d] = difference;
        squared += difference * difference * (inverseSquare[d] ?? 0);
      }
      for (let c = 0; c < kinds; c++) {
        const group = at.groups[i * kinds + c] ?? -1;
        const equal = group >= 0 && group === at.groups[j * kinds + c];
        isApart[c] = equal ? 0 : 1;
        if (equal) gradient[after + 2 * c + 1] = (gradient[after + 2 * c + 1] ?? 0) + weight * 2 * (same[c] ?? 0);
        else squared += apart[c] ?? 0;
      }
      const s = Math.sqrt(5 * squared);
      const decay = Math.exp(-s);
      gradient[1] = (gradient[1] ?? 0) + weight * 2 * product * (1 + s + (s * s) / 3) * decay;
      const slope = weight * product * (-5 / 6) * (1 + s) * decay;
      for (let d = 0; d < width; d++) {
        const difference = differences[d] ?? 0;
        const square = difference * difference;
        const scale = inverseSquare[d] ?? 0;
        const bendI = bends[i * width + d] ?? 0;
        const bendJ = bends[j * width + d] ?? 0;
        const share = additive[d] ?? 0;
        const line = linear[d] ?? 0;
        const u = at.warped[i * width + d] ?? 0;
        const v = at.warped[j * width + d] ?? 0;
        const base = 2 + 5 * d;
        const short = ownScale[d] ?? 1;
        let bySquare = slope * scale;
        if (share > 1e-9) {
          // Matérn's value and slope share their exponential, the dearest part of the loop.
          const t = Math.sqrt(5 * short * square);
          const decays = Math.exp(-t);
          gradient[base + 2] = (gradient[base + 2] ?? 0) + weight * 2 * share * (1 + t + (t * t) / 3) * decays;
          const ownSlope = weight * share * short * (-5 / 6) * (1 + t) * decays;
          bySquare += ownSlope;
          gradient[base + 4] = (gradient[base + 4] ?? 0) - 2 * ownSlope * square;
        }
        gradient[base] = (gradient[base] ?? 0) + bySquare * 2 * difference * (bendI - bendJ) + weight * line * (bendI * v + u * bendJ);
        gradient[base + 1] = (gradient[base + 1] ?? 0) - 2 * slope * scale * square;
        gradient[base + 3] = (gradient[base + 3] ?? 0) + weight * 2 * line * u * v;
      }
      for (let c = 0; c < kinds; c++) if (isApart[c] === 1) gradient[after + 2 * c] = (gradient[after + 2 * c] ?? 0) - 2 * slope * (apart[c] ?? 0);
    }
  }
  gradient[0] = 2 * noise * noise * trace;
  for (const [k, { mean, deviation }] of priors(shape).entries()) {
    const distance = ((parameters[k] ?? 0) - mean) / deviation;
    value += 0.5 * distance * distance;
    gradient[k] = (gradient[k] ?? 0) + distance / deviation;
  }
  return { value, gradient };
}
