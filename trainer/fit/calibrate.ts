import { type DoubtTerm, type ScaledInterval, doubtTerm } from '../../common/model/interval.ts';
import type { Inputs } from '../../common/model/inputs.ts';
import { doubtCandidates, fitDoubt } from './doubt.ts';

/** Out-of-fold predictions to calibrate on. */
export interface CalibrationData {
  inputs: Inputs;
  target: Float64Array;
  value: Float64Array;
  spread: Float64Array;
  /** 1 for gross errors, which count half: they happen, but not to most parts. */
  outlying: Uint8Array;
  folds: readonly Uint32Array[];
  /** No bound is below this. */
  smallest: number | null;
}

/** The calibrated doubt; with it each row's bounds from the other folds alone, and what the choice was. */
export interface Calibration {
  interval: Omit<ScaledInterval, 'beyond' | 'unknown' | 'missing'>;
  low: Float64Array;
  high: Float64Array;
  intervalScore: number;
  note: string;
}

const outlierWeight = 0.5;

/**
 * Scaled conformal intervals on out-of-fold errors (Lei et al., 2018, section 5.2, doi:10.1080/01621459.2017.1307116): of all ways to tell the doubt, and of equal and unequal tails,
 * the one with the smallest interval score out of fold (Gneiting and Raftery, 2007, equation 43, doi:10.1198/016214506000001437).
 */
export function calibrate(data: CalibrationData, coverage: number): Calibration {
  const { inputs, target, value, spread, folds } = data;
  const errors = target.map((actual, row) => actual - (value[row] ?? 0));
  const all = [...target.keys()];
  let best: (Calibration & { terms: DoubtTerm[] }) | undefined;
  for (const terms of doubtCandidates(inputs, value, spread)) {
    const columns = terms.map((term) => doubtTerm(term, inputs, { value, spread }));
    const sigmas = folds.map((held) => {
      const inFold = new Set(held);
      const training = all.filter((row) => !inFold.has(row));
      return { training, sigma: sigmaOf(fitDoubt(terms, columns, errors, training), columns, errors.length) };
    });
    for (const equalTails of [true, false]) {
      const low = new Float64Array(errors.length);
      const high = new Float64Array(errors.length);
      for (const [fold, held] of folds.entries()) {
        const { training = [], sigma = errors } = sigmas[fold] ?? {};
        const bounds = quantiles(data, errors, sigma, training, coverage, equalTails);
        for (const row of held) {
          low[row] = cut((value[row] ?? 0) + bounds.low * (sigma[row] ?? 0), data.smallest);
          high[row] = cut((value[row] ?? 0) + bounds.high * (sigma[row] ?? 0), data.smallest);
        }
      }
      const intervalScore = meanIntervalScore(low, high, target, coverage, data.outlying);
      // A simpler way wins unless a richer one is clearly better.
      if (best && !(intervalScore < best.intervalScore * 0.995)) continue;
      const { intercept, coefficients } = fitDoubt(terms, columns, errors, all);
      const fitted = terms.map((term, k) => ({ ...term, coefficient: coefficients[k] ?? 0 }));
      const bounds = quantiles(data, errors, sigmaOf({ intercept, coefficients }, columns, errors.length), all, coverage, equalTails);
      const note = `${terms.map(({ of }) => (typeof of === 'object' ? of.kind : of)).join(', ') || 'constant'}; ${equalTails ? 'equal' : 'unequal'} sides`;
      best = { interval: { kind: 'scaled', coverage, intercept, terms: fitted, ...bounds }, low, high, intervalScore, note, terms };
    }
  }
  if (!best) throw new RangeError('there is nothing to calibrate on');
  return best;
}

const cut = (value: number, smallest: number | null): number => (smallest === null ? value : Math.max(smallest, value));

function sigmaOf({ intercept, coefficients }: { intercept: number; coefficients: number[] }, columns: readonly Float64Array[], rows: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => Math.exp(coefficients.reduce((sum, weight, k) => sum + weight * (columns[k]?.[row] ?? 0), intercept)));
}

/** Quantiles of error / σ that leave (1 - coverage) / 2 on each side, or of |error| / σ; of weighted rows, with one more row that is anywhere. */
function quantiles({ outlying }: CalibrationData, errors: Float64Array, sigma: Float64Array, rows: readonly number[], coverage: number, equalSides: boolean): { low: number; high: number } {
  const ratios = rows.map((row) => ({ ratio: (errors[row] ?? 0) / (sigma[row] ?? 1), weight: outlying[row] === 1 ? outlierWeight : 1 }));
  if (equalSides) {
    const half = weightedQuantile(ratios.map(({ ratio, weight }) => ({ ratio: Math.abs(ratio), weight })), coverage);
    return { low: -half, high: half };
  }
  const tail = (1 - coverage) / 2;
  return { low: -weightedQuantile(ratios.map(({ ratio, weight }) => ({ ratio: -ratio, weight })), 1 - tail), high: weightedQuantile(ratios, 1 - tail) };
}

function weightedQuantile(values: { ratio: number; weight: number }[], share: number): number {
  const sorted = values.sort((a, b) => a.ratio - b.ratio);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 1);
  let sum = 0;
  for (const { ratio, weight } of sorted) {
    sum += weight;
    if (sum >= share * total - 1e-9) return ratio;
  }
  return sorted[sorted.length - 1]?.ratio ?? 0;
}

/** Mean width + 2/α · the distance of actuals outside, α = 1 - coverage; gross errors left out. */
export function meanIntervalScore(low: Float64Array, high: Float64Array, actual: Float64Array, coverage: number, outlying?: Uint8Array): number {
  let sum = 0;
  let rows = 0;
  for (let row = 0; row < actual.length; row++) {
    if (outlying?.[row] === 1) continue;
    const y = actual[row] ?? 0;
    const below = Math.max(0, (low[row] ?? 0) - y);
    const above = Math.max(0, y - (high[row] ?? 0));
    sum += (high[row] ?? 0) - (low[row] ?? 0) + (2 / (1 - coverage)) * (below + above);
    rows++;
  }
  return sum / rows;
}
