import { type DoubtTerm, type ScaledInterval, doubtTerm, widened } from '../../common/model/interval.ts';
import type { Inputs } from '../../common/model/inputs.ts';
import { doubtCandidates, fitDoubt } from './doubt.ts';
import { logFactorOf, posteriorOfScales, shareBelow } from './level-scales.ts';
import { weightedQuantile } from './weighted-quantile.ts';

/** Out-of-fold predictions to calibrate on. */
export interface CalibrationData {
  inputs: Inputs;
  target: Float64Array;
  value: Float64Array;
  spread: Float64Array;
  /** By row the square of what the numbers that it lacks add to either side. */
  gaps: Float64Array;
  /** 1 for gross errors, which count half: they happen, but not to most parts. */
  outlying: Uint8Array;
  folds: readonly Uint32Array[];
  /** By row the part that it is of: a part counts once, however often it was made, since it is new parts that intervals are for. */
  parts: Uint32Array;
  /** No bound is below this. */
  smallest: number | null;
}

/** The calibrated doubt; with it each row's bounds from the other folds alone, and what the choice was. */
export interface Calibration {
  interval: Omit<ScaledInterval, 'beyond' | 'missing'>;
  low: Float64Array;
  high: Float64Array;
  intervalScore: number;
  note: string;
}

const outlierWeight = 0.5;

/** Share of all errors at most that a level's bound is to hold as that of all does: beyond it the few largest would decide. */
const mostHeld = 0.95;

/** What rows count: the rows of a part together as much as the one row of another. */
function weightsOfRows(parts: Uint32Array, outlying: Uint8Array): Float64Array {
  const rowsOf = new Map<number, number>();
  for (const part of parts) rowsOf.set(part, (rowsOf.get(part) ?? 0) + 1);
  return Float64Array.from(parts, (part, row) => (outlying[row] === 1 ? outlierWeight : 1) / (rowsOf.get(part) ?? 1));
}

/** The data with what rows count. */
interface WeightedData extends CalibrationData {
  weights: Float64Array;
}

/**
 * Scaled conformal intervals on out-of-fold errors (Lei et al., 2018, section 5.2, doi:10.1080/01621459.2017.1307116): of all ways to tell the doubt, and of equal and unequal tails,
 * the one with the smallest interval score out of fold (Gneiting and Raftery, 2007, equation 43, doi:10.1198/016214506000001437); then corrected level by level.
 */
export function calibrate(given: CalibrationData, coverage: number): Calibration {
  const weights = weightsOfRows(given.parts, given.outlying);
  const data: WeightedData = { ...given, weights };
  const { inputs, target, value, spread, gaps, folds, parts } = data;
  const partCount = new Set(parts).size;
  // What is left of an error beyond what gaps add: but for the tenth that stays, it is within its bound just where the error is within the bound that they widen. A tenth stays, or parts without gaps might come to have no interval.
  const errors = target.map((actual, row) => {
    const error = actual - (value[row] ?? 0);
    return Math.sign(error) * Math.sqrt(Math.max((error / 10) ** 2, error ** 2 - (gaps[row] ?? 0)));
  });
  const all = [...target.keys()];
  const trainings = folds.map((held) => {
    const inFold = new Set(held);
    return all.filter((row) => !inFold.has(row));
  });
  const usualErrors = errors.filter((_, row) => data.outlying[row] !== 1);
  let best: { terms: DoubtTerm[]; equalSides: boolean; score: number } | undefined;
  for (const terms of doubtCandidates(inputs, value, spread, usualErrors, parts)) {
    const columns = terms.map((term) => doubtTerm(term, inputs, { value, spread }));
    const sigmas = trainings.map((training) => sigmaOf(fitDoubt(terms, columns, errors, some(training, data.outlying), weights), columns, errors.length));
    for (const equalSides of [true, false]) {
      const { low, high } = boundsOutOfFold(data, (fold) => {
        const sigma = sigmas[fold] ?? errors;
        return { sigma, ...quantiles(data, errors, sigma, trainings[fold] ?? [], coverage, equalSides) };
      });
      const score = meanIntervalScore(low, high, target, coverage, weights.map((weight, row) => (data.outlying[row] === 1 ? 0 : weight)));
      // A simpler way wins unless a richer one is clearly better: by more where many coefficients are learned from few rows, of which five parts may fall out by chance.
      const clearly = terms.some(({ of }) => typeof of === 'object') ? Math.max(0.005, 5 / partCount) : 0.005;
      if (!best || score < best.score * (1 - clearly)) best = { terms, equalSides, score };
    }
  }
  if (!best) throw new RangeError('there is nothing to calibrate on');

  const { terms, equalSides } = best;
  const columns = terms.map((term) => doubtTerm(term, inputs, { value, spread }));
  const fitOn = (rows: readonly number[]) => {
    const fit = fitDoubt(terms, columns, errors, some(rows, data.outlying), weights);
    const sigma = sigmaOf(fit, columns, errors.length);
    return { fit, levels: levelCorrections(data, errors, sigma, rows, coverage, equalSides), sigma };
  };
  // The doubt of each row as the other folds tell it: the doubt that has seen a row's own error flatters it.
  const sigma = new Float64Array(errors.length);
  for (const [fold, held] of folds.entries()) {
    const others = fitOn(trainings[fold] ?? []).sigma;
    for (const row of held) sigma[row] = others[row] ?? 0;
  }
  const { low, high } = boundsOutOfFold(data, (fold) => ({ sigma, ...quantiles(data, errors, sigma, trainings[fold] ?? [], coverage, equalSides) }));
  const { low: lower, high: upper } = quantiles(data, errors, sigma, all, coverage, equalSides);
  const { fit, levels } = fitOn(all);
  const fitted = terms.map((term, k) => ({ ...term, coefficient: fit.coefficients[k] ?? 0 }));
  const note = `${terms.map(({ of }) => (typeof of === 'object' ? of.kind : of)).join(', ') || 'constant'}; ${equalSides ? 'equal' : 'unequal'} sides; ${levels.length} levels corrected`;
  return { interval: { kind: 'scaled', coverage, intercept: fit.intercept, terms: [...fitted, ...levels], low: lower, high: upper }, low, high, intervalScore: meanIntervalScore(low, high, target, coverage, data.outlying.map((one) => 1 - one)), note };
}

/** Rows that the coefficients of the doubt are learned from, at most. */
const fittingRows = 6_000;

/** Evenly spread rows without gross errors, of which one outweighs all others: all where there are not too many. */
function some(rows: readonly number[], outlying: Uint8Array): readonly number[] {
  const usual = rows.filter((row) => outlying[row] !== 1);
  const stride = Math.ceil(usual.length / fittingRows);
  return stride <= 1 ? usual : usual.filter((_, i) => i % stride === 0);
}

/** Every row's bounds by what the rows of the other folds say. */
function boundsOutOfFold({ folds, value, gaps, smallest }: WeightedData, without: (fold: number) => { sigma: Float64Array; low: number; high: number }): { low: Float64Array; high: Float64Array } {
  const low = new Float64Array(value.length);
  const high = new Float64Array(value.length);
  for (const [fold, held] of folds.entries()) {
    const bounds = without(fold);
    for (const row of held) {
      low[row] = cut((value[row] ?? 0) - widened(-bounds.low * (bounds.sigma[row] ?? 0), gaps[row] ?? 0), smallest);
      high[row] = cut((value[row] ?? 0) + widened(bounds.high * (bounds.sigma[row] ?? 0), gaps[row] ?? 0), smallest);
    }
  }
  return { low, high };
}

/** Parts from which the quantile of a level's own errors has a say, and how many speak against it. */
const quantileParts = 50;
const doubtfulParts = 60;
/** Corrections smaller than this are chance, and more of them than these take too long at every estimate. */
const smallestCorrection = 0.03;
const most = { categories: 30, levels: 60 };

/**
 * Terms that bring the coverage of each level near to that of all: by how large the level's errors are, as far as the levels differ at all; with more rows by the quantile of its own errors over that of all
 * (conformal prediction by category: Vovk, 2012, proceedings.mlr.press/v25/vovk12). Multiplies `sigma` by them, in place.
 */
function levelCorrections(data: WeightedData, errors: Float64Array, sigma: Float64Array, rows: readonly number[], coverage: number, equalSides: boolean): DoubtTerm[] {
  return data.inputs.categories.slice(0, most.categories).flatMap((groups, input) => {
    const bounds = quantiles(data, errors, sigma, rows, coverage, equalSides);
    if (!(bounds.low < 0 && bounds.high > 0)) return [];
    // 1 where an error is just at its bound, on whichever side.
    const size = (row: number): number => (errors[row] ?? 0) / (sigma[row] ?? 1) / ((errors[row] ?? 0) < 0 ? bounds.low : bounds.high);
    const byGroup = new Map<number, number[]>();
    for (const row of rows) {
      const group = groups[row] ?? -1;
      const others = byGroup.get(group);
      if (others) others.push(row);
      else byGroup.set(group, [row]);
    }
    const levels = [...byGroup.entries()].filter(([group]) => group >= 0);
    const byScale = scaleFactors(data, levels.map(([, own]) => own), rows, size);
    const found = levels.flatMap(([group, own], l): { group: number; coefficient: number }[] => {
      const counted = own.map((row) => data.weights[row] ?? 0);
      const count = counted.reduce((sum, weight) => sum + weight, 0);
      const factor = count < quantileParts ? 0 : weightedQuantile(own.map(size), counted, coverage);
      const trust = factor > 0 ? count / (count + doubtfulParts) : 0;
      const coefficient = (trust > 0 ? trust * Math.log(factor) : 0) + (1 - trust) * (byScale[l] ?? 0);
      return Math.abs(coefficient) > smallestCorrection ? [{ group, coefficient }] : [];
    });
    // The largest ones where there are too many.
    const used = found.toSorted((a, b) => Math.abs(b.coefficient) - Math.abs(a.coefficient) || a.group - b.group).slice(0, most.levels).sort((a, b) => a.group - b.group);
    const coefficients = new Map(used.map(({ group, coefficient }) => [group, Math.exp(coefficient)]));
    for (let row = 0; row < sigma.length; row++) sigma[row] = (sigma[row] ?? 0) * (coefficients.get(groups[row] ?? -1) ?? 1);
    // A group that training never saw counts as none of them.
    return used.map(({ group, coefficient }): DoubtTerm => ({ of: { kind: 'level', input, group, center: 0, scale: 1 }, offset: 0, lowest: 0, highest: 1, coefficient }));
  });
}

/** By level ln of the factor to its bounds, by the sizes of all errors without the gross ones. */
function scaleFactors({ outlying, weights }: WeightedData, levels: readonly number[][], rows: readonly number[], size: (row: number) => number): number[] {
  const gather = (among: readonly number[], of: (row: number) => number): number => among.reduce((sum, row) => sum + (outlying[row] === 1 ? 0 : (weights[row] ?? 0) * of(row)), 0);
  const all = gather(rows, () => 1);
  const mean = gather(rows, size) / all;
  const variance = gather(rows, (row) => (size(row) - mean) ** 2) / all;
  if (!(mean > 0 && variance > 0)) return levels.map(() => 0);
  const gathered = levels.map((own) => ({ count: gather(own, () => 1), sum: gather(own, size) }));
  const sizes = Float64Array.from(rows.filter((row) => outlying[row] !== 1), size).sort();
  const factors = posteriorOfScales(gathered, mean, mean ** 2 / variance).map((posterior) => logFactorOf(posterior, sizes, Math.min(mostHeld, shareBelow(sizes, 1))));
  // What all levels have in common is no difference between them: rows of no level would be left behind by it.
  const counted = gathered.reduce((sum, { count }) => sum + count, 0);
  const common = counted > 0 ? factors.reduce((sum, factor, level) => sum + (factor * (gathered[level]?.count ?? 0)) / counted, 0) : 0;
  return factors.map((factor) => factor - common);
}

const cut = (value: number, smallest: number | null): number => (smallest === null ? value : Math.max(smallest, value));

function sigmaOf({ intercept, coefficients }: { intercept: number; coefficients: number[] }, columns: readonly Float64Array[], rows: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => Math.exp(coefficients.reduce((sum, weight, k) => sum + weight * (columns[k]?.[row] ?? 0), intercept)));
}

/** Quantiles of error / σ that leave (1 - coverage) / 2 on each side, but with the estimate itself between them, or of |error| / σ; of weighted rows, with one more row that is anywhere. */
function quantiles(data: WeightedData, errors: Float64Array, sigma: Float64Array, rows: readonly number[], coverage: number, equalSides: boolean): { low: number; high: number } {
  const ratios = rows.map((row) => (errors[row] ?? 0) / (sigma[row] ?? 1));
  const weights = rows.map((row) => data.weights[row] ?? 0);
  if (equalSides) {
    const half = weightedQuantile(ratios.map(Math.abs), weights, coverage);
    return { low: -half, high: half };
  }
  const tail = (1 - coverage) / 2;
  const bound = (of: readonly number[], beyond: number): number => Math.max(0, weightedQuantile(of, weights, 1 - beyond));
  const sideOf = (of: readonly number[]) => {
    const plain = bound(of, tail);
    return { of, plain, mass: beyondPointMass(of, weights, plain) };
  };
  const below = sideOf(ratios.map((ratio) => -ratio));
  const above = sideOf(ratios);
  const end = ({ of, plain, mass }: typeof below, other: typeof below): number => {
    if (mass !== undefined) return mass.bound;
    // What a bound that holds a point mass leaves out less than its tail, the other one may leave out more, but the estimate itself.
    const nearer = other.mass === undefined ? 0 : bound(of, 2 * tail - other.mass.share);
    return nearer > 0 ? nearer : plain;
  };
  return { low: -end(below, above), high: end(above, below) };
}

/** A share of the rows this near to a bound, relative to it, is one value that many parts have, such as a time of 0: a bell has 2 % there, an exponential's blunt side 10 %. */
const pointMass = { near: 0.05, share: 0.2 };

/** Where an upper bound is amid a point mass: a bound that holds all of it, and the share of the rows beyond, gross errors counting less. */
function beyondPointMass(ratios: readonly number[], weights: readonly number[], amid: number): { bound: number; share: number } | undefined {
  const weight = (among: (ratio: number) => boolean): number => ratios.reduce((sum, ratio, i) => (among(ratio) ? sum + (weights[i] ?? 0) : sum), 0);
  const all = weight(() => true);
  const bound = amid * (1 + pointMass.near);
  const share = weight((ratio) => ratio > bound) / all;
  const near = weight((ratio) => ratio > amid * (1 - pointMass.near)) / all - share;
  return amid > 0 && near > pointMass.share ? { bound, share } : undefined;
}

/** Mean width + 2/α · the distance of actuals outside, α = 1 - coverage; by what each counts, where given. */
export function meanIntervalScore(low: Float64Array, high: Float64Array, actual: Float64Array, coverage: number, weights?: ArrayLike<number>): number {
  let sum = 0;
  let all = 0;
  for (let row = 0; row < actual.length; row++) {
    const weight = weights ? (weights[row] ?? 0) : 1;
    const y = actual[row] ?? 0;
    const below = Math.max(0, (low[row] ?? 0) - y);
    const above = Math.max(0, y - (high[row] ?? 0));
    sum += weight * ((high[row] ?? 0) - (low[row] ?? 0) + (2 / (1 - coverage)) * (below + above));
    all += weight;
  }
  return sum / all;
}
