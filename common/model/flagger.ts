import type { PartColumns } from '../part.ts';
import type { PartSchema } from '../part-schema.ts';

/** Says what is unusual about parts: values outside the learned range, levels that training never saw, missing values. */
export class Flagger {
  readonly #ranges: { column: number; name: string; min: number; max: number }[];
  readonly #categories: { column: number; name: string }[];
  readonly #numbers: { column: number; name: string }[];

  constructor(schema: PartSchema) {
    const features = schema.features.map((feature, column) => ({ ...feature, column }));
    this.#ranges = features.flatMap(({ name, learned, column }) => (learned ? [{ column, name, ...learned }] : []));
    this.#categories = features.filter(({ kind }) => kind === 'category');
    this.#numbers = features.filter(({ kind, learned }) => kind !== 'category' && !learned);
  }

  /** Tells each flag of rows `from` to `to` - 1. */
  flag(parts: PartColumns, from: number, to: number, tell: (row: number, flag: string) => void): void {
    for (const { column, name, min, max } of this.#ranges) {
      const values = parts.columns[column];
      for (let row = from; row < to; row++) {
        const value = values?.[row] ?? min;
        if (value >= min && value <= max) continue;
        if (Number.isNaN(value)) tell(row, `${name} is missing`);
        else tell(row, value < min ? `${name} ${value} is ${far(min - value, max - min)}below the learned ${min}` : `${name} ${value} is ${far(value - max, max - min)}above the learned ${max}`);
      }
    }
    for (const { column, name } of this.#categories) {
      const values = parts.columns[column];
      for (let row = from; row < to; row++) {
        const code = values?.[row] ?? 0;
        if (code >= 0) continue;
        tell(row, code < 0 ? `${name} is unknown: no part of training has it` : `${name} is missing`);
      }
    }
    for (const { column, name } of this.#numbers) {
      const values = parts.columns[column];
      for (let row = from; row < to; row++) if (Number.isNaN(values?.[row])) tell(row, `${name} is missing`);
    }
  }
}

/** How far beyond the learned range, in words, where that is more than a tenth of it. */
function far(distance: number, range: number): string {
  return range > 0 && distance > 0.1 * range ? `${Math.round((100 * distance) / range)} % of the learned range ` : '';
}
