import { describe, expect, it } from 'vitest';
import type { PartSchema } from '../../common/part-schema.ts';

import { type GateEvidence, judge } from '../../trainer/gate.ts';
import type { Rival } from '../../trainer/rival.ts';
import { seededRandom, standardNormal } from '../../common/seeded-random.ts';

const version = '20261122T000000Z-aaaaaa';
const schema: PartSchema = { features: [{ name: 'machine', kind: 'category', levels: ['M1', 'M2', 'M3'] }], target: { name: 'time_min', unit: 'min' } };

const normals = (rows: number, deviation: number, seed: number): Float64Array => {
  const random = seededRandom(seed);
  return Float64Array.from({ length: rows }, () => deviation * standardNormal(random));
};

/** A candidate whose residuals are these, beside a plain mean fifty times as wrong; nine of ten actuals within their interval unless told. */
function evidenceOf(residuals: Float64Array, { outlying = new Uint8Array(residuals.length), within = residuals.map((_, row) => (row % 10 === 0 ? 0 : 1)), partOf = (row) => row }: { outlying?: Uint8Array; within?: ArrayLike<number>; partOf?: (row: number) => number } = {}): GateEvidence {
  const rows = residuals.length;
  const table = { rows, columns: [Float64Array.from({ length: rows }, (_, row) => row % 3)], target: new Float64Array(rows).fill(100) };
  return { schema, table, parts: Uint32Array.from({ length: rows }, (_, row) => partOf(row)), residuals, meanResiduals: normals(rows, 100, 99), outlying, within: Uint8Array.from(within) };
}

const rivalOf = (residuals: Float64Array, isNew: (row: number) => boolean = () => false, { changes = [], rowsLearned = residuals.length, before = schema, isDemonstration = false }: { changes?: string[]; rowsLearned?: number; before?: PartSchema; isDemonstration?: boolean } = {}): Rival => ({ kind: 'comparable', version, rowsLearned, before, read: new Set(before.features.map(({ name }) => name)), isDemonstration, residuals, changes, isNew: Uint8Array.from(residuals, (_, row) => Number(isNew(row))) });
const none: Rival = { kind: 'none', why: undefined };
const failed = (gate: ReturnType<typeof judge>) => gate.checks?.filter(({ holds }) => !holds).map(({ check }) => check);

describe('judge without a current version', () => {
  it('promotes what beats the plain mean by more than two standard errors, with both errors in words', () => {
    const rows = 40;
    const gate = judge({ ...evidenceOf(new Float64Array(rows).fill(1)), meanResiduals: new Float64Array(rows).fill(3) }, none);
    expect(gate).toMatchObject({ verdict: 'promoted', reason: 'a cross-validated error of 1 min against 3 min for the plain mean' });
    expect(gate.compared_with).toBeUndefined();
  });

  /** Squared errors by row in turns, of a candidate and of the plain mean: differences 10, -8, 9, -7 have mean 1 and a standard deviation of 9.7; of forty the standard error is 1.5. */
  const inTurns = (squares: readonly number[]) => Float64Array.from({ length: 40 }, (_, row) => Math.sqrt(squares[row % squares.length] ?? 0));
  const unclear = () => ({ ...evidenceOf(inTurns([0, 8, 0, 7])), meanResiduals: inTurns([10, 0, 9, 0]) });

  it('promotes what is better at all, and says that it is no clear gain: there is nothing to protect', () => {
    const gate = judge(unclear(), none);
    expect(gate).toMatchObject({ verdict: 'promoted', reason: 'a cross-validated error of 1.936 min against 2.179 min for the plain mean, and a mean absolute error of 1.369 min against 0 min for the median: no clear gain, but better than no model; train again with more parts' });
    expect(judge(unclear(), { kind: 'incomparable', version, differences: ['the data have no x_cm'], isDemonstration: true }).verdict).toBe('promoted');
  });

  it('keeps what is no better than one number for all, and says how to use it all the same', () => {
    const residuals = normals(40, 2, 1);
    const gate = judge({ ...evidenceOf(residuals), meanResiduals: residuals }, none);
    expect(gate.verdict).toBe('kept');
    expect(gate.reason).toMatch(/: it has learned nothing that one number for all parts does not say; to use it all the same, set it with PUT/);
  });

  it('does not let a part beyond compare hide what was learned of all others', () => {
    const target = Float64Array.from({ length: 60 }, (_, row) => (row === 7 ? 5_000 : 10 + (row % 20)));
    const mean = target.reduce((sum, value) => sum + value / 60, 0);
    const residuals = target.map((_, row) => (row === 7 ? 4_960 : (row % 3) - 1));
    const evidence = evidenceOf(residuals);
    const gate = judge({ ...evidence, table: { ...evidence.table, target }, meanResiduals: target.map((value) => value - mean) }, none);
    expect(gate.verdict).toBe('promoted');
  });

  it('tells coverage that does not hold, and does not ask it', () => {
    const gate = judge(evidenceOf(normals(100, 2, 1), { within: new Uint8Array(100) }), none);
    expect(gate).toMatchObject({ verdict: 'promoted', reason: expect.stringContaining('; its intervals cover 0.0 % of the parts, too few') as unknown });
  });

  it('keeps what has no finite error, and says only that', () => {
    expect(judge(evidenceOf(Float64Array.of(1, NaN, 1)), none)).toMatchObject({ verdict: 'kept', reason: 'its cross-validated error is not finite' });
  });

  it('says why the current version is no rival', () => {
    expect(judge(evidenceOf(normals(100, 2, 1)), { kind: 'none', why: 'the current version cannot be loaded (model.json is missing)' }).reason).toContain('model.json is missing');
  });
});

describe('judge on coverage', () => {
  const of = (rows: number, covered: number, outlying?: Uint8Array) => judge(evidenceOf(normals(rows, 2, 1), { within: Array.from({ length: rows }, (_, row) => (row < covered ? 1 : 0)), ...(outlying && { outlying }) }), rivalOf(normals(rows, 2, 1)));

  it('wants 90 % within 3 points', () => {
    expect(of(1_000, 871).verdict).toBe('promoted');
    expect(of(1_000, 869)).toMatchObject({ verdict: 'kept', reason: expect.stringMatching(/^its intervals cover 86\.9 % of the parts, too few: with so many rows 87\.0 % to 93\.0 % is as it should be/) as unknown });
    expect(of(1_000, 929).verdict).toBe('promoted');
    expect(failed(of(1_000, 931))).toEqual(['coverage']);
  });

  it('allows of few rows what chance does: two standard errors', () => {
    // 2 √(0.9 · 0.1 / 100) = 6 points
    expect(of(100, 84).verdict).toBe('promoted');
    expect(of(100, 83).verdict).toBe('kept');
  });

  it('does not ask that gross errors be covered, nor minds actuals on the very bound', () => {
    const outlying = Uint8Array.from({ length: 1_000 }, (_, row) => (row >= 900 ? 1 : 0));
    expect(of(1_000, 810, outlying).verdict).toBe('promoted');
    expect(judge(evidenceOf(normals(1_000, 2, 1), { within: new Uint8Array(1_000).fill(2) }), rivalOf(normals(1_000, 2, 1))).verdict).toBe('promoted');
    expect(judge(evidenceOf(normals(1_000, 2, 1), { within: new Uint8Array(1_000).fill(1) }), rivalOf(normals(1_000, 2, 1))).verdict).toBe('kept');
  });
});

describe('judge against the current version', () => {
  const good = normals(600, 2, 1);

  it('promotes what says the same of the same rows', () => {
    const gate = judge(evidenceOf(good), rivalOf(good.map(Math.fround)));
    expect(gate).toMatchObject({ verdict: 'promoted', compared_with: version, rows: 600, rows_new: 0, difference: 0, standard_error: 0, by_category: { levels: 3, worst: [] } });
    expect(gate.reason).toContain(`${version} has 1.`);
    expect(gate.reason).toContain('on the same 600 rows, all of which it has learned from');
  });

  it('promotes what is better, and keeps what is worse by more than a standard error, in figures that follow from the squares', () => {
    const worse = good.map((residual) => 1.2 * residual);
    expect(judge(evidenceOf(good), rivalOf(worse)).verdict).toBe('promoted');
    const gate = judge(evidenceOf(worse), rivalOf(good));
    expect(failed(gate)).toContain('all rows');
    expect(gate.reason).toMatch(/^its error of 2\.\d+ min is larger by more than a standard error than the [12]\.\d+ min of the current version/);
    expect(gate.reason).toContain('--promote');
    expect(gate.difference).toBeCloseTo((gate.error ?? 0) - (gate.error_of_current ?? 0), 12);
    expect(gate.error).toBeCloseTo(1.2 * (gate.error_of_current ?? 0), 6);
  });

  it('asks of one that has learned from less than half of the rows that it be better by more than a standard error', () => {
    const few = { rowsLearned: 1_300 };
    const kept = judge(evidenceOf(good), rivalOf(good, undefined, few));
    expect(failed(kept)).toEqual(['few rows']);
    expect(kept.reason).toMatch(/^it has learned from 600 rows, fewer than half of the 1300 of .*, and its error of 1\.\d+ min is not clearly below the 1\.\d+ min of that/);
    expect(judge(evidenceOf(good), rivalOf(good, undefined, { rowsLearned: 1_200 })).verdict).toBe('promoted');
    expect(judge(evidenceOf(good), rivalOf(good.map((residual) => 1.2 * residual), undefined, few)).verdict).toBe('promoted');
  });

  it('keeps what is no clear gain over the plain mean', () => {
    const evidence = evidenceOf(good);
    const gate = judge({ ...evidence, meanResiduals: good.map((residual, row) => residual * (row % 2 === 0 ? 1.1 : 0.9)) }, rivalOf(good));
    expect(failed(gate)).toEqual(['plain mean']);
    expect(gate.reason).toContain('for the plain mean is no clear gain: the difference is within 2 standard errors');
  });

  it('does not let one part beyond compare hide that the others are estimated worse, nor decide by itself', () => {
    const huge = (residuals: Float64Array, size: number) => residuals.map((residual, row) => (row === 7 ? size : residual));
    // By the part alone a gain of a standard error, or a loss.
    const gate = judge(evidenceOf(huge(good.map((residual) => 1.3 * residual), 900)), rivalOf(huge(good, 1_000)));
    expect(failed(gate)).toContain('all rows');
    expect(gate.reason).toMatch(/^its error of 2\.\d+ min is larger by more than a standard error than the [12]\.\d+ min of .*, one row that outweighs the others counted in part/);
    expect(gate).toMatchObject({ limited: { rows: 1 } });
    expect(judge(evidenceOf(huge(good.map((residual) => 0.8 * residual), 1_100)), rivalOf(huge(good, 1_000))).verdict).toBe('promoted');
    // Four that agree are no chance.
    const four = good.map((residual, row) => (row % 150 === 7 ? 900 : residual));
    expect(failed(judge(evidenceOf(four.map((residual, row) => (row % 150 === 7 ? 1_000 : 0.99 * residual))), rivalOf(four)))).toContain('all rows');
  });

  it('takes a difference within half a percent, or of data without noise, for none', () => {
    expect(judge(evidenceOf(good.map((residual) => 1.004 * residual)), rivalOf(good)).verdict).toBe('promoted');
    expect(judge(evidenceOf(good.map((residual) => 1e-9 * residual)), rivalOf(good.map((residual) => 1e-11 * residual))).verdict).toBe('promoted');
  });

  it('looks at the rows new to the current version by themselves: a gain on those it knows does not outweigh a loss there', () => {
    const isNew = (row: number) => row >= 500;
    const residuals = good.map((residual, row) => residual * (isNew(row) ? 1.3 : 0.7));
    const gate = judge(evidenceOf(residuals), rivalOf(good, isNew));
    expect(failed(gate)).toEqual(['new rows']);
    expect(gate).toMatchObject({ verdict: 'kept', rows_new: 100, new_rows: { rows: 100 } });
    expect(judge(evidenceOf(residuals), rivalOf(good, (row) => row >= 581)).new_rows).toBeUndefined();
  });

  it('keeps what is worse in one level of a category beyond chance, and names it', () => {
    const residuals = good.map((residual, row) => residual * (row % 3 === 1 ? 1.4 : 0.5));
    const gate = judge(evidenceOf(residuals), rivalOf(good));
    expect(failed(gate)).toEqual(['categories']);
    expect(gate.reason).toMatch(/^it is worse beyond chance for machine M2 \(\d\.\d+ min against \d\.\d+ min on 200 rows\)/);
    expect(gate.by_category?.worst.map(({ level }) => level)).toEqual(['M2']);
  });

  /** Residuals of which most is common to the ten rows of a part. */
  const ofParts = (rows: number, seed: number): Float64Array => {
    const [common, own] = [normals(rows, 2, seed), normals(rows, 0.5, seed + 1)];
    return own.map((residual, row) => residual + (common[Math.floor(row / 10)] ?? 0));
  };

  it('takes what rows of one part have in common for one piece of evidence', () => {
    let [alarms, uncovered] = [0, 0];
    for (let seed = 0; seed < 200; seed++) {
      const within = Uint8Array.from(ofParts(400, 8 * seed + 2_000), (residual) => (Math.abs(residual) < 1.6449 * Math.hypot(2, 0.5) ? 1 : 0));
      const gate = judge(evidenceOf(ofParts(400, 8 * seed + 2_004), { partOf: (row) => Math.floor(row / 10), within }), rivalOf(ofParts(400, 8 * seed + 2_006)));
      if (failed(gate)?.includes('all rows')) alarms++;
      if (failed(gate)?.includes('coverage')) uncovered++;
    }
    // More than a standard error above by chance: 16 % of 200, and three standard errors of 5.2 above. By single rows it would be 75.
    expect(alarms).toBeLessThan(48);
    // Two standard errors to either side: 5 % of 200, skewed, and as many again.
    expect(uncovered).toBeLessThan(20);
  });

  it('does not look at new rows, or levels, of fewer than 20 parts', () => {
    const residuals = good.map((residual, row) => residual * (row % 3 === 1 ? 1.4 : 0.5));
    const few = judge(evidenceOf(residuals, { partOf: (row) => Math.floor(row / 40) }), rivalOf(good, (row) => row >= 500));
    expect(few).toMatchObject({ rows_new: 100 });
    expect(few.new_rows ?? few.by_category).toBeUndefined();
  });

  it('does not look at levels with fewer than 50 rows', () => {
    const residuals = good.subarray(0, 147).map((residual, row) => residual * (row % 3 === 1 ? 1.3 : 0.2));
    expect(judge(evidenceOf(residuals), rivalOf(good.subarray(0, 147))).by_category).toBeUndefined();
  });

  it('calls one of many levels worse by chance alone in at most one case of twenty', () => {
    const levels = Array.from({ length: 20 }, (_, code) => `L${code}`);
    let alarms = 0;
    for (let seed = 0; seed < 200; seed++) {
      const [ours, theirs] = [normals(2_000, 2, 2 * seed + 1_000), normals(2_000, 2, 2 * seed + 1_001)];
      const evidence = evidenceOf(ours);
      const table = { ...evidence.table, columns: [Float64Array.from(ours, (_, row) => row % 20)] };
      const many = { ...schema, features: [{ name: 'machine', kind: 'category' as const, levels }] };
      if (failed(judge({ ...evidence, schema: many, table }, rivalOf(theirs)))?.includes('categories')) alarms++;
    }
    // Of 200 at a rate of 5 %: 10, and two standard errors of 3.1 above.
    expect(alarms).toBeLessThan(17);
  });

  it('does not let gross errors decide, whichever way they fall, and says so', () => {
    const outlying = Uint8Array.from(good, (_, row) => (row < 6 ? 1 : 0));
    const withGross = (size: number) => good.map((residual, row) => (row < 6 ? size : residual));
    const gate = judge(evidenceOf(withGross(5_000), { outlying }), rivalOf(withGross(4_000)));
    expect(gate).toMatchObject({ verdict: 'promoted', difference: 0, gross_errors: { rows: 6 } });
    expect(gate.reason).toContain('6 gross errors count with 5.');
    // But a law that the candidate has dismissed as errors, and the current version knows, does count.
    const many = Uint8Array.from(good, (_, row) => (row < 60 ? 1 : 0));
    expect(judge(evidenceOf(good.map((residual, row) => (row < 60 ? 500 : residual)), { outlying: many }), rivalOf(good)).verdict).toBe('kept');
  });

  it('leaves out rows that the current version cannot estimate, and is alone where hardly any is left', () => {
    const holes = good.map((residual, row) => (row < 100 ? NaN : residual));
    expect(judge(evidenceOf(good), rivalOf(holes, (row) => row < 100))).toMatchObject({ verdict: 'promoted', rows: 500, rows_new: 0 });
    const gate = judge(evidenceOf(good), rivalOf(good.map(() => NaN)));
    expect(gate).toMatchObject({ verdict: 'promoted', reason: expect.stringContaining('can estimate only 0 of the rows') as unknown });
  });

  it('says what it asks for differently', () => {
    expect(judge(evidenceOf(good), rivalOf(good, undefined, { changes: ['now takes coolant'] })).reason).toMatch(/; it now takes coolant$/);
  });
});

describe('judge on what the current version knows', () => {
  const good = normals(600, 2, 1);
  const numberOf = (min: number, max: number): PartSchema => ({ features: [...schema.features, { name: 'x_cm', kind: 'number', learned: { min, max } }], target: schema.target });
  const against = (min: number, max: number, options: { isDemonstration?: boolean } = {}) => judge({ ...evidenceOf(good), schema: numberOf(min, max) }, rivalOf(good, undefined, { before: numberOf(10, 50), ...options }));

  it('keeps what has learned only a corner of the range, by more than a tenth of it at an end', () => {
    expect(against(14, 46).verdict).toBe('promoted');
    expect(against(5, 90).verdict).toBe('promoted');
    const kept = against(10, 20);
    expect(failed(kept)).toEqual(['range']);
    expect(kept.reason).toMatch(/^it has learned x_cm only up to 20, where the current version has up to 50; to use it/);
    expect(against(14.1, 50).reason).toMatch(/^it has learned x_cm only from 14\.1, where the current version has from 10;/);
    expect(against(20, 30).reason).toMatch(/^it has learned x_cm only from 20 to 30, where the current version has from 10 to 50;/);
    expect(against(10, 20, { isDemonstration: true }).verdict).toBe('promoted');
  });

  it('does not mind a number that the current version does not read', () => {
    const rival = { ...rivalOf(good, undefined, { before: numberOf(10, 50) }), read: new Set(['machine']) } as Rival;
    expect(judge({ ...evidenceOf(good), schema: numberOf(10, 20) }, rival).verdict).toBe('promoted');
  });

  it('keeps what has learned nothing of a level that the current version has learned from', () => {
    const before = (unseen: string[]): PartSchema => ({ ...schema, features: [{ name: 'machine', kind: 'category', levels: ['M4', 'M1', 'M2', 'M3'], ...(unseen.length > 0 && { unseen }) }] });
    expect(judge(evidenceOf(good), rivalOf(good, undefined, { before: before([]) })).reason).toMatch(/^it has learned nothing of machine M4, where the current version has;/);
    expect(judge(evidenceOf(good), rivalOf(good, undefined, { before: before(['M4']) })).verdict).toBe('promoted');
  });

  /** A current version that estimates 100 / ratio where the actual is 100. */
  const scaled = (ratio: number, isDemonstration = false) => judge(evidenceOf(good), rivalOf(new Float64Array(600).fill(100 - 100 / ratio), undefined, { isDemonstration }));

  it('keeps what has learned times of another unit, and says which it may be', () => {
    expect([7.9, 1 / 7.9].map((ratio) => failed(scaled(ratio))?.includes('scale'))).toEqual([false, false]);
    expect(failed(scaled(8.1))).toEqual(['scale']);
    expect(scaled(60).reason).toMatch(/^the times are about 60 times what the current version estimates: seconds instead of minutes\?; to use it/);
    expect(scaled(1 / 60).reason).toContain('about one part in 60 of what the current version estimates: hours instead of minutes?');
    expect(scaled(13).reason).toContain('about 13 times what the current version estimates: are they in the unit that it was trained in?');
  });

  it('only remarks on it where the current version is the demonstration\'s', () => {
    expect(scaled(60, true)).toMatchObject({ verdict: 'promoted', reason: expect.stringContaining('; the times are about 60 times what the current version estimates') as unknown });
  });

  it('is overridden where it is told to, without advice how to', () => {
    const gate = judge({ ...evidenceOf(good), schema: numberOf(10, 20) }, rivalOf(good, undefined, { before: numberOf(10, 50) }), true);
    expect(gate).toMatchObject({ verdict: 'kept', overridden: true, reason: 'it has learned x_cm only up to 20, where the current version has up to 50' });
    expect(judge(evidenceOf(Float64Array.of(1, NaN, 1)), none, true).overridden).toBeUndefined();
    expect(judge(evidenceOf(good), none, true).overridden).toBeUndefined();
  });
});

describe('judge against what cannot be compared', () => {
  const differences = ['it predicts cost_eur, not time_min', 'the data have no x_cm'];
  const evidence = evidenceOf(normals(200, 2, 1));

  it('keeps the candidate, names the differences, and says how to use it all the same', () => {
    const gate = judge(evidence, { kind: 'incomparable', version, differences, isDemonstration: false });
    expect(gate.verdict).toBe('kept');
    expect(gate.reason).toBe(`it cannot be compared with the current version ${version}: it predicts cost_eur, not time_min; the data have no x_cm; to use it all the same, set it with PUT /v1/models/current, or train with --promote or ?promote=true`);
  });

  it('lets a shop\'s own data take the place of the demonstration, where they are worth it', () => {
    const demonstration: Rival = { kind: 'incomparable', version, differences, isDemonstration: true };
    expect(judge(evidence, demonstration)).toMatchObject({ verdict: 'promoted', reason: expect.stringContaining('it takes the place of the demonstration: it predicts cost_eur') as unknown });
    expect(judge({ ...evidence, meanResiduals: evidence.residuals }, demonstration).verdict).toBe('kept');
  });
});
