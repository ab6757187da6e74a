import { type PartColumns, largestNumber } from '../part.ts';
import type { PartSchema } from '../part-schema.ts';
import { AdditiveRegression } from './additive-regression.ts';
import { CombinedRegression } from './combined-regression.ts';
import { InputReader, type Inputs } from './inputs.ts';
import { scaledBounds } from './interval.ts';
import type { ModelFile } from './model-file.ts';
import { type Background, type Player, shapleyShares } from './shapley.ts';

/** Predictions of some rows with the bounds of their intervals. */
export interface Bounded {
  value: Float64Array;
  low: Float64Array;
  high: Float64Array;
  /** 1 for a row whose value came out below 0 and is cut; undefined where none was. */
  cut?: Uint8Array | undefined;
}

/** What a model does with parts, whatever its kind. */
export interface Regression {
  /** Names of the features that it reads. */
  reads: ReadonlySet<string>;
  /** Predictions and bounds of rows `from` to `to` - 1. */
  predict(parts: PartColumns, from: number, to: number): Bounded;
  /** The average prediction, what each feature, by column, adds to it, and the standard error of that. */
  explain(parts: PartColumns, row: number): { base: number; shares: Float64Array; error: number };
}

/** Names of the features that a model reads: of two parts that agree in them it says the same. */
export function featuresRead(regression: ModelFile['regression']): ReadonlySet<string> {
  switch (regression.kind) {
    case 'additive':
      return new Set(regression.terms.map(({ feature }) => feature));
    case 'combined':
      return new Set([...regression.space.numbers, ...regression.space.categories].map(({ feature }) => feature));
    default:
      return regression satisfies never;
  }
}

/** By category the levels that a model takes for unknown ones: those that training never saw, and those that it did not tell apart. */
export function levelsWithoutGroup(regression: ModelFile['regression']): ReadonlyMap<string, ReadonlySet<number>> {
  if (regression.kind === 'additive') return new Map();
  return new Map(regression.space.categories.flatMap((category) => (category.kind === 'levels' ? [[category.feature, new Set(category.group_of.flatMap((group, code) => (group < 0 ? [code] : [])))]] : [])));
}

/** The regression of a model file. Throws RangeError where it does not fit the schema, or its interval does not fit it. */
export function regressionOf({ regression, interval, background }: Pick<ModelFile, 'regression' | 'interval' | 'background'>, schema: PartSchema): Regression {
  switch (regression.kind) {
    case 'additive': {
      if (interval.kind !== 'absolute') throw new RangeError('an additive model has an absolute interval');
      return additive(new AdditiveRegression(regression, schema), featuresRead(regression), interval.half_width);
    }
    case 'combined': {
      if (interval.kind !== 'scaled' || !background) throw new RangeError('a combined model has a scaled interval, and parts to explain others against');
      return combined(new CombinedRegression(regression), new InputReader(regression.space, schema), interval, background);
    }
    default:
      return regression satisfies never;
  }
}

function additive(regression: AdditiveRegression, reads: ReadonlySet<string>, halfWidth: number): Regression {
  return {
    reads,
    predict: (parts, from, to) => {
      const value = new Float64Array(to - from);
      regression.predict(parts, from, to, value);
      return { value, low: value.map((center) => center - halfWidth), high: value.map((center) => center + halfWidth) };
    },
    explain: (parts, row) => {
      const value = new Float64Array(1);
      regression.predict(parts, row, row + 1, value);
      const shares = Float64Array.from(regression.contributions(parts, row));
      return { base: shares.reduce((rest, share) => rest - share, value[0] ?? 0), shares, error: 0 };
    },
  };
}

/** What a part is like that has only some of a far one's values may be predicted at any size. No such prediction counts for more than this many times the larger of the estimate and its background, or what they leave would be lost in rounding. */
const mostTimes = 1e6;

function combined(regression: CombinedRegression, reader: InputReader, interval: Parameters<typeof scaledBounds>[0], background: NonNullable<ModelFile['background']>): Regression {
  const columns = reader.columns();
  const rows = background.numbers[0]?.length ?? background.categories[0]?.length ?? 0;
  const against: Background = {
    parts: { rows, numbers: background.numbers.map((values) => Float64Array.from(values)), categories: background.categories.map((groups) => Int32Array.from(groups)) },
    weights: Float64Array.from(background.weights),
  };
  if (against.weights.length !== rows) throw new RangeError('the parts to explain others against do not have a weight each');
  const features = [...new Set([...columns.numbers, ...columns.categories])].sort((a, b) => a - b);
  const players: Player[] = features.map((column) => ({ numbers: positions(columns.numbers, column), categories: positions(columns.categories, column) }));
  const typical = regression.values(against.parts).reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return {
    reads: featuresRead(regression.model),
    predict: (parts, from, to) => {
      const inputs = reader.read(parts, from, to);
      const prediction = regression.predict(inputs);
      const isMissing = columns.numbers.some((column) => parts.columns[column]?.subarray(from, to).some(Number.isNaN)) ? (number: number, row: number) => Number.isNaN(parts.columns[columns.numbers[number] ?? 0]?.[from + row]) : undefined;
      return { value: prediction.value, cut: prediction.cut, ...scaledBounds(interval, inputs, prediction, isMissing) };
    },
    explain: (parts, row) => {
      const inputs = reader.read(parts, row, row + 1);
      const limit = Math.min(largestNumber, mostTimes * Math.max(typical, Math.abs(regression.values(inputs)[0] ?? NaN) || 0));
      const predict = (some: Inputs): Float64Array => regression.values(some, true).map((value) => (value <= limit ? Math.max(-limit, value) : limit));
      const { base, shares, error } = shapleyShares(predict, inputs, against, players);
      const byColumn = new Float64Array(parts.columns.length);
      for (const [player, column] of features.entries()) byColumn[column] = shares[player] ?? 0;
      return { base, shares: byColumn, error };
    },
  };
}

function positions(columns: readonly number[], wanted: number): number[] {
  return columns.flatMap((column, at) => (column === wanted ? [at] : []));
}
