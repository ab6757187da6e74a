import { type PartColumns, shortened } from '../part.ts';
import type { PartSchema } from '../part-schema.ts';

/** Says what is unusual about parts: values outside the learned range, levels that training never saw, missing values. */
export class Flagger {
  readonly #ranges: { column: number; name: string; min: number; max: number }[];
  readonly #categories: { column: number; name: string; levels: readonly string[]; unseen: ReadonlySet<number> | undefined }[];
  readonly #numbers: { column: number; name: string }[];
  readonly #reads: ReadonlySet<string>;

  readonly #tooFew: ReadonlyMap<string, ReadonlySet<number>>;

  /** `reads`: the features that the model reads; any other may be missing without a word. `tooFew`: by category the levels of training parts that are estimated as unknown all the same. */
  constructor(schema: PartSchema, reads: ReadonlySet<string>, tooFew: ReadonlyMap<string, ReadonlySet<number>>) {
    this.#tooFew = tooFew;
    this.#reads = reads;
    const features = schema.features.map((feature, column) => ({ ...feature, column }));
    this.#ranges = features.flatMap(({ name, learned, column }) => (learned ? [{ column, name, ...learned }] : []));
    this.#categories = features
      .filter(({ kind }) => kind === 'category')
      .map(({ name, column, levels = [], unseen }) => ({ column, name, levels, unseen: unseen && new Set(unseen.map((level) => levels.indexOf(level))) }));
    this.#numbers = features.filter(({ kind, learned }) => kind !== 'category' && !learned).filter(({ name }) => reads.has(name));
  }

  /** Tells each flag of rows `from` to `to` - 1. */
  flag(parts: PartColumns, from: number, to: number, tell: (row: number, flag: string) => void): void {
    for (const { column, name, min, max } of this.#ranges) {
      const values = parts.columns[column];
      for (let row = from; row < to; row++) {
        const value = values?.[row] ?? min;
        if (value >= min && value <= max) continue;
        if (Number.isNaN(value)) {
          if (this.#reads.has(name)) tell(row, `${name} is missing`);
        } else tell(row, value < min ? `${name} ${value} is ${far(min - value, max - min)}below the learned ${min}` : `${name} ${value} is ${far(value - max, max - min)}above the learned ${max}`);
      }
    }
    for (const { column, name, levels, unseen } of this.#categories) {
      const values = parts.columns[column];
      const texts = parts.unknown?.[column];
      const tooFew = this.#tooFew.get(name);
      for (let row = from; row < to; row++) {
        const code = values?.[row] ?? 0;
        if (code >= 0 && (unseen === undefined || !unseen.has(code))) {
          if (tooFew?.has(code) === true) tell(row, `${name} "${shortened(levels[code] ?? '')}" is estimated as unknown: too few training parts have it`);
          continue;
        }
        if (Number.isNaN(code)) {
          if (this.#reads.has(name)) tell(row, `${name} is missing`);
          continue;
        }
        const text = code >= 0 ? shortened(levels[code] ?? '') : texts?.[row];
        tell(row, `${name}${text === undefined ? '' : ` "${text}"`} is unknown: no training part has it`);
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
  const share = range > 0 ? distance / range : 0;
  if (share > 10) return `${Math.round(share)} times the learned range `;
  return share > 0.1 ? `${Math.round(100 * share)} % of the learned range ` : '';
}
