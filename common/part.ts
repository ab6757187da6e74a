import { z } from 'zod';
import type { FieldIssue } from './errors.ts';
import { nearest } from './nearest.ts';
import { type Feature, type PartSchema, expectation } from './part-schema.ts';

/** A part's features in the order of its schema: numbers as numbers, categories as their level, null for a missing value. */
export type Part = (number | string | null)[];

/** Texts of levels that a schema does not have, by feature and row, for the flags to quote. */
export const unknownLevelsSchema = z.record(z.string(), z.record(z.string(), z.string()));

export type UnknownLevels = z.infer<typeof unknownLevelsSchema>;

/** Parts by feature: `columns[f][row]`; a category's value is the index of its level in the schema, -1 for a level that the schema does not have; NaN for a missing value. */
export interface PartColumns {
  rows: number;
  columns: Float64Array[];
  unknown?: UnknownLevels | undefined;
}

/** What becomes of a part with a level that its schema does not have, or without a value where training always had one. */
export const unknownPolicySchema = z.enum(['reject', 'estimate'], 'expected reject or estimate');

export type UnknownPolicy = z.infer<typeof unknownPolicySchema>;

/** The part as one text, equal for equal parts: the cache's key. A missing value is null, an unknown level is unlike every known one. */
export function canonical(part: Part): string {
  return JSON.stringify(part);
}

/** Characters of a text that flags and errors repeat. */
const shownLength = 80;

/** A text as flags and errors repeat it: its beginning, in whole characters, where it is long. */
export function shortened(text: string): string {
  return text.length > shownLength ? `${text.slice(0, shownLength).replace(/[\uD800-\uDBFF]$/, '')}…` : text;
}

/** Largest size of a number: beyond it no part is meant, doubles no longer hold whole numbers, and powers of it would overflow. */
export const largestNumber = 1e15;

const decimalNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The number that a text spells in plain decimal notation, or undefined: no hexadecimal, no Infinity, nothing for empty text. */
export function decimal(text: string): number | undefined {
  if (!decimalNumber.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Reads values of one feature, strictly: what is not clearly right is an issue, never a guess. */
export class FeatureReader {
  readonly feature: Feature;
  readonly #levels: Map<string, number>;
  readonly #above: number;
  readonly #min: number;
  readonly #max: number;
  readonly #optional: boolean;

  constructor(feature: Feature) {
    this.feature = feature;
    this.#optional = feature.optional === true;
    this.#levels = new Map(feature.levels?.map((level, code) => [level, code]));
    this.#above = feature.above ?? -Infinity;
    this.#min = feature.min ?? -Infinity;
    this.#max = feature.max ?? Infinity;
  }

  /** The value that a query parameter spells; null for a missing one; undefined for what is refused. */
  fromText(text: string | undefined, unknown: UnknownPolicy = 'reject'): number | string | null | undefined {
    const trimmed = text?.trim() ?? '';
    if (trimmed === '') return this.#missing(unknown);
    if (this.feature.kind === 'category') return this.#level(trimmed, unknown);
    const value = decimal(trimmed);
    return value === undefined ? undefined : this.#checked(value);
  }

  /** The value that a table's cell spells, as a column holds it: NaN for a missing one, a category as the index of its level or -1; undefined for what is refused. */
  fromCell(text: string, unknown: UnknownPolicy = 'reject'): number | undefined {
    const trimmed = text.trim();
    if (trimmed === '') return this.#missing(unknown) === null ? NaN : undefined;
    if (this.feature.kind === 'category') return this.#levels.get(trimmed) ?? (unknown === 'estimate' ? -1 : undefined);
    const value = decimal(trimmed);
    return value === undefined ? undefined : this.#checked(value);
  }

  /** The value that a JSON field holds; null for a missing one; undefined for what is refused: a number in quotes is not a number. */
  fromJson(value: unknown, unknown: UnknownPolicy = 'reject'): number | string | null | undefined {
    if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) return this.#missing(unknown);
    if (this.feature.kind === 'category') {
      if (typeof value !== 'string') return undefined;
      return this.#level(this.#levels.has(value) || unknown === 'reject' ? value : value.trim(), unknown);
    }
    return typeof value === 'number' && Number.isFinite(value) ? this.#checked(value) : undefined;
  }

  /** A level that the schema does not have, as parts and flags carry it: short, and never the same as a level of the schema. */
  unknownLevel(text: string): string {
    let level = shortened(text.trim());
    while (this.#levels.has(level)) level += '…';
    return level;
  }

  #missing(unknown: UnknownPolicy): null | undefined {
    return this.#optional || unknown === 'estimate' ? null : undefined;
  }

  #level(text: string, unknown: UnknownPolicy): string | undefined {
    if (this.#levels.has(text)) return text;
    return unknown === 'estimate' ? this.unknownLevel(text) : undefined;
  }

  /** A value as a column holds it; undefined where its kind is another than the feature's. */
  codeOf(value: number | string): number | undefined {
    if (typeof value === 'number') return this.feature.kind === 'category' ? undefined : value;
    return this.feature.kind === 'category' ? (this.#levels.get(value) ?? -1) : undefined;
  }

  #checked(value: number): number | undefined {
    if (value <= this.#above || value < this.#min || value > this.#max || Math.abs(value) > largestNumber) return undefined;
    if (this.feature.kind === 'integer' && !Number.isInteger(value)) return undefined;
    return value === 0 ? 0 : value; // -0 and 0 are one part
  }

  /** What is wrong with a value that `fromText` or `fromJson` refused; `place` leads the sentence. */
  issue(value: unknown, place: string): FieldIssue {
    const { feature } = this;
    const shown = presentable(value);
    const got = shown === null ? 'nothing' : typeof shown === 'string' ? `"${shown}"` : String(shown);
    const issue: FieldIssue = { field: feature.name, value: shown, message: `${place}: expected ${expectation(feature)}, got ${got}` };
    const fix = this.#fix(value);
    return fix === undefined ? issue : { ...issue, fix };
  }

  #fix(value: unknown): string | undefined {
    const { feature } = this;
    if (value === undefined || value === null || value === '') return `give ${feature.name} a value`;
    if (feature.kind === 'category') {
      const near = typeof value === 'string' ? nearest(value, feature.levels ?? []) : undefined;
      return near === undefined ? `use ${expectation(feature)}` : `did you mean "${near}"?`;
    }
    if (typeof value === 'string' && decimal(value.trim()) !== undefined && this.#checked(Number(value)) !== undefined) {
      return 'send the number without quotes';
    }
    if (typeof value === 'string' && /^\s*[+-]?\d+,\d+\s*$/.test(value)) return 'write the decimals after a point, not a comma';
    if ((typeof value === 'string' || typeof value === 'number') && Math.abs(Number(value)) > largestNumber) return `use a number of at most ${largestNumber} in size`;
    return `use ${expectation(feature)}`;
  }
}

/** Reads whole parts by a schema. */
export class PartReader {
  readonly schema: PartSchema;
  readonly features: readonly FeatureReader[];

  constructor(schema: PartSchema) {
    this.schema = schema;
    this.features = schema.features.map((feature) => new FeatureReader(feature));
  }

  /** Parts as columns of numbers, the form that a model computes on. Throws RangeError for a text where the schema has a number, and the other way round. */
  toColumns(parts: readonly Part[]): PartColumns {
    let unknown: UnknownLevels | undefined;
    const columns = this.features.map((reader, f) => {
      const column = new Float64Array(parts.length);
      for (let row = 0; row < parts.length; row++) {
        const value = parts[row]?.[f] ?? null;
        const number = value === null ? NaN : reader.codeOf(value);
        if (number === undefined) throw new RangeError(`${reader.feature.name} cannot be ${JSON.stringify(value)}`);
        column[row] = number;
        if (number < 0 && typeof value === 'string') ((unknown ??= {})[f] ??= {})[row] = reader.unknownLevel(value);
      }
      return column;
    });
    return { rows: parts.length, columns, unknown };
  }
}

/** A value as an error may repeat it: scalars as they are, long texts cut, anything else as JSON. */
export function presentable(value: unknown): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : jsonText(value);
  return shortened(text);
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return 'a value nested too deeply to show'; // the parser takes any depth, the writer does not
  }
}
