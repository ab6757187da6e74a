import { SpindleError, messageOf } from '../../../common/errors.ts';
import { readArguments, wholeOption } from '../../../common/command-line.ts';
import { checkSchedule } from '../../../worker/scheduling/check-schedule.ts';
import { type InstanceKind } from '../../../worker/scheduling/formats/instance-shapes.ts';
import { readInstance } from '../../../worker/scheduling/formats/read-instance.ts';
import { solve } from '../../../worker/scheduling/solve.ts';
import { type Outcome, gapTable, gapToBestKnown, percent } from './gap-table.ts';
import { type InstanceRecord, readInstanceFile } from './instance-file.ts';

const usage = `usage: npm run bench:schedule -- [--data instances.jsonl] [--family pattern] [--name pattern] [--time seconds] [--seed number] [--clock wall|cpu]
--clock cpu counts the processor time of this process, for a machine with other work`;

/** Seconds for an instance of a kind, where --time does not say otherwise. */
const usualTime: Partial<Record<InstanceKind, number>> = { pcmax: 2, wt: 1 };

const clocks: Record<string, () => number> = { wall: () => performance.now(), cpu: cpuClock() };

/** Milliseconds of processor time, asked for at most every 2 ms: asking takes longer than a step of a search. */
function cpuClock(): () => number {
  let asked = -Infinity;
  let used = 0;
  return () => {
    const now = performance.now();
    if (now - asked < 2) return used;
    asked = now;
    const { user, system } = process.cpuUsage();
    used = (user + system) / 1_000;
    return used;
  };
}

/** Runs the instances one after the other and prints a line each, then a table by family. Fails where the checker finds a fault. */
async function bench(args: readonly string[]): Promise<boolean> {
  const options = readArguments(args, { data: { type: 'string' }, family: { type: 'string' }, name: { type: 'string' }, time: { type: 'string' }, seed: { type: 'string' }, clock: { type: 'string' } }, usage);
  const now = clocks[options.clock ?? 'wall'];
  if (now === undefined) throw new SpindleError('invalid_configuration', `--clock: expected wall or cpu, got ${options.clock}\n${usage}`);
  const seed = wholeOption(options.seed ?? '1', 'seed', 0, 2 ** 31 - 1);
  const seconds = options.time === undefined ? undefined : Number(options.time);
  if (seconds !== undefined && !(seconds > 0)) throw new SpindleError('invalid_configuration', `--time: expected seconds above 0, got ${options.time}\n${usage}`);

  const outcomes: Outcome[] = [];
  for (const record of readInstanceFile(options.data ?? '../shared/data/scheduling/sample.jsonl')) {
    const family = record.family ?? record.kind;
    if (!new RegExp(options.family ?? '').test(`${family} ${record.kind}`) || !new RegExp(options.name ?? '').test(record.name)) continue;
    const outcome = await run(record, family, 1_000 * (seconds ?? usualTime[record.kind] ?? 10), seed, now);
    outcomes.push(outcome);
    const gap = gapToBestKnown(outcome);
    const { name, objective, lowerBound, bestKnown, runtime, faults } = outcome;
    const line = [name.padEnd(24), family.padEnd(14), String(objective).padStart(9), `bound ${lowerBound}`.padStart(16), `known ${bestKnown ?? '-'}`.padStart(15)];
    process.stdout.write(`${line.join(' ')} ${(gap === undefined ? '-' : percent(gap, 2)).padStart(8)} ${runtime.toFixed(2).padStart(6)} s\n`);
    for (const fault of faults) process.stdout.write(`  FAULT: ${fault}\n`);
  }
  if (outcomes.length === 0) throw new SpindleError('invalid_configuration', `no instance is of that family and name\n${usage}`);
  process.stdout.write(`\n${gapTable(outcomes)}\n`);
  return outcomes.every(({ faults }) => faults.length === 0);
}

async function run(record: InstanceRecord, family: string, timeLimit: number, seed: number, now: () => number): Promise<Outcome> {
  const problem = readInstance(record.kind, record.instance);
  const { solution, lowerBound, runtime } = await solve(problem, { seed, timeLimit, now });
  const { faults } = checkSchedule(problem, solution, lowerBound);
  return { name: record.name, family, objective: solution.objective, lowerBound, bestKnown: record.best_known_ub, runtime: runtime / 1_000, faults };
}

try {
  if (!(await bench(process.argv.slice(2)))) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
