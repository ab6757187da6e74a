import { readArguments } from '../../common/command-line.ts';
import { messageOf } from '../../common/errors.ts';
import { madeUpSet, recipes } from './model/made-up-set.ts';
import { type RegressionSet, storedSets } from './model/regression-set.ts';
import { type SetScore, scoreSet } from './model/set-score.ts';

const usage = `usage: npm run bench:model -- [options]
  --data DIR     folder of sets with baselines (default: BENCH_DATA, else ../shared/data/bench)
  --only TEXT    sets whose name has this text, several separated by commas
  --seed N       seed of the trainings (default: 1)`;

const columns = ['set', 'RMSE', 'MAE', 'best', 'by', 'ratio', 'coverage', 'width', 'score', 'best score', 'train s', 'µs/part', 'MB', 'families'];

function line({ name, rmse, mae, best, ratio, coverage, width, intervalScore, bestIntervalScore, trainingSeconds, microseconds, megabytes, families }: SetScore): string[] {
  const figure = (value: number): string => String(Number(value.toPrecision(4)));
  return [name, figure(rmse), figure(mae), figure(best.error), best.by, ratio.toFixed(3), `${(100 * coverage).toFixed(1)} %`, figure(width), figure(intervalScore), bestIntervalScore === undefined ? '' : figure(bestIntervalScore), trainingSeconds.toFixed(1), microseconds.toFixed(1), megabytes.toFixed(2), families];
}

function table(rows: readonly string[][]): string {
  const widths = columns.map((_, c) => Math.max(...rows.map((row) => row[c]?.length ?? 0)));
  return rows.map((row) => row.map((cell, c) => cell.padEnd(widths[c] ?? 0)).join('  ').trimEnd()).join('\n');
}

/** Scores the sets one by one, telling each as it is done, then all in one table and the geometric means of the ratios. */
function bench(args: readonly string[], environment: NodeJS.ProcessEnv): void {
  const given = readArguments([...args], { data: { type: 'string' }, only: { type: 'string' }, seed: { type: 'string', default: '1' } } as const, usage);
  const folder = given.data ?? (environment.BENCH_DATA || '../shared/data/bench');
  const wanted = given.only?.split(',');
  const isWanted = (name: string): boolean => wanted === undefined || wanted.some((text) => name.includes(text));
  const stored = storedSets(folder);
  if (stored.length === 0) process.stdout.write(`no sets with baselines in ${folder}: only the made-up ones are scored\n`);
  const groups: { title: string; sets: (() => RegressionSet)[] }[] = [
    { title: 'the best single baseline of each set', sets: stored },
    { title: 'the law that made the parts', sets: Object.entries(recipes).map(([name, recipe]) => () => madeUpSet(name, recipe)) },
  ];
  const rows: string[][] = [columns];
  const means: string[] = [];
  for (const { title, sets } of groups) {
    const scores: SetScore[] = [];
    for (const make of sets) {
      const set = make();
      if (!isWanted(set.name)) continue;
      const score = scoreSet(set, Number(given.seed));
      scores.push(score);
      process.stderr.write(`${score.name}: ${score.ratio.toFixed(3)} of ${score.best.by}\n`);
    }
    rows.push(...scores.map(line));
    if (scores.length > 0) means.push(`${Math.exp(scores.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / scores.length).toFixed(3)} of ${title}, geometric mean over ${scores.length} sets; worst ${Math.max(...scores.map(({ ratio }) => ratio)).toFixed(3)}`);
  }
  process.stdout.write(`${table(rows)}\n\n${means.join('\n')}\n`);
}

try {
  bench(process.argv.slice(2), process.env);
} catch (error) {
  process.stderr.write(`bench:model: ${messageOf(error)}\n`);
  process.exitCode = 1;
}
