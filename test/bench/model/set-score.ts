import { Estimator } from '../../../common/model/estimator.ts';
import { trainModel } from '../../../trainer/train-model.ts';
import { withLearnedRanges } from '../../../trainer/training-table.ts';
import { meanIntervalScore } from '../../../trainer/fit/calibrate.ts';
import type { RegressionSet } from './regression-set.ts';

/** How the product did on a set. */
export interface SetScore {
  name: string;
  rmse: number;
  mae: number;
  /** Our error over the best one to compare with. */
  ratio: number;
  best: RegressionSet['best'];
  coverage: number;
  width: number;
  intervalScore: number;
  bestIntervalScore: number | undefined;
  /** Processor time of one training, and time of one estimate in a chunk. */
  trainingSeconds: number;
  microseconds: number;
  megabytes: number;
  families: string;
}

/** Trains on each split, estimates its test parts through the Estimator that the workers use, and pools the errors. */
export function scoreSet(set: RegressionSet, seed: number): SetScore {
  const sums = { squares: 0, sizes: 0, inside: 0, width: 0, score: 0, rows: 0, training: 0, estimating: 0, bytes: 0 };
  const weights = new Map<string, number>();
  for (const { schema, train, test } of set.splits) {
    const before = process.cpuUsage();
    const trained = trainModel({ data: { schema: withLearnedRanges(schema, train), table: train, refused: { count: 0, first: [] }, notes: [] }, source: { name: set.name, sha256: '' }, seed });
    const { user, system } = process.cpuUsage(before);
    sums.training += (user + system) / 1e6;
    sums.bytes = Math.max(sums.bytes, JSON.stringify(trained.model).length);
    for (const { name, weight } of trained.report.families ?? []) weights.set(name, (weights.get(name) ?? 0) + weight / set.splits.length);
    const estimator = new Estimator('bench', trained.schema, trained.model);
    const out = { value: [], low: [], high: [], flags: {} };
    const start = performance.now();
    estimator.append(test, 0, test.rows, out);
    sums.estimating += performance.now() - start;
    const [value, low, high] = [out.value, out.low, out.high].map((values) => Float64Array.from(values));
    if (!value || !low || !high) continue;
    sums.score += meanIntervalScore(low, high, test.target, 0.9) * test.rows;
    for (const [row, actual] of test.target.entries()) {
      const error = actual - (value[row] ?? NaN);
      sums.squares += error * error;
      sums.sizes += Math.abs(error);
      if (actual >= (low[row] ?? NaN) && actual <= (high[row] ?? NaN)) sums.inside++;
      sums.width += (high[row] ?? NaN) - (low[row] ?? NaN);
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
    width: sums.width / sums.rows,
    intervalScore: sums.score / sums.rows,
    bestIntervalScore: set.intervalScore,
    trainingSeconds: sums.training / set.splits.length,
    microseconds: (1e3 * sums.estimating) / sums.rows,
    megabytes: sums.bytes / 1e6,
    families: [...weights].filter(([, weight]) => weight > 0.005).sort((a, b) => b[1] - a[1]).map(([name, weight]) => `${name} ${weight.toFixed(2)}`).join(', '),
  };
}
