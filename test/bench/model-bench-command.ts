import { readArguments, wholeOption } from '../../common/command-line.ts';
import { messageOf } from '../../common/errors.ts';
import { madeUpSet, recipes } from './model/made-up-set.ts';
import { type RegressionSet, storedSets } from './model/regression-set.ts';
import { type SetScore, scoreSet } from './model/set-score.ts';
import { triedByCommand } from './model/trial-by-command.ts';
import { type Tried, triedHere } from './model/trial.ts';

const usage = `usage: npm run bench:model -- [options]
  --data DIR     folder of sets with baselines (default: BENCH_DATA, else ../shared/data/bench)
  --only TEXT    sets whose name has this text, several separated by commas
  --through WAY  code, command or inference: train in this process (default), or with the built commands,
                 the schema given in a file or inferred from the CSV
  --stored       only the sets of the folder, none of those made up here
  --seed N       seed of the trainings (default: 1)`;

const options = { data: { type: 'string' }, only: { type: 'string' }, through: { type: 'string', default: 'code' }, stored: { type: 'boolean', default: false }, seed: { type: 'string', default: '1' } } as const;

const ways: Record<string, Tried> = { code: triedHere, command: triedByCommand('file'), inference: triedByCommand('inference') };

const columns = ['set', 'RMSE', 'MAE', 'best', 'by', 'ratio', 'coverage', 'least level', 'width', 'score', 'best score', 'train s', 'µs/part', 'MB', 'families'];

function line({ name, rmse, mae, best, ratio, coverage, levelCoverage, width, intervalScore, bestIntervalScore, trainingSeconds, microseconds, megabytes, families }: SetScore): string[] {
  const figure = (value: number): string => String(Number(value.toPrecision(4)));
  const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
  return [name, figure(rmse), figure(mae), figure(best.error), best.by, ratio.toFixed(3), share(coverage), share(levelCoverage), figure(width), figure(intervalScore), bestIntervalScore === undefined ? '' : figure(bestIntervalScore), trainingSeconds.toFixed(1), microseconds.toFixed(1), megabytes.toFixed(2), families];
}

function table(rows: readonly string[][]): string {
  const widths = columns.map((_, c) => Math.max(...rows.map((row) => row[c]?.length ?? 0)));
  return rows.map((row) => row.map((cell, c) => cell.padEnd(widths[c] ?? 0)).join('  ').trimEnd()).join('\n');
}

const geometricMean = (values: readonly number[]): string => Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length).toFixed(3);

/** The geometric means of ratios of error and of interval score, with the worst ratio. */
function summary(title: string, scores: readonly SetScore[]): string {
  const worst = scores.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  const intervals = scores.flatMap(({ intervalScore, bestIntervalScore }) => (bestIntervalScore === undefined ? [] : [intervalScore / bestIntervalScore]));
  const ofIntervals = intervals.length > 0 ? `; interval score ${geometricMean(intervals)} of the best` : '';
  return `${geometricMean(scores.map(({ ratio }) => ratio))} of ${title}, geometric mean over ${scores.length} sets; worst ${worst.ratio.toFixed(3)} (${worst.name})${ofIntervals}`;
}

/** Scores the sets one by one, telling each as it is done, then all in one table with the geometric means of the ratios. */
function bench(args: readonly string[], environment: NodeJS.ProcessEnv): void {
  const given = readArguments([...args], options, usage);
  const tried = ways[given.through];
  if (!tried) throw new Error(`--through: expected ${Object.keys(ways).join(', ')}, got "${given.through}"\n${usage}`);
  const seed = wholeOption(given.seed, 'seed', 0, 2 ** 31 - 1);
  const folder = given.data ?? (environment.BENCH_DATA || '../shared/data/bench');
  const wanted = given.only?.split(',');
  const isWanted = (name: string): boolean => wanted === undefined || wanted.some((text) => name.includes(text));
  const stored = storedSets(folder);
  if (stored.length === 0) process.stdout.write(`no sets with baselines in ${folder}: only the made-up ones are scored\n`);
  const madeUp = given.stored ? [] : Object.entries(recipes).map(([name, recipe]) => ({ name, make: () => madeUpSet(name, recipe) }));
  const groups: { title: string; sets: { name: string; make: () => RegressionSet }[] }[] = [
    { title: 'the best single baseline of each set', sets: stored },
    { title: 'the law that made the parts', sets: madeUp },
  ];
  const rows: string[][] = [columns];
  const means: string[] = [];
  for (const { title, sets } of groups) {
    const scores: SetScore[] = [];
    for (const { name, make } of sets) {
      if (!isWanted(name)) continue;
      const score = scoreSet(make(), seed, tried);
      scores.push(score);
      process.stderr.write(`${score.name}: ${score.ratio.toFixed(3)} of ${score.best.by}\n`);
    }
    rows.push(...scores.map(line));
    if (scores.length > 0) means.push(summary(title, scores));
  }
  process.stdout.write(`${table(rows)}\n\n${means.join('\n')}\n`);
}

try {
  bench(process.argv.slice(2), process.env);
} catch (error) {
  process.stderr.write(`bench:model: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
