import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { describe, expect, it } from 'vitest';
import { scaledBounds, squaresOfGaps } from '../../../common/model/interval.ts';

import { calibrate, meanIntervalScore } from '../../../trainer/fit/calibrate.ts';
import { dealFolds } from '../../../trainer/fit/folds.ts';
import { seededRandom, standardNormal } from '../../../common/seeded-random.ts';

const levels = 4;
/** Each row a part of its own. */
const each = (rows: number): Uint32Array => Uint32Array.from({ length: rows }, (_, row) => row);

interface Law {
  rows: number;
  /** Deviation of the noise around an estimate. */
  deviation: (value: number, level: number) => number;
  /** A draw of mean 0 and deviation 1. */
  draw?: (random: ReturnType<typeof seededRandom>) => number;
  /** Deviation, relative to the value, of what three rows in ten lack a number to know. */
  gap?: number;
}

/** Calibrates on rows of a law and counts, among as many new ones, those inside, by level. */
function covered({ rows, deviation, draw = standardNormal, gap = 0 }: Law, seeds: number) {
  const inside = new Float64Array(levels);
  const counts = new Float64Array(levels);
  let [score, outOfFold] = [0, 0];
  for (let seed = 1; seed <= seeds; seed++) {
    const random = seededRandom(seed);
    const made = () => {
      const value = Float64Array.from({ length: rows }, () => 10 + 90 * uniformFloat64(random));
      const groups = Int32Array.from({ length: rows }, () => Math.floor(levels * uniformFloat64(random)));
      const lacks = Uint8Array.from(value, () => (gap > 0 && uniformFloat64(random) < 0.3 ? 1 : 0));
      const isMissing = (_: number, row: number): boolean => lacks[row] === 1;
      const target = value.map((center, row) => center + deviation(center, groups[row] ?? 0) * draw(random) + (lacks[row] === 1 ? gap * center * standardNormal(random) : 0));
      return { value, target, inputs: { rows, numbers: [new Float64Array(rows)], categories: [groups] }, gaps: squaresOfGaps([gap], value, isMissing), isMissing };
    };
    const spread = new Float64Array(rows);
    const [seen, unseen] = [made(), made()];
    const calibration = calibrate({ ...seen, spread, outlying: new Uint8Array(rows), folds: dealFolds(rows, 5, 1), parts: each(rows), smallest: null }, 0.9);
    const { low, high } = scaledBounds({ ...calibration.interval, beyond: 1, missing: [gap] }, unseen.inputs, { value: unseen.value, spread, beyond: new Float64Array(rows), cut: undefined }, unseen.isMissing);
    for (const [row, actual] of unseen.target.entries()) {
      const level = unseen.inputs.categories[0]?.[row] ?? 0;
      counts[level] = (counts[level] ?? 0) + 1;
      if (actual >= (low[row] ?? NaN) && actual <= (high[row] ?? NaN)) inside[level] = (inside[level] ?? 0) + 1;
    }
    score += meanIntervalScore(low, high, unseen.target, 0.9) / seeds;
    outOfFold += calibration.intervalScore / seeds;
  }
  return { all: inside.reduce((a, b) => a + b) / counts.reduce((a, b) => a + b), levels: Array.from(inside, (count, level) => count / (counts[level] ?? 1)), score, outOfFold };
}

describe('calibrate covers nine of ten new parts, overall and in each level', () => {
  const laplace = (random: ReturnType<typeof seededRandom>): number => (Math.log(1 - uniformFloat64(random)) / Math.SQRT2) * (uniformFloat64(random) < 0.5 ? -1 : 1);
  // An exponential's skew, with mean 0.
  const skewed = (random: ReturnType<typeof seededRandom>): number => -Math.log(1 - uniformFloat64(random)) - 1;
  it.each<[string, Law]>([
    ['the same everywhere', { rows: 600, deviation: () => 5 }],
    ['growing with the value', { rows: 600, deviation: (value) => 0.1 * value }],
    ['of its own in each level', { rows: 800, deviation: (_, level) => 2 ** level }],
    ['slightly larger in one level', { rows: 800, deviation: (_, level) => (level === 2 ? 1.5 : 1) }],
    ['growing with the value in one level alone', { rows: 800, deviation: (value, level) => (level === 0 ? 0.2 * value : 4) }],
    ['with long tails', { rows: 800, deviation: (_, level) => 1 + level, draw: laplace }],
    ['of its own in each level of few rows', { rows: 100, deviation: (_, level) => (level === 0 ? 3 : 1) }],
    ['larger where a number is missing', { rows: 800, deviation: () => 5, gap: 0.2 }],
    ['to one side', { rows: 800, deviation: () => 5, draw: skewed }],
  ])('where noise is %s', (_, law) => {
    const { all, levels: byLevel } = covered(law, 5);
    expect(all).toBeGreaterThan(0.88);
    expect(all).toBeLessThan(0.92);
    for (const share of byLevel) expect(share).toBeGreaterThan(0.86);
  });

  it.each([40, 60, 120])('and hardly more where there are only %i', (rows) => {
    // 300 draws of 40 rows: the standard error of the mean is 0.3 %.
    const { all } = covered({ rows, deviation: () => 5 }, 12_000 / rows);
    expect(all).toBeGreaterThan(0.885);
    expect(all).toBeLessThan(0.915);
  });

  it('in a level of twelve parts in 500 whose noise is thrice that of others, too, as far as so few tell', () => {
    const [rows, draws] = [500, 20];
    let inside = 0;
    for (let seed = 1; seed <= draws; seed++) {
      const random = seededRandom(seed);
      const made = () => {
        const groups = Int32Array.from({ length: rows }, (_, row) => (row < 12 ? 4 : row % 4));
        return { groups, target: Float64Array.from(groups, (group) => 100 + (group === 4 ? 3 : 1) * standardNormal(random)) };
      };
      const [seen, unseen] = [made(), made()];
      const [value, none] = [new Float64Array(rows).fill(100), new Float64Array(rows)];
      const inputs = { rows, numbers: [none], categories: [seen.groups] };
      const { interval } = calibrate({ inputs, target: seen.target, value, spread: none, gaps: none, outlying: new Uint8Array(rows), folds: dealFolds(rows, 10, seed), parts: each(rows), smallest: null }, 0.9);
      const { low, high } = scaledBounds({ ...interval, beyond: 1, missing: [0] }, inputs, { value, spread: none, beyond: none, cut: undefined });
      inside += unseen.target.subarray(0, 12).filter((actual, row) => actual >= (low[row] ?? NaN) && actual <= (high[row] ?? NaN)).length / 12 / draws;
    }
    // Bounds of all levels would hold 42 %.
    expect(inside).toBeGreaterThan(0.8);
  });

  it('of parts made many times, where rows have most of their error in common and some parts have most of the rows', () => {
    let [inside, tried] = [0, 0];
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed);
      // Every tenth part is made 48 times.
      const parts = Uint32Array.from([...Array(30).keys()].flatMap((part) => Array.from({ length: part % 10 === 0 ? 48 : 1 }, () => part)));
      const common = Float64Array.from({ length: 30 }, () => 3 * standardNormal(random));
      const rows = parts.length;
      const [value, none] = [new Float64Array(rows).fill(100), new Float64Array(rows)];
      const target = Float64Array.from(parts, (part) => 100 + (common[part] ?? 0) + 0.2 * standardNormal(random));
      const { interval } = calibrate({ inputs: { rows, numbers: [none], categories: [] }, target, value, spread: none, gaps: none, outlying: new Uint8Array(rows), folds: dealFolds(rows, 10, seed, parts), parts, smallest: null }, 0.9);
      const { low, high } = scaledBounds({ ...interval, beyond: 1, missing: [0] }, { rows: 1, numbers: [Float64Array.of(0)], categories: [] }, { value: Float64Array.of(100), spread: Float64Array.of(0), beyond: Float64Array.of(0), cut: undefined });
      for (let part = 0; part < 300; part++, tried++) {
        const actual = 100 + 3 * standardNormal(random);
        if (actual >= (low[0] ?? NaN) && actual <= (high[0] ?? NaN)) inside++;
      }
    }
    // By rows it would be 79 %.
    expect(inside / tried).toBeGreaterThan(0.88);
    expect(inside / tried).toBeLessThan(0.94);
  });

  it('with intervals hardly longer than those of the law itself', () => {
    // The shortest 90 % interval of a normal draw is ± 1.645 deviations; its score is 2 / α · φ(1.645) · 2 deviations (Gneiting and Raftery, 2007).
    const best = (2 / 0.1) * 0.10314 * 2 * (0.1 * 55);
    const { score, outOfFold } = covered({ rows: 600, deviation: (value) => 0.1 * value }, 5);
    expect(score / best).toBeLessThan(1.04);
    // What is reported out of fold is what new parts see.
    expect(outOfFold / score).toBeGreaterThan(0.95);
    expect(outOfFold / score).toBeLessThan(1.05);
  });

  it('and where nothing is learned, however the means of the other folds vary', () => {
    const seeds = 20;
    let inside = 0;
    for (let seed = 1; seed <= seeds; seed++) {
      const { low, high, unseen } = nothingLearned(0.5, seed);
      inside += unseen.filter((actual) => actual >= low && actual <= high).length / unseen.length;
    }
    expect(inside / seeds).toBeGreaterThan(0.88);
    expect(inside / seeds).toBeLessThan(0.92);
  });
});

it.each([0.01, 0.02, 0.04, 0.08])('keeps the estimate within its interval where a share of %f of the times is not 0', (share) => {
  for (let seed = 1; seed <= 5; seed++) {
    const { low, high, estimate } = nothingLearned(share, seed);
    expect(low).toBeLessThanOrEqual(estimate);
    expect(high).toBeGreaterThanOrEqual(estimate);
  }
});

it('has intervals as wide as without it where a clock was left running', () => {
  const rows = 300;
  const random = seededRandom(5);
  const value = Float64Array.from({ length: rows }, () => 10 + 90 * uniformFloat64(random));
  const target = value.map((center) => center + standardNormal(random));
  const none = new Float64Array(rows);
  const widthOf = (actual: Float64Array, outlying: Uint8Array): number => {
    const { low, high } = calibrate({ inputs: { rows, numbers: [value], categories: [] }, target: actual, value, spread: none, gaps: none, outlying, folds: dealFolds(rows, 10, 1), parts: each(rows), smallest: 0 }, 0.9);
    return high.reduce((sum, to, row) => sum + to - (low[row] ?? 0), 0) / rows;
  };
  const sound = widthOf(target, new Uint8Array(rows));
  const spoiled = widthOf(target.map((actual, row) => (row === 17 ? 20_000 : actual)), new Uint8Array(rows).fill(1, 17, 18));
  expect(spoiled / sound).toBeGreaterThan(0.95);
  expect(spoiled / sound).toBeLessThan(1.05);
});

/** The interval of a mean of 400 times, a share of them log-normal and the rest 0, and as many unseen ones. */
function nothingLearned(share: number, seed: number): { low: number; high: number; estimate: number; unseen: Float64Array } {
  const rows = 400;
  const random = seededRandom(seed);
  const draws = (): Float64Array => Float64Array.from({ length: rows }, () => (uniformFloat64(random) < share ? Math.exp(2 + 1.4 * standardNormal(random)) : 0));
  const [target, unseen] = [draws(), draws()];
  const meanOf = (values: Float64Array): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  const folds = dealFolds(rows, 10, seed);
  const value = new Float64Array(rows);
  for (const held of folds) for (const row of held) value[row] = meanOf(target.filter((_, other) => !held.includes(other)));
  const spread = new Float64Array(rows);
  const { interval } = calibrate({ inputs: { rows, numbers: [spread], categories: [] }, target, value, spread, gaps: spread, outlying: new Uint8Array(rows), folds, parts: each(rows), smallest: 0 }, 0.9);
  const none = new Float64Array(1);
  const estimate = meanOf(target);
  const { low, high } = scaledBounds({ ...interval, beyond: 1, missing: [0] }, { rows: 1, numbers: [none], categories: [] }, { value: Float64Array.of(estimate), spread: none, beyond: none, cut: undefined });
  return { low: low[0] ?? NaN, high: high[0] ?? NaN, estimate, unseen };
}
