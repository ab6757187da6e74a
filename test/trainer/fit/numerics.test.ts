import { describe, expect, it } from 'vitest';
import { cholesky, choleskyInverse, choleskySolve } from '../../../trainer/fit/cholesky.ts';
import { covarianceShape, parameterCount, priors } from '../../../trainer/fit/covariance-parameters.ts';
import { negativeLogPosterior } from '../../../trainer/fit/marginal-likelihood.ts';
import { minimize } from '../../../trainer/fit/minimize.ts';
import { stackWeights } from '../../../trainer/fit/stack-weights.ts';
import { matern } from '../../../common/model/covariance.ts';

describe('cholesky', () => {
  // 4 2 | 2 3 = L L' with L = 2 0 | 1 √2; its inverse is 3 -2 | -2 4, over 8.
  const factor = (): Float64Array => Float64Array.of(4, 0, 2, 3);
  it('factors, solves and inverts the textbook example', () => {
    const lower = factor();
    expect(cholesky(lower, 2)).toBe(true);
    expect(lower[2]).toBe(1);
    expect(lower[3]).toBeCloseTo(Math.SQRT2, 14);
    const x = choleskySolve(lower, 2, Float64Array.of(8, 7));
    expect(x[0]).toBeCloseTo(1.25, 14);
    expect(x[1]).toBeCloseTo(1.5, 14);
    const inverse = choleskyInverse(lower, 2);
    expect(inverse[0]).toBeCloseTo(3 / 8, 14);
    expect(inverse[2]).toBeCloseTo(-2 / 8, 14);
    expect(inverse[3]).toBeCloseTo(4 / 8, 14);
  });
  it('says of an indefinite matrix that it is none', () => {
    expect(cholesky(Float64Array.of(1, 0, 2, 1), 2)).toBe(false);
  });
});

describe('minimize', () => {
  it("finds the minimum of Rosenbrock's valley", () => {
    const { x } = minimize(
      (at) => {
        const [a = 0, b = 0] = at;
        return { value: (1 - a) ** 2 + 100 * (b - a * a) ** 2, gradient: Float64Array.of(-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)) };
      },
      Float64Array.of(-1.2, 1),
      { evaluations: 300, tolerance: 0 },
    );
    expect(x[0]).toBeCloseTo(1, 4);
    expect(x[1]).toBeCloseTo(1, 4);
  });
});

describe('matern', () => {
  it('has the value of Rasmussen and Williams, equation 4.17, at r = 1', () => {
    expect(matern(1)).toBeCloseTo((1 + Math.sqrt(5) + 5 / 3) * Math.exp(-Math.sqrt(5)), 14);
    expect(matern(0)).toBe(1);
  });
});

describe('negativeLogPosterior', () => {
  const rows = 12;
  const inputs = {
    rows,
    numbers: [Float64Array.from({ length: rows }, (_, i) => i * i), Float64Array.from({ length: rows }, (_, i) => Math.exp(((i * 7) % 12) / 3))],
    categories: [Int32Array.from({ length: rows }, (_, i) => (i % 3) - (i === 4 ? 5 : 0))],
  };
  const target = Float64Array.from({ length: rows }, (_, i) => Math.sin(i));
  const shape = covarianceShape(inputs, target);

  it('has the gradient that finite differences have', () => {
    const at = Float64Array.from({ length: parameterCount(shape) }, (_, k) => Math.cos(3 * k) / 2);
    const { gradient } = negativeLogPosterior(shape, inputs, target, at);
    for (const k of at.keys()) {
      const [up, down] = [at.slice(), at.slice()];
      up[k] = (up[k] ?? 0) + 1e-5;
      down[k] = (down[k] ?? 0) - 1e-5;
      const slope = (negativeLogPosterior(shape, inputs, target, up).value - negativeLogPosterior(shape, inputs, target, down).value) / 2e-5;
      expect(gradient[k]).toBeCloseTo(slope, 5);
    }
  });

  it('is the normal density of one row, at the priors', () => {
    const one = { rows: 1, numbers: [], categories: [] };
    const empty = covarianceShape(one, Float64Array.of(2));
    const means = Float64Array.from(priors(empty), ({ mean }) => mean);
    // Variance: noise² + product² + constant².
    const variance = 0.15 ** 2 + 0.7 ** 2 + 1;
    expect(negativeLogPosterior(empty, one, Float64Array.of(2), means).value).toBeCloseTo(0.5 * Math.log(2 * Math.PI * variance) + 4 / (2 * variance), 10);
  });
});

describe('stackWeights', () => {
  it('weighs two independent predictions by the inverse of their variances', () => {
    // Errors 1, -1, 1, -1 and 2, 2, -2, -2: uncorrelated, variances 1 and 4, so the best weights are 4/5 and 1/5.
    const weights = stackWeights([Float64Array.of(1, -1, 1, -1), Float64Array.of(2, 2, -2, -2)], new Float64Array(4), [0.5, 0.5], 0);
    expect(weights[0]).toBeCloseTo(0.8, 6);
    expect(weights[1]).toBeCloseTo(0.2, 6);
  });
  it('gives nothing to one that only adds error', () => {
    expect(stackWeights([Float64Array.of(1, -1), Float64Array.of(3, -3)], new Float64Array(2), [0.5, 0.5], 0)).toEqual([1, 0]);
  });
});
