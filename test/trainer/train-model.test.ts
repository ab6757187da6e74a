import { describe, expect, it } from 'vitest';
import { Estimator } from '../../common/model/estimator.ts';
import { modelFileSchema, reportSchema } from '../../common/model/model-file.ts';
import { PartReader } from '../../common/part.ts';
import type { PartSchema } from '../../common/part-schema.ts';
import { demonstrationSchema, standardNormal } from '../../trainer/demonstration.ts';
import { type TrainedModel, decimalsFor, trainModel } from '../../trainer/train-model.ts';
import { type TrainingTable, withLearnedRanges } from '../../trainer/training-table.ts';
import { seededRandom } from '../../trainer/seeded-random.ts';
import { versionFiles } from '../../trainer/version-files.ts';
import { demonstrationTable } from './demonstration-table.ts';

function train(table: TrainingTable, schema: PartSchema = demonstrationSchema, seed = 1): TrainedModel {
  const data = { schema: withLearnedRanges(schema, table), table, refused: { count: 0, first: [] }, notes: [] };
  return trainModel({ data, source: { name: 'test', sha256: '0' }, seed });
}

const estimatorOf = ({ schema, model }: TrainedModel) => new Estimator('test', schema, model);

describe('trainModel on demonstration data', () => {
  it.each([1, 2, 3, 4])('estimates unseen parts within 2.2 minutes and covers 87 to 93 % of them, seed %i', (seed) => {
    const estimator = estimatorOf(train(demonstrationTable(1_000, seed), demonstrationSchema, seed));
    const unseen = demonstrationTable(4_000, seed + 500);
    const out = { value: [], low: [], high: [], flags: {} } as { value: number[]; low: number[]; high: number[]; flags: Record<string, string[]> };
    estimator.append(unseen, 0, unseen.rows, out);
    let squares = 0;
    let inside = 0;
    for (const [row, actual] of unseen.target.entries()) {
      squares += (actual - (out.value[row] ?? NaN)) ** 2;
      if (actual >= (out.low[row] ?? NaN) && actual <= (out.high[row] ?? NaN)) inside++;
    }
    expect(Math.sqrt(squares / unseen.rows)).toBeLessThan(2.2);
    expect(inside / unseen.rows).toBeGreaterThan(0.87);
    expect(inside / unseen.rows).toBeLessThan(0.93);
  });

  const table = demonstrationTable(400, 9);
  const trained = train(table);

  it('gives the same bytes for the same data and seed, and other folds for another seed', () => {
    const again = train(demonstrationTable(400, 9));
    expect(JSON.stringify(again)).toBe(JSON.stringify(trained));
    expect(train(table, demonstrationSchema, 2).report.overall.rmse).not.toBe(trained.report.overall.rmse);
  });

  it('writes files that readers accept, whose id depends on schema and model but not on the duration', () => {
    const at = new Date('2026-11-22T13:45:00Z');
    const files = versionFiles(trained, at, 1.5);
    expect(files.version).toMatch(/^20261122T134500Z-[0-9a-f]{6}$/);
    expect(versionFiles(trained, at, 99).version).toBe(files.version);
    expect(modelFileSchema.parse(JSON.parse(files.files['model.json']))).toEqual(trained.model);
    expect(reportSchema.parse(JSON.parse(files.files['report.json'])).duration_s).toBe(1.5);
  });

  it('records golden rows spread over the targets that the estimator reproduces', () => {
    expect(trained.model.golden).toHaveLength(20);
    const values = trained.model.golden.map(({ estimate }) => estimate[0]);
    expect(Math.min(...values)).toBeLessThan(150);
    expect(Math.max(...values)).toBeGreaterThan(1_200);
    expect(() => estimatorOf(trained).checkGoldenRows(trained.model.golden)).not.toThrow();
  });

  it('reports figures that add up', () => {
    const { report } = trained;
    for (const levels of Object.values(report.by_category)) {
      const groups = Object.values(levels);
      expect(groups.reduce((sum, group) => sum + group.rows, 0)).toBe(400);
      expect(groups.reduce((sum, group) => sum + group.rows * group.rmse ** 2, 0) / 400).toBeCloseTo(report.overall.rmse ** 2, 8);
    }
    expect(report.candidates.some((candidate) => candidate.rmse === Math.min(...report.candidates.map(({ rmse }) => rmse)) && candidate.basis === report.chosen.basis)).toBe(true);
    expect(report.gate.verdict).toBe('promoted');
  });

  it('gives terms whose averages are the means of their contributions', () => {
    const { schema, regression } = { schema: trained.schema, regression: trained.model.regression };
    const average = regression.terms.reduce((sum, term) => sum + term.average, regression.intercept);
    const mean = table.target.reduce((sum, value) => sum + value, 0) / table.rows;
    // The unpenalised intercept makes the mean prediction the mean target.
    expect(average).toBeCloseTo(mean, 6);
    expect(new PartReader(schema).schema.target.name).toBe('time_min');
  });
});

describe('trainModel on difficult data', () => {
  const numbers = (rows: number, of: (row: number) => number) => Float64Array.from({ length: rows }, (_, row) => of(row));
  const one: PartSchema = { features: [{ name: 'a', kind: 'number' }], target: { name: 't' } };

  it('keeps a model of pure noise from becoming current, and says why', () => {
    const random = seededRandom(4);
    const table = { rows: 100, columns: [numbers(100, () => standardNormal(random))], target: numbers(100, () => 50 + standardNormal(random)) };
    const { gate } = train(table, one).report;
    expect(gate.verdict).toBe('kept');
    expect(gate.reason).toMatch(/is no clear gain: the difference is within 2 standard errors/);
  });

  it('fits a straight line exactly', () => {
    const table = { rows: 50, columns: [numbers(50, (row) => row)], target: numbers(50, (row) => 3 + 2 * row) };
    const estimates = estimatorOf(train(table, one)).estimate([[10.5], [49]]);
    expect(estimates[0]?.[0]).toBeCloseTo(24, 4);
    expect(estimates[1]?.[0]).toBeCloseTo(101, 4);
  });

  it('survives constant, duplicate and astronomically large columns', () => {
    const schema: PartSchema = { features: ['constant', 'a', 'b', 'huge'].map((name) => ({ name, kind: 'number' as const })), target: { name: 't' } };
    const a = numbers(60, (row) => (row * 7) % 60);
    const table = { rows: 60, columns: [numbers(60, () => 5), a, a, numbers(60, (row) => (row % 3) * 1e150)], target: a.map((value) => 10 + value) };
    const trained = train(table, schema);
    expect(trained.report.overall.rmse).toBeLessThan(0.5);
    expect(estimatorOf(trained).estimate([[5, 30, 30, 0]])[0]?.[0]).toBeCloseTo(40, 0);
  });

  it('learns from categories alone, and estimates a level without a part as the average of the others', () => {
    const schema: PartSchema = { features: [{ name: 'm', kind: 'category', levels: ['low', 'never', 'high'] }], target: { name: 't' } };
    const codes = numbers(80, (row) => (row % 4 === 0 ? 2 : 0));
    const estimates = estimatorOf(train({ rows: 80, columns: [codes], target: codes.map((code, row) => (code === 2 ? 30 : 10) + (row % 3) * 0.01) }, schema)).estimate([['low'], ['high'], ['never']]);
    expect(estimates[0]?.[0]).toBeCloseTo(10.01, 1);
    expect(estimates[1]?.[0]).toBeCloseTo(30.01, 1);
    expect(estimates[2]?.[0]).toBeCloseTo(15.01, 1);
  });

  it('takes levels named like properties of objects', () => {
    const schema: PartSchema = { features: [{ name: 'm', kind: 'category', levels: ['__proto__', 'constructor'] }], target: { name: 't' } };
    const codes = numbers(40, (row) => row % 2);
    const trained = train({ rows: 40, columns: [codes], target: codes.map((code) => code * 10 + 5) }, schema);
    expect(estimatorOf(trained).estimate([['__proto__'], ['constructor']]).map(([value]) => Math.round(value))).toEqual([5, 15]);
    expect(versionFiles(trained, new Date(0), 1).files['report.json']).toContain('"constructor"');
  });

  it('learns from twenty rows', () => {
    expect(Number.isFinite(train(demonstrationTable(20, 1)).report.overall.rmse)).toBe(true);
  });
});

describe('decimalsFor', () => {
  it('rounds to no more than a hundredth of the error, and to no more digits than a double holds', () => {
    expect([2, 0.5, 200, 20_000, 0.0003].map((rmse) => decimalsFor(rmse, 1_000))).toEqual([2, 3, 0, 0, 6]);
    expect(decimalsFor(0, 1_000)).toBe(11);
    expect(decimalsFor(0, 1e20)).toBe(0);
  });
});
