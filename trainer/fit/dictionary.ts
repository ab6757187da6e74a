import { type Atom, evaluateAtom } from '../../common/model/atom.ts';
import { groupCounts, type Inputs, type InputSpace } from '../../common/model/inputs.ts';

/** Functions of single inputs and the products of them that a linear model may weigh; the first `mains` terms are single atoms. */
export interface Dictionary {
  atoms: Atom[];
  terms: number[][];
  mains: number;
}

/** What a dictionary holds. */
export interface DictionaryOptions {
  /** Which function of a number the products are made of: the number itself, or its logarithm where it has one. */
  of: 'number' | 'logarithm';
  /** Single functions of each number: only the one the products take, its square too, or all powers and the logarithm. */
  singles: 'line' | 'square' | 'all';
  /** Whether products are left out. */
  mainsOnly?: boolean;
  /** Most terms altogether: products go where there would be more, those with levels first. */
  maxTerms: number;
}

/** Share of the terms that single levels may have, and levels of each category that products are made of, the most frequent ones. */
const levelShare = 0.8;
const maxProductLevels = 40;
/** Numbers that all terms of a fit may hold together: 200 MB. */
const maxValues = 2.5e7;

/** The dictionary for some inputs. Where there are many of them, or many rows, it has fewer functions of each. */
export function dictionaryOf(space: InputSpace, inputs: Inputs, { of, singles: wanted, mainsOnly = false, maxTerms: most }: DictionaryOptions): Dictionary {
  const maxTerms = Math.max(20, Math.min(most, Math.floor(maxValues / inputs.rows)));
  const singles = affordable(wanted, inputs.numbers.length, maxTerms);
  const numbers = inputs.numbers.slice(0, maxTerms);
  const atoms: Atom[] = [];
  const add = (atom: Atom): number => atoms.push(standardized(atom, inputs)) - 1;
  const singleTerms: number[][] = [];
  const bases: number[] = [];
  for (const [input, values] of numbers.entries()) {
    const { smallest, largest } = extremes(values);
    if (!(largest > smallest)) continue;
    const unit = Math.max(Math.abs(smallest), Math.abs(largest));
    const powerOf = (exponent: number): number => add({ kind: 'power', input, exponent, unit, center: 0, scale: 1 });
    const logarithm = logarithmOf(input, values, { smallest, largest });
    const log = logarithm && (of === 'logarithm' || singles === 'all') ? add(logarithm) : undefined;
    const line = of === 'number' || log === undefined || singles === 'all' ? powerOf(1) : undefined;
    const base = of === 'logarithm' ? (log ?? line ?? 0) : (line ?? 0);
    bases.push(base);
    singleTerms.push([base]);
    if (singles === 'all') {
      for (const atom of [line, log]) if (atom !== undefined && atom !== base) singleTerms.push([atom]);
      for (const exponent of smallest >= 0 ? [0.5, 1.5, 2, 3] : [2, 3]) singleTerms.push([powerOf(exponent)]);
      if (of === 'logarithm' && log !== undefined) singleTerms.push([log, log]);
    } else if (singles === 'square') singleTerms.push([base, base]);
  }
  const levelsEach = Math.max(2, Math.floor(Math.min(levelShare * maxTerms, maxTerms - singleTerms.length) / Math.max(1, space.categories.length)));
  const levels = groupCounts(space)
    .slice(0, maxTerms >> 2)
    .map((groups, input) => frequentGroups(inputs.categories[input] ?? new Int32Array(), groups, levelsEach).map((group) => add({ kind: 'level', input, group, center: 0, scale: 1 })));
  for (const some of levels) evenScales(atoms, some);
  const mains = [...singleTerms, ...levels.flat().map((atom) => [atom])];
  if (mainsOnly) return { atoms, terms: mains.slice(0, maxTerms), mains: Math.min(mains.length, maxTerms) };
  const productLevels = levels.map((some) => some.slice(0, maxProductLevels));
  const allLevels = productLevels.flat();
  const room = maxTerms - mains.length;
  const few = bases.length ** 2 <= 2 * maxTerms;
  const pairs = !few ? [] : bases.flatMap((a, i) => bases.slice(i + 1).map((b) => [a, b]));
  const withLevels = bases.length * allLevels.length > room ? [] : bases.flatMap((a) => allLevels.map((b) => [a, b]));
  const amongLevels = allLevels.length ** 2 > 4 * maxTerms ? [] : productLevels.flatMap((some, c) => productLevels.slice(c + 1).flatMap((others) => some.flatMap((a) => others.map((b) => [a, b]))));
  const triples = bases.length <= 6 ? bases.flatMap((a, i) => bases.slice(i + 1).flatMap((b, j) => bases.slice(i + j + 2).map((c) => [a, b, c]))) : [];
  const terms = mains.slice(0, maxTerms);
  for (const more of [pairs, withLevels, amongLevels, singles === 'all' ? triples : []]) if (terms.length + more.length <= maxTerms) terms.push(...more);
  return { atoms, terms, mains: Math.min(mains.length, maxTerms) };
}

/** The functions of each number that leave half of the terms to others. */
function affordable(wanted: DictionaryOptions['singles'], numbers: number, maxTerms: number): DictionaryOptions['singles'] {
  const some = wanted === 'all' && 7 * numbers > maxTerms / 2 ? 'square' : wanted;
  return some === 'square' && 2 * numbers > maxTerms / 2 ? 'line' : some;
}

/** Values of each term: one array a term, of one number a row. */
export function termColumns({ atoms, terms }: Dictionary, inputs: Inputs): Float64Array[] {
  const values = atoms.map((atom) => evaluateAtom(atom, inputs));
  return terms.map((factors) => {
    const out = new Float64Array(inputs.rows).fill(1);
    for (const atom of factors) {
      const column = values[atom];
      for (let row = 0; row < out.length; row++) out[row] = (out[row] ?? 0) * (column?.[row] ?? 0);
    }
    return out;
  });
}

/** The atom brought to mean 0 and variance 1 over the inputs. */
function standardized(atom: Atom, inputs: Inputs): Atom {
  const values = evaluateAtom(atom, inputs);
  let mean = 0;
  for (let row = 0; row < values.length; row++) mean += ((values[row] ?? 0) - mean) / (row + 1);
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const scale = Math.sqrt(squares / values.length);
  return { ...atom, center: mean, scale: scale > 1e-12 * Math.abs(mean) && Number.isFinite(scale) ? scale : 1 };
}

/** Brings the levels of a category to one scale, so that a penalty shrinks each the more the fewer rows speak for it: that is a random effect of each level (Laird and Ware, 1982, doi:10.2307/2529876). */
function evenScales(atoms: Atom[], levels: readonly number[]): void {
  const scale = Math.sqrt(levels.reduce((sum, at) => sum + (atoms[at]?.scale ?? 1) ** 2 / levels.length, 0));
  for (const at of levels) {
    const atom = atoms[at];
    if (atom) atoms[at] = { ...atom, scale };
  }
}

/**
 * The logarithm of a number that is nowhere negative; of the number plus a quarter of its median positive value where it can be 0, or comes so near to 0 that its logarithm is far out
 * (below a quarter of the median and beyond Tukey's outer fence; Exploratory Data Analysis, 1977): a part that is slightly nearer would be at no distance in the number but far beyond all in its logarithm, and farther in its square.
 */
function logarithmOf(input: number, values: Float64Array, { smallest, largest }: Extremes): Atom | undefined {
  if (smallest < 0) return undefined;
  const positive = values.filter((value) => value > 0).sort();
  const at = (share: number): number => positive[Math.floor(share * positive.length)] ?? 1;
  const fence = at(0.25) * (at(0.25) / at(0.75)) ** 3;
  const quarter = at(0.5) / 4;
  const offset = smallest > 0 && smallest >= Math.min(fence, quarter) ? 0 : quarter;
  return { kind: 'log', input, offset, floor: floorOf(smallest + offset, largest + offset), center: 0, scale: 1 };
}

/** How many times as steep as its mean within the learned range a logarithm may become below. */
const steepest = 4;

/**
 * From where on, downwards, a logarithm learned from `low` to `high` goes on as a straight line: where its slope is `steepest` times the mean one, between a quarter of the smallest value and that itself.
 * A law of powers holds a good way below what was learned, but of 1 to 6 holes none is the next number, and its logarithm, and squares and products of that, a cliff.
 */
function floorOf(low: number, high: number): number {
  return Math.max(low / 4, Math.min(low, (high - low) / (steepest * Math.log(high / low))));
}

function frequentGroups(groups: Int32Array, count: number, most: number): number[] {
  const rows = new Uint32Array(count);
  for (const group of groups) if (group >= 0) rows[group] = (rows[group] ?? 0) + 1;
  const frequent = [...rows.keys()].filter((group) => (rows[group] ?? 0) > 0 && (rows[group] ?? 0) < groups.length);
  const kept = frequent.sort((a, b) => (rows[b] ?? 0) - (rows[a] ?? 0) || a - b).slice(0, most);
  // Two levels that are all there are say the same twice.
  return kept.length === 2 && (rows[kept[0] ?? 0] ?? 0) + (rows[kept[1] ?? 0] ?? 0) === groups.length ? kept.slice(0, 1) : kept;
}

interface Extremes {
  smallest: number;
  largest: number;
}

function extremes(values: Float64Array): Extremes {
  let smallest = Infinity;
  let largest = -Infinity;
  for (const value of values) {
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
  }
  return { smallest, largest };
}
