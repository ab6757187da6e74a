import { cholesky, choleskySolve } from './cholesky.ts';
import type { Dictionary } from './dictionary.ts';
import type { LinearMethod } from './linear-family.ts';
import { type Covariances, type Weights, withIntercept } from './term-moments.ts';

const penalties = [1e-6, 1e-4, 1e-3, 1e-2, 0.05, 0.2, 1];
/** How much more products are penalised than single terms. */
const productFactors = [1, 10, Infinity];

const ridgeWith = (factors: readonly number[]): LinearMethod => {
  const all = factors.flatMap((factor) => penalties.map((penalty) => ({ factor, penalty })));
  const weightsWith = ({ factor, penalty }: { factor: number; penalty: number }, covariances: Covariances, { terms, mains }: Dictionary): Weights => {
    const width = factor === Infinity ? mains : terms.length;
    const matrix = new Float64Array(width * width);
    for (let i = 0; i < width; i++) {
      matrix.set(covariances.cross.subarray(i * terms.length, i * terms.length + i + 1), i * width);
      matrix[i * width + i] = (matrix[i * width + i] ?? 0) + penalty * (i < mains ? 1 : factor);
    }
    const coefficients = new Float64Array(terms.length);
    if (cholesky(matrix, width)) coefficients.set(choleskySolve(matrix, width, covariances.withTarget.subarray(0, width)));
    return withIntercept(covariances, coefficients);
  };
  return {
    settings: () => all.map(({ factor, penalty }) => (factor === Infinity ? `penalty ${penalty}, no products` : `penalty ${penalty}, products ${factor} ×`)),
    weights: (covariances, dictionary) => all.map((setting) => weightsWith(setting, covariances, dictionary)),
    weightsOf: (at, covariances, dictionary) => {
      const setting = all[at];
      return setting && weightsWith(setting, covariances, dictionary);
    },
  };
};

/**
 * Ridge regression: the minimum of (1/n) Σ (y - b₀ - x'b)² + λ Σ f_i b_i² (Hoerl and Kennard, 1970, doi:10.2307/1267351)
 * for each penalty λ and each factor f by which products are penalised more than single terms.
 */
export const ridge = ridgeWith(productFactors);

/** Ridge regression without products. */
export const ridgeOfMainEffects = ridgeWith([Infinity]);

const maxSteps = 40;

/**
 * Forward selection: from no term, again and again the term that lowers the squared error most, kept orthogonal to those before
 * (Efroymson, 1960; Hastie, Tibshirani, Friedman, The Elements of Statistical Learning, 2nd ed., section 3.3.2); one setting a step.
 */
export const forwardSelection: LinearMethod = {
  settings: ({ terms }, rows) => Array.from({ length: stepsFor(terms.length, rows) + 1 }, (_, steps) => `${steps} terms`),
  weights: (covariances, { terms }, rows) => fitsAfterSteps(covariances, terms.length, stepsFor(terms.length, rows)),
  weightsOf: (setting, covariances, { terms }) => fitsAfterSteps(covariances, terms.length, setting)[setting],
};

/** The fits after 0, 1, … `count` steps. */
function fitsAfterSteps(covariances: Covariances, width: number, count: number): Weights[] {
  const { cross, withTarget } = covariances;
  const left = Float64Array.from({ length: width }, (_, i) => cross[i * width + i] ?? 0);
  const smallest = left.map((variance) => 1e-7 * variance);
  const toExplain = Float64Array.from(withTarget);
  /** Rows of the Cholesky factor of all terms on the chosen ones. */
  const factors: Float64Array[] = [];
  const chosen: number[] = [];
  const scores: number[] = [];
  const fits = [withIntercept(covariances, new Float64Array(width))];
  while (fits.length <= count) {
    let best = -1;
    let gain = 0;
    for (let i = 0; i < width; i++) {
      const variance = left[i] ?? 0;
      if (variance <= (smallest[i] ?? 0) || variance <= 0) continue;
      const explained = (toExplain[i] ?? 0) ** 2 / variance;
      if (explained > gain) {
        gain = explained;
        best = i;
      }
    }
    const last = fits[fits.length - 1];
    if (best < 0) {
      if (last) fits.push(last);
      continue;
    }
    const pivot = Math.sqrt(left[best] ?? 1);
    const column = new Float64Array(width);
    for (let i = 0; i < width; i++) {
      let value = i >= best ? (cross[i * width + best] ?? 0) : (cross[best * width + i] ?? 0);
      for (const earlier of factors) value -= (earlier[i] ?? 0) * (earlier[best] ?? 0);
      column[i] = value / pivot;
    }
    const score = (toExplain[best] ?? 0) / pivot;
    for (let i = 0; i < width; i++) {
      left[i] = (left[i] ?? 0) - (column[i] ?? 0) ** 2;
      toExplain[i] = (toExplain[i] ?? 0) - score * (column[i] ?? 0);
    }
    left[best] = 0;
    factors.push(column);
    chosen.push(best);
    scores.push(score);
    fits.push(withIntercept(covariances, solvedBack(factors, chosen, scores, width)));
  }
  return fits;
}

/** Five rows for each term at least. */
function stepsFor(terms: number, rows: number): number {
  return Math.max(1, Math.min(maxSteps, terms, Math.floor(rows / 5)));
}

/** b with L' b = scores on the chosen terms, 0 elsewhere. */
function solvedBack(factors: readonly Float64Array[], chosen: readonly number[], scores: readonly number[], width: number): Float64Array {
  const out = new Float64Array(width);
  for (let s = chosen.length - 1; s >= 0; s--) {
    let value = scores[s] ?? 0;
    for (let later = s + 1; later < chosen.length; later++) value -= (factors[s]?.[chosen[later] ?? 0] ?? 0) * (out[chosen[later] ?? 0] ?? 0);
    out[chosen[s] ?? 0] = value / (factors[s]?.[chosen[s] ?? 0] ?? 1);
  }
  return out;
}
