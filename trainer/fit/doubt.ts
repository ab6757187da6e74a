import type { Atom } from '../../common/model/atom.ts';
import { type DoubtTerm, doubtTerm } from '../../common/model/interval.ts';
import type { Inputs } from '../../common/model/inputs.ts';
import { minimize } from './minimize.ts';

/** Deviation of the values, in those of the errors, from which they can tell the doubt. Where nothing is learned each value is the mean of the other folds, which is smaller where the errors of its own are larger. */
const enoughVariation = 0.1;

/** Sets of terms to tell the doubt by, the simplest first; cross-validation picks one. */
export function doubtCandidates(inputs: Inputs, value: Float64Array, spread: Float64Array, errors: Float64Array, parts: Uint32Array): DoubtTerm[][] {
  const ofValue = deviation(value) > enoughVariation * deviation(errors) ? logTerm('value', inputs, value, spread) : undefined;
  const ofSpread = logTerm('spread', inputs, value, spread);
  const basic = [...(ofValue ? [ofValue] : []), ...(ofSpread ? [ofSpread] : [])];
  const sets: DoubtTerm[][] = [[]];
  if (ofValue) sets.push([ofValue]);
  if (ofSpread) sets.push([ofSpread]);
  if (ofValue && ofSpread) sets.push(basic);
  if (new Set(parts).size >= manyParts) {
    const levels = inputs.categories.flatMap((groups, input) => frequentLevels(groups, parts).map((group) => atomTerm(inputs, { kind: 'level', input, group, center: 0, scale: 1 }))).slice(0, mostTerms);
    const numbers = inputs.numbers.slice(0, mostTerms).map((values, input) => atomTerm(inputs, { kind: 'power', input, exponent: 1, unit: 1, center: mean(values), scale: deviation(values) || 1 }));
    if (levels.length > 0) sets.push([...basic, ...levels]);
    if (numbers.length > 0) sets.push([...basic, ...levels, ...numbers]);
  }
  return sets;
}

/** Parts from which levels and numbers tell the doubt, and those of a level that does. */
const manyParts = 100;
const levelParts = 8;
/** Terms of levels, and of numbers, at most: each takes its time at every estimate. */
const mostTerms = 40;

function frequentLevels(groups: Int32Array, parts: Uint32Array): number[] {
  const partsIn = new Map<number, Set<number>>();
  for (const [row, group] of groups.entries()) partsIn.set(group, (partsIn.get(group) ?? new Set()).add(parts[row] ?? row));
  return [...partsIn.keys()].filter((group) => group >= 0 && (partsIn.get(group)?.size ?? 0) >= levelParts).sort((a, b) => a - b);
}

/** The logarithm of value or spread; undefined where that says nothing. */
function logTerm(of: 'value' | 'spread', inputs: Inputs, value: Float64Array, spread: Float64Array): DoubtTerm | undefined {
  const values = of === 'value' ? value : spread;
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  if (!(at(0.95) > at(0.05)) || at(0.5) <= 0 || (of === 'value' && at(0) < 0)) return undefined;
  const offset = 0.05 * at(0.5);
  const whole: DoubtTerm = { of, offset, lowest: -Infinity, highest: Infinity, coefficient: 0 };
  const logs = doubtTerm(whole, inputs, { value, spread }).sort();
  const margin = Math.max(1, Math.floor(0.01 * logs.length));
  return { ...whole, lowest: logs[margin] ?? 0, highest: (logs[logs.length - 1] ?? 0) + (of === 'value' ? 1 : 0.5) };
}

function atomTerm(inputs: Inputs, of: Atom): DoubtTerm {
  const values = doubtTerm({ of, offset: 0, lowest: -Infinity, highest: Infinity }, inputs, { value: new Float64Array(), spread: new Float64Array() });
  return { of, offset: 0, lowest: values.reduce((a, b) => Math.min(a, b), Infinity), highest: values.reduce((a, b) => Math.max(a, b), -Infinity), coefficient: 0 };
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function deviation(values: Float64Array): number {
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / values.length);
}

/** Prior deviation of a coefficient on terms: weak, but level by level effects need shrinking; a level whose noise is twice that of others, ln 2 = 0.7, is nothing unusual. */
const priorDeviation = { logarithm: 1, atom: 0.6 };

/**
 * Coefficients of ln σ for the errors of some rows: the maximum of Σ weight · (-ln σ - |error| / σ), Laplace's likelihood, which large errors do not dominate,
 * with normal priors (a log-linear model of the scale as in Harvey, 1976, doi:10.2307/1913974).
 */
export function fitDoubt(terms: readonly DoubtTerm[], columns: readonly Float64Array[], errors: Float64Array, rows: readonly number[], weights: Float64Array): { intercept: number; coefficients: number[] } {
  const sizes = rows.map((row) => Math.abs(errors[row] ?? 0));
  const counted = rows.map((row) => weights[row] ?? 0);
  const all = counted.reduce((sum, weight) => sum + weight, 0);
  const typical = sizes.reduce((sum, size, i) => sum + (counted[i] ?? 0) * size, 0) / all;
  if (!(typical > 0)) return { intercept: -700, coefficients: terms.map(() => 0) };
  const centers = columns.map((column) => rows.reduce((sum, row, i) => sum + (counted[i] ?? 0) * (column[row] ?? 0), 0) / all);
  // No error is so small that its logarithm would pull σ to 0.
  const small = 1e-6 * typical;
  const { x } = minimize(
    (at) => {
      let value = 0;
      const gradient = new Float64Array(at.length);
      for (const [i, row] of rows.entries()) {
        let log = at[0] ?? 0;
        for (let k = 0; k < columns.length; k++) log += (at[k + 1] ?? 0) * ((columns[k]?.[row] ?? 0) - (centers[k] ?? 0));
        const ratio = ((sizes[i] ?? 0) + small) / typical / Math.exp(log);
        const weight = counted[i] ?? 0;
        value += weight * (log + ratio);
        gradient[0] = (gradient[0] ?? 0) + weight * (1 - ratio);
        for (let k = 0; k < columns.length; k++) gradient[k + 1] = (gradient[k + 1] ?? 0) + weight * (1 - ratio) * ((columns[k]?.[row] ?? 0) - (centers[k] ?? 0));
      }
      for (const [k, { of }] of terms.entries()) {
        const prior = typeof of === 'object' ? priorDeviation.atom : priorDeviation.logarithm;
        const weight = (at[k + 1] ?? 0) / prior;
        value += 0.5 * weight * weight;
        gradient[k + 1] = (gradient[k + 1] ?? 0) + weight / prior;
      }
      return { value, gradient };
    },
    new Float64Array(columns.length + 1),
    { evaluations: 60, tolerance: 1e-3 },
  );
  const coefficients = [...x.subarray(1)];
  return { intercept: Math.log(typical) + (x[0] ?? 0) - coefficients.reduce((sum, weight, k) => sum + weight * (centers[k] ?? 0), 0), coefficients };
}
