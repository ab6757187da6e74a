import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { scheduleComparisonSchema } from '../../common/scheduling/compare-schedules.ts';
import { scheduleSchema } from '../../common/scheduling/schedule.ts';
import { temporaryDirectory } from '../support/leftovers.ts';
import { exampleRows, exampleShop } from '../support/planned-shops.ts';
import { RunningProgram } from '../support/running-program.ts';

let directory: string;
beforeAll(async () => {
  directory = await temporaryDirectory();
  const rows = exampleRows(30, 5);
  const columns = Object.keys(rows[0] ?? {});
  await write('estimates.csv', [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))].map((cells) => cells.join(',')).join('\n'));
  await write('shop.json', JSON.stringify(exampleShop()));
});

const write = (name: string, text: string): Promise<void> => writeFile(join(directory, name), text);
const read = (name: string): Promise<string> => readFile(join(directory, name), 'utf8');

async function schedule(...argv: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const program = new RunningProgram('worker/schedule-command.js', argv, { directory });
  const { code } = await program.exited;
  return { code, stdout: program.stdout, stderr: program.stderr };
}

/** Plans the file of estimates, with whatever is told otherwise. */
function plan(...argv: string[]) {
  const usual = Object.entries({ '--data': 'estimates.csv', '--shop': 'shop.json', '--start': '2026-11-23T06:00', '--time-limit': '2' });
  return schedule(...usual.flatMap(([option, value]) => (argv.includes(option) ? [] : [option, value])), ...argv);
}

describe('a file of estimates', () => {
  test.each([
    ['a request that is no object', ['--request', 'word.json'], /expected object, got "foo"/],
    ['an earlier schedule that is none', ['--replans', 'none.json'], /--replans: none\.json is no schedule as --json prints it: shop_version: is missing/],
    ['a schedule to compare with that is none', ['--compare', 'none.json'], /--compare: none\.json is no schedule as --json prints it: shop_version: is missing/],
    ['a start given twice', ['--start', '2026-11-23', '--start', '2026-11-24'], /--start is given twice, and takes one value/],
    ['a second file that has no estimates', ['--data', 'estimates.csv', '--data', 'bare.csv'], /spindle schedule: bare\.csv: .*time_min/],
    ['a folder that is not there, before the search', ['--out', 'nowhere/plan.csv'], /nowhere: there is no such file or folder/],
    ['a folder as data', ['--data', '.'], /spindle schedule: \.: it is a folder/],
    ['a folder as shop', ['--shop', '.'], /spindle schedule: \.: it is a folder/],
  ])('is not planned with %s', async (_name, argv, message) => {
    await write('word.json', '"foo"');
    await write('none.json', '{}');
    await write('bare.csv', 'part_id,process\nA,milling');
    const { code, stderr } = await plan(...argv);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(stderr).not.toMatch(/no schedule below/);
  });

  test('is planned as JSON, CSV, chart and calendar', async () => {
    const { code, stdout, stderr } = await plan('--json', '--objective', 'makespan', '--out', 'plan.csv', '--out', 'plan.svg', '--out', 'plan.ics', '--machine', 'Mill 1');
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('spindle schedule')]);
    const made = scheduleSchema.parse(JSON.parse(stdout));
    expect(made).toMatchObject({ objective_name: 'makespan', figures: { operations: 30 }, unplanned: [] });
    expect((await read('plan.csv')).trim().split('\n')).toHaveLength(31);
    expect(await read('plan.svg')).toMatch(/^<svg /);
    expect(await read('plan.ics')).toContain('X-WR-CALNAME:Mill 1');
  });

  test('is told in words, and its CSV and JSON are planned again', async () => {
    const first = await plan('--out', 'first.csv', '--out', 'first.json');
    expect(first.stdout).toMatch(/^30 operations of \d+ orders, until 2026-.*\ntardiness [\d,]+ weighted minutes, no schedule below [\d,]+ weighted minutes/);
    const again = await schedule('--data', 'first.csv', '--shop', 'shop.json', '--start', '2026-11-23T06:00', '--time-limit', '2', '--replans', 'first.json', '--request', 'keep.json', '--json');
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('keep.json') as unknown });
    await write('keep.json', '{"keep":"least_disruption"}');
    const { stdout } = await schedule('--data', 'first.csv', '--shop', 'shop.json', '--start', '2026-11-23T06:00', '--time-limit', '2', '--replans', 'first.json', '--request', 'keep.json', '--json');
    const [before, after] = [scheduleSchema.parse(JSON.parse(await read('first.json'))), scheduleSchema.parse(JSON.parse(stdout))];
    const places = ({ operations }: typeof before) => operations.map(({ id, machine, start }) => `${id} ${machine} ${start}`).sort();
    expect([after.status, places(after)]).toEqual(['kept', places(before)]);
  });

  test('is planned together with others, and compared with an earlier plan', async () => {
    await write('more.csv', 'part_id,process,material,time_min\nX1,milling,steel,60\nX2,turning,copper,30');
    await plan('--out', 'before.json');
    const words = await plan('--data', 'estimates.csv', '--data', 'more.csv', '--compare', 'before.json', '--out', 'after.json');
    expect(words.stdout).toMatch(/^32 operations of \d+ orders, [^]*\ncompared with the earlier schedule:\n  \d+ operations unchanged, [^]*\n  new: X\d, X\d\n/);
    const [before, after] = [scheduleSchema.parse(JSON.parse(await read('before.json'))), scheduleSchema.parse(JSON.parse(await read('after.json')))];
    expect(after.operations.map(({ id }) => id).sort()).toEqual([...before.operations.map(({ id }) => id), 'X1', 'X2'].sort());
    await write('finished.json', '{"finished":["X1"]}');
    const { stdout } = await plan('--data', 'more.csv', '--request', 'finished.json', '--compare', 'after.json', '--json');
    expect(scheduleComparisonSchema.parse(JSON.parse(stdout))).toMatchObject({ added: [], finished: ['X1'], figures: { operations: { before: 32, after: 1 } } });
  });

  test.each<[string[], RegExp]>([
    [['--time-limit', '0'], /--time-limit: expected seconds from 0\.1 to 3600, got "0"/],
    [['--objective', 'profit'], /objective: expected one of tardiness/],
    [['--out', 'plan.pdf'], /--out: expected a file that ends in \.csv, \.json, \.svg, \.ics, got "plan\.pdf"/],
    [['--out', 'plan.ics'], /--machine: each machine has a calendar of its own: name one of Lathe 1/],
    [['--shopp', 'x'], /did you mean --shop\?/],
    [['--data', 'shop.json'], /spindle schedule: /],
  ])('with %j is refused in a line', async (argv, message) => {
    const { code, stdout, stderr } = await plan(...argv);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(message);
  });
});

describe('a benchmark instance', () => {
  const printed = z.looseObject({ objective: z.number(), lower_bound: z.number(), status: z.enum(['optimal', 'feasible']), runtime_s: z.number(), operations: z.array(z.strictObject({ job: z.int(), operation: z.int(), machine: z.int(), start: z.number(), end: z.number() })) });
  // Two jobs on two machines, against each other: 2 + 3 and 4 + 1 end at 6 at best.
  const instance = { m: 2, jobs: [[0, 2, 1, 3], [1, 4, 0, 1]] };

  test.each(['alone', 'within a record'])('is solved, %s', async (how) => {
    await write('instance.json', JSON.stringify(how === 'alone' ? instance : { name: 'two', kind: 'jsp', instance }));
    const { stdout } = await schedule('--format', 'jsp', '--data', 'instance.json', '--time-limit', '3', '--json');
    const solved = printed.parse(JSON.parse(stdout));
    expect(solved).toMatchObject({ objective: 7, lower_bound: 7, status: 'optimal' });
    expect(solved.operations).toHaveLength(4);
  });

  test('of an unknown kind or broken is refused in a line', async () => {
    await write('broken.json', '{"m":2,"jobs":[[0,2,1]]}');
    expect((await schedule('--format', 'xsp', '--data', 'broken.json')).stderr).toMatch(/--format: expected one of jsp, fjsp/);
    expect((await schedule('--format', 'jsp', '--data', 'broken.json')).stderr).toMatch(/jobs\[0\]: expected machine and duration in turn/);
  });
});
