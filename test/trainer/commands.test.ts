import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import { ModelReader } from '../../common/model/model-reader.ts';
import { temporaryDirectory } from '../support/leftovers.ts';
import { RunningProgram } from '../support/running-program.ts';
import { publishVersion } from '../support/model-versions.ts';

let directory: string;
const path = (name: string) => join(directory, name);

async function run(script: string, ...argv: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const program = new RunningProgram(script, argv, { directory });
  const { code } = await program.exited;
  return { code, stdout: program.stdout, stderr: program.stderr };
}

const train = (...argv: string[]) => run('trainer/train-command.js', ...argv);
const estimate = (...argv: string[]) => run('worker/estimate-command.js', ...argv);
const demo = (...argv: string[]) => run('trainer/demonstration-command.js', ...argv);

beforeAll(async () => {
  directory = await temporaryDirectory();
  await demo('--out', 'parts.csv');
  await demo('--rows', '200', '--out', 'few-parts.csv');
  await demo('--planned', '--rows', '500', '--seed', '2', '--out', 'planned.csv');
  await demo('--rows', '500', '--seed', '2', '--out', 'finished.csv');
}, 60_000);

describe('demo-data', () => {
  it('writes the same parts planned and finished, and to standard output unless told', async () => {
    const [planned, finished] = [parse(await readFile(path('planned.csv'))), parse(await readFile(path('finished.csv')))];
    expect(planned).toHaveLength(501);
    expect(planned.map((row) => row.slice(1))).toEqual(finished.map((row) => row.slice(0, -1)));
    expect((await demo('--rows', '2')).stdout.split('\n')).toHaveLength(4);
  });

  it('adds what planning needs where it is told from when parts are due', async () => {
    const [header, ...rows] = parse((await demo('--planned', '--rows', '30', '--due-from', '2026-11-23')).stdout);
    expect(header?.slice(-3)).toEqual(['quantity', 'due', 'priority']);
    const due = rows.map((row) => row.at(-2) ?? '');
    expect([rows.length, due.every((date) => date > '2026-11-23' && date <= '2026-11-26')]).toEqual([30, true]);
    expect(await demo('--due-from', '2026-11-23')).toMatchObject({ code: 1, stderr: expect.stringContaining('add --planned') as unknown });
    expect(await demo('--planned', '--due-from', 'Monday')).toMatchObject({ code: 1, stderr: expect.stringContaining('got "Monday"') as unknown });
  });

  it('names a bad value and a mistyped option', async () => {
    expect(await demo('--rows', 'ten')).toMatchObject({ code: 1, stderr: 'spindle demo-data: --rows: expected a whole number from 0 to 10000000, got "ten"\n' });
    expect((await demo('--row', '5')).stderr).toContain("Unknown option '--row'; did you mean --rows?");
  });
});

describe('train', { timeout: 120_000 }, () => {
  it('publishes a version, makes it current, and prints a summary on standard output, progress on standard error', async () => {
    const { code, stdout, stderr } = await train('--data', 'few-parts.csv', '--models', 'models');
    expect({ code, progress: stderr }).toEqual({ code: 0, progress: expect.stringMatching(/^reading …\npreparing …\n(?:choosing: .+ …\n)+evaluating …\npublishing …\n$/) as unknown });
    expect(stderr).toContain('choosing: Gaussian process …\n');
    const current = await new ModelReader(path('models')).current();
    expect(stdout).toContain(`version     ${current}, now current`);
    expect(stdout).toMatch(/few-parts\.csv: 200 rows used, 0 refused/);
    expect(stdout).toMatch(/^material +rows +RMSE .*\n(?:aluminum|copper|steel) /m);
  });

  it('prints the report as JSON, and the same data and seed give the same model', async () => {
    const reports = [];
    for (const models of ['a', 'b']) {
      const { code, stdout } = await train('--data', 'few-parts.csv', '--models', models, '--seed', '7', '--json');
      expect(code).toBe(0);
      reports.push(JSON.parse(stdout) as { version: string; seed: number; data: { sha256: string } });
    }
    const [one, other] = reports;
    expect(one?.seed).toBe(7);
    expect(one?.data.sha256).toMatch(/^[0-9a-f]{64}$/);
    const bytes = await Promise.all([['a', one], ['b', other]].map(([models, report]) => readFile(path(join(models as string, (report as { version: string }).version, 'model.json')))));
    expect(bytes[0]).toEqual(bytes[1]);
    expect(one?.version.slice(-6)).toBe(other?.version.slice(-6));
  });

  it('keeps what the gate refuses, and makes it current with --promote, which the report tells', async () => {
    await publishVersion(path('promoted'), 0);
    const noise = Array.from({ length: 200 }, (_, row) => `${10 + (row % 37)},${1 + Math.floor(100 * Math.abs(Math.sin(12.9898 * row) * 43758.5453 % 1))}`);
    await writeFile(path('noise.csv'), ['x_cm,time_min', ...noise].join('\n'));
    const reader = new ModelReader(path('promoted'));
    const before = await reader.current();
    const kept = await train('--data', 'noise.csv', '--models', 'promoted', '--json');
    expect(JSON.parse(kept.stdout)).toMatchObject({ gate: { verdict: 'kept' } });
    expect(await reader.current()).toBe(before);
    const promoted = JSON.parse((await train('--data', 'noise.csv', '--models', 'promoted', '--promote', '--json')).stdout) as { version: string };
    expect(promoted).toMatchObject({ gate: { verdict: 'kept', overridden: true } });
    expect(await reader.current()).toBe(promoted.version);
  });

  it.each([['SIGINT', 130], ['SIGTERM', 143]] as const)('%s ends it with %i while it fits, says so, and leaves nothing', async (signal, code) => {
    const program = new RunningProgram('trainer/train-command.js', ['--data', 'parts.csv', '--models', `stopped-${code}`], { directory });
    await program.untilOutput('choosing: Gaussian process …', 40_000);
    program.signal(signal);
    program.signal(signal); // as under npm, which passes on what the terminal has sent already
    expect(await program.exited).toEqual({ code, signal: null });
    expect([program.stdout, program.stderr.split('\n').at(-2)]).toEqual(['', 'spindle train: stopped; nothing was published']);
    expect(await readdir(path(`stopped-${code}`))).toEqual([]);
  });

  it('trains on the columns of another shop, by inference or by a schema', async () => {
    const rows = Array.from({ length: 200 }, (_, row) => `${row % 7},${row % 3 === 0 ? 'M1' : 'M2'},${(row % 7) * 4 + (row % 3 === 0 ? 10 : 2)}`);
    await writeFile(path('shop.csv'), ['holes,machine,cost_eur', ...rows].join('\n'));
    const inferred = await train('--data', 'shop.csv', '--target', 'cost_eur', '--models', 'shop', '--json');
    expect(inferred.code).toBe(0);
    const reader = new ModelReader(path('shop'));
    expect((await reader.metadata((await reader.current()) ?? '')).schema).toMatchObject({ features: [{ name: 'holes', kind: 'integer', learned: { min: 0, max: 6 } }, { name: 'machine', levels: ['M1', 'M2'] }], target: { name: 'cost_eur', unit: 'eur' } });
    await writeFile(path('schema.json'), JSON.stringify({ features: [{ name: 'holes', kind: 'number', max: 5 }], target: { name: 'cost_eur' } }));
    const given = await train('--data', 'shop.csv', '--schema', 'schema.json', '--models', 'shop', '--json');
    expect(JSON.parse(given.stdout)).toMatchObject({ data: { rows_used: 172, rows_refused: 28 } });
  });

  it.each([
    ['no data', [], /^spindle train: --data is missing\nusage: npm run train/],
    ['a file that is not there', ['--data', 'nowhere.csv'], /nowhere\.csv: there is no such file or folder/],
    ['a folder', ['--data', '.'], /EISDIR|it is a folder/],
    ['a target that is not there', ['--data', 'parts.csv', '--target', 'time'], /no column time to learn; the header has x_cm, y_cm, .*; did you mean "time_min"\?/],
    ['too few rows', ['--data', 'few.csv'], /3 usable rows; at least 20 finished parts are needed/],
    ['a schema that is none', ['--data', 'parts.csv', '--schema', 'few.csv'], /few\.csv is not JSON/],
    ['more rows than allowed', ['--data', 'parts.csv', '--max-rows', '50'], /line 52: the file has more than 50 rows/],
  ])('ends with 1 and one clear error on %s, and publishes nothing', async (_, argv, message) => {
    await demo('--rows', '3', '--out', 'few.csv');
    const { code, stdout, stderr } = await train(...argv, '--models', 'untouched');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(await readdir(path('untouched')).catch(() => [])).toEqual([]);
  });
});

describe('estimate', { timeout: 120_000 }, () => {
  it('estimates a file with the current model: every input column, then the estimate columns', async () => {
    await train('--data', 'parts.csv', '--models', 'models');
    const { code, stdout, stderr } = await estimate('--data', 'planned.csv', '--models', 'models');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [header, ...rows] = parse(stdout);
    expect(header).toEqual(['part_id', 'x_cm', 'y_cm', 'z_cm', 'material', 'complexity', 'process', 'time_min', 'time_min_low', 'time_min_high', 'flags', 'model_version']);
    expect(rows.map((row) => row[0])).toEqual(Array.from({ length: 500 }, (_, row) => `P${String(row + 1).padStart(4, '0')}`));
    const actual = parse(await readFile(path('finished.csv'))).slice(1).map((row) => Number(row.at(-1)));
    const squares = rows.map((row, at) => (Number(row[7]) - (actual[at] ?? NaN)) ** 2);
    expect(Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length)).toBeLessThan(2.3);
  });

  it('writes files: the estimates and, as they came, the rejected rows', async () => {
    const version = await publishVersion(path('fixed'), 1);
    await writeFile(path('mixed.csv'), ['time_min,x_cm,y_cm,z_cm,material,complexity,process', '1,30,16,10,steel,5,milling', '2,30,16,10,gold,5,milling', '3,30', '', '4,70,16,10,steel,5,milling'].join('\r\n'));
    const { code, stdout, stderr } = await estimate('--data', 'mixed.csv', '--models', 'fixed', '--version', version, '--unknown', 'reject', '--out', 'out.csv', '--rejected', 'rejected.csv');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(await readFile(path('out.csv'), 'utf8')).toBe(
      `uploaded_time_min,x_cm,y_cm,z_cm,material,complexity,process,time_min,time_min_low,time_min_high,flags,model_version\n1,30,16,10,steel,5,milling,531,527,535,,${version}\n4,70,16,10,steel,5,milling,2531,2527,2535,x_cm 70 is 50 % of the learned range above the learned 50,${version}\n`,
    );
    const [header, ...rejected] = parse(await readFile(path('rejected.csv')), { relax_column_count: true });
    expect(header?.slice(0, 4)).toEqual(['line', 'reason', 'time_min', 'x_cm']);
    expect(rejected.map((row) => [row[0], ...row.slice(2)])).toEqual([['3', '2', '30', '16', '10', 'gold', '5', 'milling'], ['4', '3', '30']]);
    expect(stderr).toMatch(/^line 3, column material: expected one of steel, aluminum, copper, got "gold".*\nline 4: expected 7 cells as in the header, got 2.*\n2 rows estimated, 2 refused\n$/);
    // Who scores a file wants every row: what the model has not learned is estimated and flagged unless refused on purpose.
    const all = await estimate('--data', 'mixed.csv', '--models', 'fixed');
    expect(parse(all.stdout, { relax_quotes: true })[2]?.slice(4)).toEqual(['gold', '5', 'milling', '530.1', '526.1', '534.1', 'material "gold" is unknown: no training part has it', version]);
  });

  it.each([
    ['no current model', ['--data', 'planned.csv', '--models', 'nothing'], /there is no current model version in nothing: train one/],
    ['a version that is not there', ['--data', 'planned.csv', '--models', 'fixed', '--version', '20261122T000000Z-aaaaaa'], /there is no model version 20261122T000000Z-aaaaaa/],
    ['missing columns', ['--data', 'shop.csv', '--models', 'fixed'], /missing x_cm, y_cm/],
    ['a file that is not there', ['--data', 'nowhere.csv', '--models', 'fixed'], /nowhere\.csv: there is no such file or folder/],
  ])('ends with 1 and one clear error on %s', async (_, argv, message) => {
    await publishVersion(path('fixed'), 1);
    await writeFile(path('shop.csv'), 'holes,cost\n1,2\n');
    const { code, stdout, stderr } = await estimate(...argv);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('names what the gate has kept where no version is current', async () => {
    const version = await publishVersion(path('kept'), 1);
    await rm(path('kept/current'));
    expect(await estimate('--data', 'planned.csv', '--models', 'kept')).toMatchObject({ code: 1, stderr: expect.stringContaining(`${version} is there, but not current (its report tells what the gate says): name it with --version`) as unknown });
  });

  it('ends with 1 where no row could be estimated', async () => {
    await publishVersion(path('fixed'), 1);
    await writeFile(path('bad.csv'), 'x_cm,y_cm,z_cm,material,complexity,process\n0,1,1,steel,1,milling\n');
    expect(await estimate('--data', 'bad.csv', '--models', 'fixed')).toMatchObject({ code: 1, stderr: expect.stringContaining('no row can be estimated') as unknown });
  });
});
