import { Estimator } from '../../../common/model/estimator.ts';
import { trainModel } from '../../../trainer/train-model.ts';
import { withLearnedRanges } from '../../../trainer/training-table.ts';
import type { RegressionSplit } from './regression-set.ts';

/** What came of training on a split: estimates of its test parts, and what they cost. */
export interface Trial {
  value: Float64Array;
  low: Float64Array;
  high: Float64Array;
  /** Processor time of the training in seconds, and time of an estimate in microseconds. */
  trainingSeconds: number;
  microseconds: number;
  /** Size of model.json. */
  bytes: number;
  weights: { name: string; weight: number }[];
}

/** A way to train and estimate. */
export type Tried = (split: RegressionSplit, seed: number) => Trial;

/** In this process, through the Estimator that the workers use. */
export function triedHere({ schema, train, test }: RegressionSplit, seed: number): Trial {
  const before = process.cpuUsage();
  const trained = trainModel({ data: { schema: withLearnedRanges(schema, train), table: train, refused: { count: 0, first: [] }, notes: [] }, source: { name: 'bench', sha256: '' }, seed });
  const { user, system } = process.cpuUsage(before);
  const estimator = new Estimator('bench', trained.schema, trained.model);
  const out: { value: number[]; low: number[]; high: number[]; flags: Record<string, string[]> } = { value: [], low: [], high: [], flags: {} };
  const start = process.cpuUsage();
  estimator.append(test, 0, test.rows, out);
  const estimating = process.cpuUsage(start);
  return {
    value: Float64Array.from(out.value),
    low: Float64Array.from(out.low),
    high: Float64Array.from(out.high),
    trainingSeconds: (user + system) / 1e6,
    microseconds: (estimating.user + estimating.system) / test.rows,
    bytes: JSON.stringify(trained.model).length,
    weights: (trained.report.families ?? []).map(({ name, weight }) => ({ name, weight })),
  };
}
