import { describe, expect, it } from 'vitest';
import { calibrationTable } from '../../trainer/calibration-table.ts';

import { errorsOf } from '../../trainer/error-table.ts';
import { figuresByCategory, figuresByDecile, overallFigures } from '../../trainer/evaluate.ts';
import { dealFolds } from '../../trainer/fit/folds.ts';
import { seededRandom, standardNormal } from '../../common/seeded-random.ts';

const random = seededRandom(7);
const rows = 4_000;
const estimate = Float64Array.from({ length: rows }, (_, row) => 100 + row);
const actual = estimate.map((value) => value + 2 * standardNormal(random));
const half = 2 * 1.6449;
const evaluated = { actual, estimate, low: estimate.map((value) => value - half), high: estimate.map((value) => value + half) };

const each = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, row) => row);

describe('errorsOf', () => {
  it('gives each figure with its standard error', () => {
    const errors = errorsOf('m', Float64Array.of(10, 20, 0, 40), Float64Array.of(11, 17, 1, 45), each(4));
    // Errors 1, -3, 1, 5: squares 1, 9, 1, 25 of mean 9 and standard deviation √128; sizes 1, 3, 1, 5.
    expect(errors.rmse).toEqual({ value: 3, standard_error: Number((Math.sqrt(128) / 2 / 6).toPrecision(6)) });
    expect(errors.mae.value).toBe(2.5);
    expect(errors.bias).toEqual({ value: 1, standard_error: Number((Math.sqrt(32 / 3) / 2).toPrecision(6)) });
    expect(errors.median.value).toBe(2);
    // 1/10, 3/20 and 5/40; the part that took no time has no percentage.
    expect(errors.mape?.value).toBeCloseTo(0.125, 6);
  });

  it('has no percentage where no part took any time', () => {
    expect(errorsOf('m', new Float64Array(2), Float64Array.of(1, 2), each(2)).mape).toBeNull();
  });

  it.each([1, 5])('gives standard errors that are the scatter of the figures over many samples, with %i rows of each part', (times) => {
    const samples = Array.from({ length: 400 }, () => {
      const parts = each(100 * times).map((row) => Math.floor(row / times));
      const common = Float64Array.from({ length: 100 }, () => standardNormal(random));
      return errorsOf('m', new Float64Array(parts.length), Float64Array.from(parts, (part) => common[part] ?? 0), parts);
    });
    for (const figure of ['rmse', 'mae', 'median', 'bias'] as const) {
      const values = samples.map((sample) => sample[figure].value);
      const mean = values.reduce((sum, value) => sum + value / 400, 0);
      const scatter = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / 399, 0));
      const told = samples.reduce((sum, sample) => sum + sample[figure].standard_error / 400, 0);
      expect(Math.abs(told / scatter - 1)).toBeLessThan(0.15); // the scatter of 400 has a standard error of 3.5 %
    }
  });
});

describe('figuresByDecile', () => {
  it('cuts the rows into ten by their estimate, with the quantiles of the law', () => {
    const parts = figuresByDecile(evaluated);
    expect(parts.map((part) => part.rows)).toEqual(Array.from({ length: 10 }, () => 400));
    expect(parts.map(({ from }) => from)).toEqual(Array.from({ length: 10 }, (_, d) => 100 + 400 * d));
    for (const { errors, coverage, interval_width } of parts) {
      expect(errors.toSorted((a, b) => a - b)).toEqual(errors);
      expect(Math.abs(coverage - 0.9)).toBeLessThan(0.06);
      expect(interval_width).toBeCloseTo(2 * half, 3);
      expect(Math.abs((errors[4] ?? 0) - half)).toBeLessThan(0.9);
    }
  });

  it('tells errors and bias with one sign: estimate - actual', () => {
    const [part] = figuresByDecile({ actual: Float64Array.of(10), estimate: Float64Array.of(13), low: Float64Array.of(0), high: Float64Array.of(20) });
    expect(part).toMatchObject({ bias: 3, errors: [3, 3, 3, 3, 3] });
  });

  it('makes fewer parts of fewer rows than ten', () => {
    expect(figuresByDecile({ actual: actual.subarray(0, 3), estimate: estimate.subarray(0, 3), low: estimate, high: estimate })).toHaveLength(3);
  });
});

describe('calibrationTable', () => {
  it('finds for each coverage the factor that the normal distribution has, and covers as much', () => {
    const table = calibrationTable(evaluated, dealFolds(rows, 5, 1));
    // Normal deviates of 50, 80, 90, 95 and 99 % in units of that of 90 %.
    const factors = [0.67449, 1.28155, 1.64485, 1.95996, 2.57583].map((z) => z / 1.64485);
    for (const [n, { nominal, observed, factor }] of table.entries()) {
      expect(Math.abs(observed - nominal)).toBeLessThan(0.02);
      expect(Math.abs((factor ?? 0) / (factors[n] ?? 0) - 1)).toBeLessThan(0.08);
    }
  });

  it('has no factor for intervals without width, and takes an exact estimate for covered', () => {
    const exact = { actual: estimate, estimate, low: estimate, high: estimate };
    expect(calibrationTable(exact, dealFolds(rows, 5, 1)).map(({ observed }) => observed)).toEqual([1, 1, 1, 1, 1]);
    expect(calibrationTable({ ...exact, actual }, dealFolds(rows, 5, 1)).at(-1)?.factor).toBeNull();
  });
});

describe('figuresByCategory', () => {
  it('lists the most frequent levels in the schema\'s order, and counts all', () => {
    const levels = Array.from({ length: 3_000 }, (_, code) => `L${code}`);
    const schema = { features: [{ name: 'm', kind: 'category' as const, levels }], target: { name: 't' } };
    const codes = Float64Array.from({ length: rows }, (_, row) => (row < 2_000 ? 2_500 : row % 1_000));
    const { figures, levels: counts } = figuresByCategory(schema, { rows, columns: [codes], target: actual }, evaluated);
    expect(counts).toEqual({ m: 1_001 });
    const named = Object.keys(figures['m'] ?? {});
    expect(named).toHaveLength(200);
    expect(named.at(-1)).toBe('L2500');
    expect(figures['m']?.['L2500']?.rows).toBe(2_000);
  });

  it('agrees with the figures of all rows', () => {
    const schema = { features: [{ name: 'm', kind: 'category' as const, levels: ['a', 'b'] }], target: { name: 't' } };
    const groups = Object.values(figuresByCategory(schema, { rows, columns: [actual.map((_, row) => row % 2)], target: actual }, evaluated).figures['m'] ?? {});
    expect(groups.reduce((sum, { rmse }) => sum + rmse ** 2 / 2, 0)).toBeCloseTo(overallFigures(evaluated).rmse ** 2, 4);
  });
});
