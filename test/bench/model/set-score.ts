import { meanIntervalScore } from '../../../trainer/fit/calibrate.ts';
import type { RegressionSet } from './regression-set.ts';
import type { Tried } from './trial.ts';

/** How the product did on a set. */
export interface SetScore {
  name: string;
  rmse: number;
  mae: number;
  /** Our error over the best one to compare with. */
  ratio: number;
  best: RegressionSet['best'];
  coverage: number;
  /** Smallest coverage among levels of a category with 200 test parts or more; 1 without one. */
  levelCoverage: number;
  width: number;
  intervalScore: number;
  bestIntervalScore: number | undefined;
  /** Mean time of one training, and time of one estimate in a chunk. */
  trainingSeconds: number;
  microseconds: number;
  megabytes: number;
  families: string;
}

/** Test parts from which the coverage of a level counts. */
const levelRows = 200;

/** Trains on each split, estimates its test parts, and pools the errors. */
export function scoreSet(set: RegressionSet, seed: number, tried: Tried): SetScore {
  const sums = { squares: 0, sizes: 0, inside: 0, width: 0, score: 0, rows: 0, training: 0, estimating: 0, bytes: 0 };
  const weights = new Map<string, number>();
  const levels = new Map<string, { rows: number; inside: number }>();
  for (const split of set.splits) {
    const { schema, test } = split;
    const trial = tried(split, seed);
    sums.training += trial.trainingSeconds;
    sums.bytes = Math.max(sums.bytes, trial.bytes);
    sums.estimating += trial.microseconds * test.rows;
    for (const { name, weight } of trial.weights) weights.set(name, (weights.get(name) ?? 0) + weight / set.splits.length);
    sums.score += meanIntervalScore(trial.low, trial.high, test.target, 0.9) * test.rows;
    for (const [row, actual] of test.target.entries()) {
      const error = actual - (trial.value[row] ?? NaN);
      const [low = NaN, high = NaN] = [trial.low[row], trial.high[row]];
      const isInside = actual >= low && actual <= high ? 1 : 0;
      sums.squares += error * error;
      sums.sizes += Math.abs(error);
      sums.inside += isInside;
      sums.width += high - low;
      for (const [f, feature] of schema.features.entries()) {
        const level = test.columns[f]?.[row] ?? NaN;
        if (feature.kind !== 'category' || !(level >= 0)) continue;
        const counted = levels.get(`${f} ${level}`) ?? { rows: 0, inside: 0 };
        levels.set(`${f} ${level}`, { rows: counted.rows + 1, inside: counted.inside + isInside });
      }
    }
    sums.rows += test.rows;
  }
  const rmse = Math.sqrt(sums.squares / sums.rows);
  const mae = sums.sizes / sums.rows;
  return {
    name: set.name,
    rmse,
    mae,
    ratio: (set.best.measure === 'mae' ? mae : rmse) / set.best.error,
    best: set.best,
    coverage: sums.inside / sums.rows,
    levelCoverage: [...levels.values()].reduce((least, { rows, inside }) => (rows >= levelRows ? Math.min(least, inside / rows) : least), 1),
    width: sums.width / sums.rows,
    intervalScore: sums.score / sums.rows,
    bestIntervalScore: set.intervalScore,
    trainingSeconds: sums.training / set.splits.length,
    microseconds: sums.estimating / sums.rows,
    megabytes: sums.bytes / 1e6,
    families: [...weights].filter(([, weight]) => weight > 0.005).sort((a, b) => b[1] - a[1]).map(([name, weight]) => `${name} ${weight.toFixed(2)}`).join(', '),
  };
}
