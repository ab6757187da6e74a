import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { PartSchema } from '../../../common/part-schema.ts';
import type { TrainingTable } from '../../../trainer/training-table.ts';

/** One training table with the parts to predict. */
export interface RegressionSplit {
  schema: PartSchema;
  train: TrainingTable;
  test: TrainingTable;
}

/** Splits whose errors are pooled, and what there is to compare with. */
export interface RegressionSet {
  name: string;
  splits: RegressionSplit[];
  /** Error to compare with, and what it is of. */
  best: { by: string; error: number; measure: 'rmse' | 'mae' };
  /** The best interval score to compare with. */
  intervalScore?: number;
}

const sidecarSchema = z.object({ target: z.string(), numeric: z.array(z.string()), categorical: z.array(z.string()), folds: z.array(z.array(z.int())).optional() });
const baselineSchema = z.record(
  z.string(),
  z.object({
    primary: z.enum(['rmse', 'mae']),
    best: z.object({ method: z.string(), rmse: z.number(), mae: z.number() }),
    intervals_90: z.record(z.string(), z.union([z.string(), z.object({ interval_score: z.number() })])).optional(),
  }),
);

/** The sets of a folder in the form of ../shared/data/bench; none where the folder is absent. */
export function storedSets(folder: string): { name: string; make: () => RegressionSet }[] {
  const path = join(folder, 'baselines.json');
  if (!existsSync(path)) return [];
  const baselines = baselineSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return Object.entries(baselines).map(([name, { primary, best, intervals_90 = {} }]) => {
    const scores = Object.values(intervals_90).flatMap((one) => (typeof one === 'object' ? [one.interval_score] : []));
    const make = (): RegressionSet => ({ name, splits: splitsOf(folder, name), best: { by: best.method, error: best[primary], measure: primary }, ...(scores.length > 0 && { intervalScore: Math.min(...scores) }) });
    return { name, make };
  });
}

/** A set's trainings with their test parts: one for each fold of a sidecar, else one for each training file beside one test file. */
function splitsOf(folder: string, name: string): RegressionSplit[] {
  const path = join(folder, `${name}.json`);
  const sidecar = existsSync(path) ? sidecarSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : undefined;
  if (sidecar?.folds) {
    const { target, numeric, categorical, folds } = sidecar;
    const file = readTable(join(folder, `${name}.csv`));
    const { schema, table } = typed(file, target, numeric, categorical, [file]);
    return folds.map((rows) => {
      const held = new Set(rows);
      return { schema, train: pick(table, Array.from({ length: table.rows }, (_, row) => row).filter((row) => !held.has(row))), test: pick(table, rows) };
    });
  }
  const test = readTable(join(folder, `${name}.test.csv`));
  const trainings = ['train', ...Array.from({ length: 20 }, (_, k) => `train_${k + 1}`)].map((part) => join(folder, `${name}.${part}.csv`)).filter((file) => existsSync(file));
  return trainings.map((file) => {
    const train = readTable(file);
    const categorical = sidecar?.categorical ?? ['material', 'process'];
    const numeric = sidecar?.numeric ?? train.header.filter((column) => column !== 'time_min' && column !== 'part_id' && !categorical.includes(column));
    const { schema, table } = typed(train, 'time_min', numeric, categorical, [train]);
    return { schema, train: table, test: typed(test, 'time_min', numeric, categorical, [train]).table };
  });
}

interface TextTable {
  header: string[];
  rows: string[][];
}

function readTable(path: string): TextTable {
  const [header = [], ...rows] = readFileSync(path, 'utf8').trim().split(/\r?\n/).map((line) => line.split(','));
  return { header, rows };
}

/** Levels are those of `levelsFrom`: a level that only the test has is unknown. */
function typed({ header, rows }: TextTable, target: string, numeric: readonly string[], categorical: readonly string[], levelsFrom: readonly TextTable[]): { schema: PartSchema; table: TrainingTable } {
  const levelsOf = (name: string): string[] => [...new Set(levelsFrom.flatMap((from) => from.rows.map((row) => row[from.header.indexOf(name)] ?? '')))].filter((level) => level !== '').sort();
  const features: PartSchema['features'] = [...numeric.map((name) => ({ name, kind: 'number' as const })), ...categorical.map((name) => ({ name, kind: 'category' as const, levels: levelsOf(name) }))];
  const columns = features.map(({ name, levels }) => {
    const at = header.indexOf(name);
    return Float64Array.from(rows, (row) => (row[at] === '' ? NaN : levels ? levels.indexOf(row[at] ?? '') : Number(row[at])));
  });
  const at = header.indexOf(target);
  return { schema: { features, target: { name: target } }, table: { rows: rows.length, columns, target: Float64Array.from(rows, (row) => Number(row[at])) } };
}

function pick(table: TrainingTable, rows: readonly number[]): TrainingTable {
  const some = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row] ?? NaN);
  return { rows: rows.length, columns: table.columns.map(some), target: some(table.target) };
}
