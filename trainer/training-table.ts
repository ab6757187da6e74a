import { SpindleError } from '../common/errors.ts';
import type { PartColumns } from '../common/part.ts';
import type { Feature, PartSchema } from '../common/part-schema.ts';
import { bulkOf } from './far-values.ts';
import { rangeProblem } from './target-value.ts';

/** Finished parts to learn from: features by column, a category as the index of its level or -1, NaN where a value is missing, and the measured target of each part. */
export interface TrainingTable extends PartColumns {
  target: Float64Array;
}

/** A table with what is known of it. */
export interface TrainingData {
  /** The features with the range of each that the table holds. */
  schema: PartSchema;
  table: TrainingTable;
  refused: RefusedRows;
  /** The line of the file that each row comes from, where there is a file. */
  lines?: Uint32Array;
  /** What was left out or changed while reading, in words. */
  notes: string[];
}

/** Rows that cannot be learned from. */
export interface RefusedRows {
  count: number;
  /** The first hundred. */
  first: { line: number; reason: string }[];
  /** How many by the column that is wrong, the most frequent first; an empty name for a row with more or fewer cells than the header. */
  by?: { column: string; rows: number }[];
}

/** Rows without which no model is worth its name. */
export const minRows = 20;

/** A Float64Array that grows as values come. */
export class GrowingColumn {
  #values = new Float64Array(1_024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  /** The values so far, in an array of their own. */
  values(): Float64Array {
    return this.#values.slice(0, this.length);
  }
}

/** The schema with what the table tells of each feature: the range of a number without values absurdly far from all others, levels that no part has, and whether some parts have no value. */
export function withLearnedRanges(schema: PartSchema, table: PartColumns): PartSchema {
  return { ...schema, features: schema.features.map((feature, f) => learned(feature, table.columns[f] ?? new Float64Array())) };
}

function learned({ learned: _range, unseen: _unseen, optional: _gaps, ...feature }: Feature, values: Float64Array): Feature {
  const { levels } = feature;
  const seen = new Uint8Array(levels?.length ?? 0);
  let missing = 0;
  for (const value of values) {
    if (Number.isNaN(value)) missing++;
    else if (levels) seen[value] = 1;
  }
  const bulk = levels ? undefined : bulkOf(values);
  const unseen = levels?.filter((_, code) => seen[code] === 0) ?? [];
  return { ...feature, ...(missing > 0 && { optional: true }), ...(unseen.length > 0 && { unseen }), ...(bulk && { learned: { min: bulk.min, max: bulk.max } }) };
}

/** Throws `unusable_training_data` for a table of too few rows, or of one target value throughout or none but tiny ones. */
export function checkTable({ schema, table, refused }: TrainingData): void {
  const { name } = schema.target;
  if (table.rows < minRows) {
    const issues = refused.first.map(({ line, reason }) => ({ line, field: '', value: null, message: reason }));
    const why = refused.count > 0 ? `; ${refused.count} rows were refused, the first because of ${refused.first[0]?.reason ?? ''}` : '';
    throw new SpindleError('unusable_training_data', `${table.rows} usable rows; at least ${minRows} finished parts are needed${why}`, { issues });
  }
  const [smallest, largest] = table.target.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity] as [number, number]);
  const problem = rangeProblem(name, smallest, largest);
  if (problem !== undefined) throw new SpindleError('unusable_training_data', problem);
}
