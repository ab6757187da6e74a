import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { describe, expect, it } from 'vitest';
import type { EstimateColumns } from '../../common/estimate.ts';
import { Estimator } from '../../common/model/estimator.ts';
import { modelFileSchema } from '../../common/model/model-file.ts';
import { reportSchema } from '../../common/model/report.ts';
import type { PartSchema } from '../../common/part-schema.ts';
import { demonstrationSchema } from '../../trainer/demonstration.ts';
import { figuresByCategory, figuresByDecile } from '../../trainer/evaluate.ts';
import { type TrainedModel, decimalsFor, trainModel } from '../../trainer/train-model.ts';
import { type TrainingTable, withLearnedRanges } from '../../trainer/training-table.ts';
import { judge } from '../../trainer/gate.ts';
import { seededRandom, standardNormal } from '../../common/seeded-random.ts';
import { type JudgedModel, versionFiles } from '../../trainer/version-files.ts';
import { demonstrationTable } from './demonstration-table.ts';

/** Learns with the fast families, unless told: what is tested here is what follows from any fit. */
function train(table: TrainingTable, schema: PartSchema = demonstrationSchema, { seed = 1, quick = true }: { seed?: number; quick?: boolean } = {}): TrainedModel {
  const data = { schema: withLearnedRanges(schema, table), table, refused: { count: 0, first: [] }, notes: [] };
  return trainModel({ data, source: { name: 'test', sha256: '0' }, seed, quick });
}

/** As the first version. */
function judged({ evidence, ...trained }: TrainedModel): JudgedModel {
  return { ...trained, report: { ...trained.report, gate: judge(evidence, { kind: 'none', why: undefined }) } };
}

const estimatorOf = ({ schema, model }: TrainedModel) => new Estimator('test', schema, model);

describe('trainModel on demonstration data', () => {
  /** Error of unseen parts, and the share of them that lies in its interval. */
  function unseen(seed: number, quick: boolean): { rmse: number; coverage: number } {
    const estimator = estimatorOf(train(demonstrationTable(1_000, seed), demonstrationSchema, { seed, quick }));
    const parts = demonstrationTable(4_000, seed + 500);
    const out: EstimateColumns = { value: [], low: [], high: [], flags: {} };
    estimator.append(parts, 0, parts.rows, out);
    let [squares, inside] = [0, 0];
    for (const [row, actual] of parts.target.entries()) {
      squares += (actual - (out.value[row] ?? NaN)) ** 2;
      if (actual >= (out.low[row] ?? NaN) && actual <= (out.high[row] ?? NaN)) inside++;
    }
    return { rmse: Math.sqrt(squares / parts.rows), coverage: inside / parts.rows };
  }

  it('estimates unseen parts within 2.2 minutes, with the fast families and with all', () => {
    expect(unseen(2, false).rmse).toBeLessThan(2.2);
    expect(unseen(2, true).rmse).toBeLessThan(2.2);
  }, 120_000);

  it('covers 87 to 93 % of unseen parts', () => {
    const seeds = [1, 2, 3, 4, 5];
    const mean = seeds.reduce((sum, seed) => sum + unseen(seed, true).coverage / seeds.length, 0);
    expect(mean).toBeGreaterThan(0.87);
    expect(mean).toBeLessThan(0.93);
  }, 60_000);

  const table = demonstrationTable(400, 9);
  const trained = train(table);

  it('gives the same bytes for the same data and seed, and other folds for another seed', () => {
    const again = train(demonstrationTable(400, 9));
    expect(JSON.stringify(again)).toBe(JSON.stringify(trained));
    expect(train(table, demonstrationSchema, { seed: 2 }).report.overall.rmse).not.toBe(trained.report.overall.rmse);
  });

  it('writes files that readers accept, whose id depends on schema and model but not on the duration', () => {
    const at = new Date('2026-11-22T13:45:00Z');
    const files = versionFiles(judged(trained), at, 1.5, { reading: 0.25 });
    expect(files.version).toMatch(/^20261122T134500Z-[0-9a-f]{6}$/);
    expect(versionFiles(judged(trained), at, 99).version).toBe(files.version);
    expect(modelFileSchema.parse(JSON.parse(files.files['model.json']))).toEqual(trained.model);
    expect(reportSchema.parse(JSON.parse(files.files['report.json']))).toMatchObject({ duration_s: 1.5, stages_s: { reading: 0.25 } });
  });

  it('records golden rows spread over the targets that the estimator reproduces', () => {
    expect(trained.model.golden).toHaveLength(23);
    const values = trained.model.golden.slice(0, 20).map(({ estimate }) => estimate[0]);
    expect(Math.min(...values)).toBeLessThan(150);
    expect(Math.max(...values)).toBeGreaterThan(1_200);
    expect(() => estimatorOf(trained).checkGoldenRows(trained.model.golden)).not.toThrow();
  });

  it('records golden rows beyond the ranges, of unknown levels and without values', () => {
    const flags = estimatorOf(trained).estimate(trained.model.golden.slice(20).map(({ part }) => part)).map(([, , , own]) => own);
    expect(flags[0]?.filter((flag) => flag.includes('above the learned'))).toHaveLength(4);
    expect(flags[1]).toEqual(['material "unknown" is unknown: no training part has it', 'process "unknown" is unknown: no training part has it']);
    expect(flags[2]?.filter((flag) => flag.endsWith('is missing'))).toHaveLength(6);
  });

  it('explains against an average that is the mean estimate of the training parts', () => {
    const estimator = estimatorOf(trained);
    const out: EstimateColumns = { value: [], low: [], high: [], flags: {} };
    estimator.append(table, 0, table.rows, out);
    const mean = out.value.reduce((sum, value) => sum + value / table.rows, 0);
    for (const explained of estimator.estimate(trained.model.golden.slice(0, 5).map(({ part }) => part), { explain: true })) expect(Math.abs((explained[4]?.average ?? NaN) - mean)).toBeLessThan(0.02);
  });

  it('reports figures that add up', () => {
    const { report } = trained;
    for (const levels of Object.values(report.by_category)) {
      const groups = Object.values(levels);
      expect(groups.reduce((sum, group) => sum + group.rows, 0)).toBe(400);
      expect(groups.reduce((sum, group) => sum + group.rows * group.rmse ** 2, 0) / 400).toBeCloseTo(report.overall.rmse ** 2, 4);
    }
    const families = report.families ?? [];
    const errors = new Map(report.errors?.map(({ model, ...figures }) => [model, figures]));
    expect(errors.get('combined')?.rmse.value).toBeCloseTo(report.overall.rmse, 4);
    expect(errors.get('plain mean')?.rmse.value).toBeCloseTo(report.baseline_rmse, 2);
    for (const { name, rmse } of families) expect(errors.get(name)?.rmse.value).toBeCloseTo(rmse, 3);
    expect(report.deciles?.reduce((sum, { rows, rmse }) => sum + (rows * rmse ** 2) / 400, 0)).toBeCloseTo(report.overall.rmse ** 2, 4);
    expect(report.calibration?.find(({ nominal }) => nominal === 0.9)?.factor).toBeCloseTo(1, 1);
    expect(families.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
    // A mean of several cannot be worse out of fold than the best of them by more than chance.
    expect(report.overall.rmse).toBeLessThan(1.1 * Math.min(...families.map(({ rmse }) => rmse)));
    expect(judged(trained).report.gate.verdict).toBe('promoted');
  });
});

describe('trainModel on difficult data', () => {
  const numbers = (rows: number, of: (row: number) => number) => Float64Array.from({ length: rows }, (_, row) => of(row));
  const one: PartSchema = { features: [{ name: 'a', kind: 'number' }], target: { name: 't' } };

  it('keeps a model of pure noise from becoming current, and says why', () => {
    const random = seededRandom(4);
    const table = { rows: 100, columns: [numbers(100, () => standardNormal(random))], target: numbers(100, () => 50 + standardNormal(random)) };
    const { gate } = judged(train(table, one)).report;
    expect(gate.verdict).toBe('kept');
    expect(gate.reason).toMatch(/it has learned nothing that one number for all parts does not say/);
  });

  it('rounds by the errors of usual rows, not of a clock left running', () => {
    const random = seededRandom(8);
    const a = numbers(130, () => 1 + 9 * uniformFloat64(random));
    const target = a.map((value, row) => (row === 17 ? 20_000 : 0.3 + 0.2 * value + 0.04 * standardNormal(random)));
    const trained = train({ rows: 130, columns: [a], target }, one, { quick: false });
    expect(trained.report.gross_errors).toBe(1);
    expect(trained.model.decimals).toBe(4);
    // 20 × 20,000 / 130 rows.
    expect(trained.report.overall.interval_score_with_gross).toBeGreaterThan(3_000);
    expect(trained.report.overall.interval_score).toBeLessThan(0.3);
    expect(trained.report.overall.coverage_without_gross).toBeCloseTo(trained.report.overall.coverage * (130 / 129), 5);
  }, 60_000);

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
    // b repeats a, and is asked for no more; the constant may be left out, and is flagged where it is another.
    expect(trained.schema.features.map(({ name, optional }) => [name, optional])).toEqual([['constant', true], ['a', undefined], ['huge', undefined]]);
    const [without, other] = estimatorOf(trained).estimate([[null, 30, 0], [6, 30, 0]]);
    expect(without?.[0]).toBeCloseTo(40, 0);
    expect(without?.[3]).toEqual([]);
    expect(other?.[3]).toEqual(['constant 6 is above the learned 5']);
  });

  it('learns from categories alone, and estimates a level without a part as one drawn at random from the others', () => {
    const schema: PartSchema = { features: [{ name: 'm', kind: 'category', levels: ['low', 'never', 'high'] }], target: { name: 't' } };
    const codes = numbers(80, (row) => (row % 4 === 0 ? 2 : 0));
    const estimates = estimatorOf(train({ rows: 80, columns: [codes], target: codes.map((code, row) => (code === 2 ? 30 : 10) + (row % 3) * 0.01) }, schema)).estimate([['low'], ['high'], ['never']]);
    expect(estimates[0]?.[0]).toBeCloseTo(10.01, 1);
    expect(estimates[1]?.[0]).toBeCloseTo(30.01, 1);
    // The mean over the parts, a quarter of them high, whatever scale a family works on: no other guess has a smaller squared error.
    expect(estimates[2]?.[0]).toBeCloseTo(15.01, 1);
  });

  it('takes levels named like properties of objects', () => {
    const schema: PartSchema = { features: [{ name: 'm', kind: 'category', levels: ['__proto__', 'constructor'] }], target: { name: 't' } };
    const codes = numbers(40, (row) => row % 2);
    const trained = train({ rows: 40, columns: [codes], target: codes.map((code) => code * 10 + 5) }, schema);
    expect(estimatorOf(trained).estimate([['__proto__'], ['constructor']]).map(([value]) => Math.round(value))).toEqual([5, 15]);
    expect(versionFiles(judged(trained), new Date(0), 1).files['report.json']).toContain('"constructor"');
  });

  it('learns from twenty rows', () => {
    expect(Number.isFinite(train(demonstrationTable(20, 1)).report.overall.rmse)).toBe(true);
  });
});

describe('the report of all families', () => {
  const table = demonstrationTable(130, 3);
  const { report } = train(table, demonstrationSchema, { quick: false });

  it('has the errors of the plain mean, of ridge and of boosted trees on the same folds, or of a fast fit of those that were skipped', () => {
    const names = report.errors?.map(({ model }) => model) ?? [];
    for (const name of ['combined', 'plain mean', 'ridge', 'Gaussian process']) expect(names).toContain(name);
    expect(names.some((name) => name.startsWith('boosted trees'))).toBe(true);
    expect(new Set(names).size).toBe(names.length);
    for (const { name } of report.families_skipped ?? []) expect(names.filter((one) => one.includes(' (fast fit)') && one.includes(name))).not.toEqual([]);
  });

  it('is far below 200 kB, also with ten thousand levels and hundreds of columns', () => {
    const rows = 12_000;
    const codes = Float64Array.from({ length: rows }, (_, row) => row % 10_000);
    const levels = Array.from({ length: 10_000 }, (_, code) => `a machine with a rather long name, number ${code}`);
    const schema: PartSchema = {
      features: [...['a', 'b', 'c'].map((name) => ({ name, kind: 'category' as const, levels })), ...Array.from({ length: 200 }, (_, n) => ({ name: `column ${n}`, kind: 'number' as const }))],
      target: { name: 't' },
    };
    const wide = { rows, columns: schema.features.map((_, f) => codes.map((code) => (code * (f + 1)) % 9_973)), target: codes };
    const results = { actual: codes, estimate: codes, low: codes, high: codes };
    const text = JSON.stringify({ ...report, by_category: figuresByCategory(schema, wide, results).figures, deciles: figuresByDecile(results) });
    expect(text.length).toBeLessThan(200_000);
  });
});

describe('decimalsFor', () => {
  it('rounds to no more than a hundredth of the error, and to no more digits than a double holds', () => {
    expect([2, 0.5, 200, 20_000, 0.0003].map((rmse) => decimalsFor(rmse, 1_000))).toEqual([2, 3, 0, 0, 6]);
    expect(decimalsFor(0, 1_000)).toBe(11);
    expect(decimalsFor(0, 1e20)).toBe(0);
  });
});
