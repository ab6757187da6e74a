import { access, constants, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readArguments, required, wholeOption } from '../common/command-line.ts';
import { runCommand } from '../common/run-command.ts';
import { SpindleError } from '../common/errors.ts';
import { importOptionsOf } from '../common/files/import/import-options.ts';
import { knownVocabulary, readVocabulary } from '../common/files/import/vocabulary.ts';
import { compareSchedules } from '../common/scheduling/compare-schedules.ts';
import { readShop } from '../common/scheduling/read-shop.ts';
import { readScheduleRequest } from '../common/scheduling/schedule-request.ts';
import { shopVersion } from '../common/shop-store.ts';
import { comparisonText } from './comparison-text.ts';
import { planParts } from './planning/plan-parts.ts';
import { mostDraws } from './planning/simulate-plan.ts';
import { timedSolve } from './planning/timed-solve.ts';
import { checkScheduleFile, scheduleFile } from './schedule-file.ts';
import { readEstimateFiles, readJson, readSchedule, refuseFolder } from './schedule-input.ts';
import { scheduleText } from './schedule-text.ts';
import { instanceKinds, isInstanceKind } from './scheduling/formats/instance-shapes.ts';
import { SearchProgress } from './search-progress.ts';
import { solveInstance } from './solve-instance.ts';

const usage = `usage: npm run schedule -- --data estimates.csv --shop shop.json [options]
       npm run schedule -- --format KIND --data instance.json [--time-limit S] [--seed N] [--iterations N] [--json]
  --data FILE        CSV or XLSX of estimated parts, as npm run estimate and a batch's estimates.csv give them; may be repeated: all are planned together
  --shop FILE        machines, calendars and setups as JSON, such as shop.example.json
  --time-limit S     seconds that the command may take, its start included (default: 10)
  --objective O      tardiness, makespan, finish or setup (default: tardiness where a part has a due date, else makespan)
  --start T          start of the plan (default: now), such as 2026-11-23T06:00 in the shop's time
  --request FILE     everything that POST /v1/batches/{id}/schedules takes, as JSON: locked, running, mounted, keep …
  --replans FILE     the schedule that this one replaces, as --json prints it
  --compare FILE     an earlier schedule, as --json prints it: also tell what changed; with --json that comparison is printed, and --out keeps the schedule
  --seed N           seed of everything random (default: 1)
  --iterations N     iterations of search at most: with them the same schedule comes out on any machine
  --out FILE         write the schedule as FILE.csv, .json, .svg or .ics; may be repeated
  --machine NAME     the machine of an .ics
  --json             print the schedule as JSON instead of in words
  --target NAME      column of the estimates (default: time_min)
  --delimiter D, --decimal M, --encoding E, --sheet NAME, --mapping JSON, --date-format F, --vocabulary FILE   how to read the files, as npm run estimate
With --format the file is one benchmark instance: ${instanceKinds.join(', ')}.`;

const options = {
  data: { type: 'string', multiple: true, default: [] as string[] },
  shop: { type: 'string' },
  format: { type: 'string' },
  'time-limit': { type: 'string', default: '10' },
  objective: { type: 'string' },
  start: { type: 'string' },
  request: { type: 'string' },
  replans: { type: 'string' },
  compare: { type: 'string' },
  seed: { type: 'string' },
  iterations: { type: 'string' },
  out: { type: 'string', multiple: true, default: [] as string[] },
  machine: { type: 'string' },
  json: { type: 'boolean', default: false },
  target: { type: 'string', default: 'time_min' },
  delimiter: { type: 'string' },
  decimal: { type: 'string' },
  encoding: { type: 'string' },
  sheet: { type: 'string' },
  mapping: { type: 'string' },
  'date-format': { type: 'string' },
  vocabulary: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

type Given = ReturnType<typeof readArguments<typeof options>>;

/** Milliseconds since the process began: what it needs to start counts against its time limit. */
const now = (): number => performance.now();

async function main(args: string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const given = readArguments(args, options, usage);
  if (given.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const data = required(given.data[0], 'data', usage);
  const seconds = Number(given['time-limit']);
  if (!(seconds >= 0.1 && seconds <= 3_600)) throw new SpindleError('invalid_configuration', `--time-limit: expected seconds from 0.1 to 3600, got "${given['time-limit']}"`);
  if (given.format === undefined) await planFiles(given.data, seconds, given, environment);
  else if (given.data.length === 1) await planInstance(data, seconds, given.format, given);
  else throw new SpindleError('invalid_configuration', '--data: with --format one file is solved at a time');
}

async function planFiles(data: readonly string[], seconds: number, given: Given, environment: NodeJS.ProcessEnv): Promise<void> {
  const shop = readShop(await readJson(required(given.shop, 'shop', usage)));
  for (const path of given.out) {
    checkScheduleFile(path, shop, given.machine);
    await access(dirname(path), constants.W_OK);
  }
  for (const path of data) await refuseFolder(path);
  const own = { objective: given.objective, start: given.start, seed: wholeNumber(given.seed, 'seed'), iterations: wholeNumber(given.iterations, 'iterations') };
  const told = given.request === undefined ? {} : await readJson(given.request);
  // What is no object is refused with its reason.
  const request = readScheduleRequest(typeof told !== 'object' || told === null || Array.isArray(told) ? told : { time_limit_s: Math.min(seconds, 600), ...told, ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) });
  const earlier = given.replans === undefined ? undefined : (await readSchedule(given.replans, 'replans')).operations;
  const compared = given.compare === undefined ? undefined : await readSchedule(given.compare, 'compare');
  const words = given.vocabulary ?? (environment['VOCABULARY_FILE'] || undefined);
  const { delimiter, decimal, encoding, sheet, mapping } = given;
  const parts = await readEstimateFiles(data, {
    shop,
    target: given.target,
    options: importOptionsOf({ delimiter, decimal, encoding, sheet, mapping, date_format: given['date-format'] }),
    vocabulary: words === undefined ? knownVocabulary : await readVocabulary(words),
  });
  const progress = new SearchProgress(process.stderr, 'min', now);
  const schedule = await planParts({
    parts,
    shop,
    shopVersion: shopVersion(shop),
    request,
    ...(earlier ? { earlier } : {}),
    solve: timedSolve(request, progress.update),
    secondsLeft: (operations) => seconds - now() / 1_000 - besidesSearch(operations, request.draws),
    now: Date.now,
  });
  progress.end();
  for (const path of given.out) await writeFile(path, scheduleFile(path, schedule, shop, given.machine));
  const changes = compared && compareSchedules(compared, schedule);
  process.stdout.write(given.json ? `${JSON.stringify(changes ?? schedule)}\n` : scheduleText(schedule) + (changes ? comparisonText(changes) : ''));
}

/** Seconds that checking, simulating and writing take for so many operations, as measured. */
function besidesSearch(operations: number, draws: number): number {
  return slowness() * (0.1 + 2.5e-4 * operations + 7e-7 * operations * Math.min(draws, mostDraws(operations)));
}

/** How many times longer than its processor time the process has taken so far: above 1 where the machine has other work. */
function slowness(): number {
  const { user, system } = process.cpuUsage();
  return Math.max(1, (1_000 * now()) / (user + system));
}

async function planInstance(data: string, seconds: number, format: string, given: Given): Promise<void> {
  if (!isInstanceKind(format)) throw new SpindleError('invalid_configuration', `--format: expected one of ${instanceKinds.join(', ')}, got "${format}"`);
  const file = await readJson(data);
  // A record of a list of instances holds the instance itself under this name.
  const instance: unknown = typeof file === 'object' && file !== null && 'instance' in file ? file.instance : file;
  const progress = new SearchProgress(process.stderr, '', now);
  const timeLimit = Math.max(50, 1_000 * seconds - now() - 100 * slowness());
  const solved = await solveInstance(format, instance, { seed: wholeNumber(given.seed, 'seed') ?? 1, iterations: wholeNumber(given.iterations, 'iterations'), timeLimit, now, onProgress: progress.update });
  progress.end();
  const runtime = Math.round(now()) / 1_000;
  const { objective_name: name, objective, lower_bound: bound, gap, status, operations } = solved;
  const text = `${name} ${objective}, no schedule below ${bound} (${status}, gap ${(100 * gap).toFixed(2)} %), ${operations.length} operations, ${runtime} s\n`;
  process.stdout.write(given.json ? `${JSON.stringify({ ...solved, runtime_s: runtime })}\n` : text);
}

const wholeNumber = (text: string | undefined, name: string): number | undefined => (text === undefined ? undefined : wholeOption(text, name, 0, 2 ** 31 - 1));

await runCommand('schedule', main);
