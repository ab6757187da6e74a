import type { FieldIssue } from './errors.ts';
import { nearest } from './nearest.ts';
import { type Feature, type PartSchema, expectation } from './part-schema.ts';

/** A part's features in the order of its schema: numbers as numbers, categories as their level. */
export type Part = (number | string)[];

/** Parts by feature: `columns[f][row]`; a category's value is the index of its level in the schema. */
export interface PartColumns {
  rows: number;
  columns: Float64Array[];
}

/** The part as one text, equal for equal parts: the cache's key. */
export function canonical(part: Part): string {
  return JSON.stringify(part);
}

/** Largest size of a number: beyond it no part is meant, doubles no longer hold whole numbers, and powers of it would overflow. */
const largestNumber = 1e15;

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
  readonly #levels: Set<string>;
  readonly #above: number;
  readonly #min: number;
  readonly #max: number;

  constructor(feature: Feature) {
    this.feature = feature;
    this.#levels = new Set(feature.levels);
    this.#above = feature.above ?? -Infinity;
    this.#min = feature.min ?? -Infinity;
    this.#max = feature.max ?? Infinity;
  }

  /** The value that a CSV cell or query parameter spells, or undefined. */
  fromText(text: string): number | string | undefined {
    const trimmed = text.trim();
    if (this.feature.kind === 'category') return this.#levels.has(trimmed) ? trimmed : undefined;
    const value = decimal(trimmed);
    return value === undefined ? undefined : this.#checked(value);
  }

  /** The value that a JSON field holds, or undefined; a number in quotes is not a number. */
  fromJson(value: unknown): number | string | undefined {
    if (this.feature.kind === 'category') return typeof value === 'string' && this.#levels.has(value) ? value : undefined;
    return typeof value === 'number' && Number.isFinite(value) ? this.#checked(value) : undefined;
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

  /** Parts as columns of numbers, the form that a model computes on. Throws RangeError for a value outside the schema. */
  toColumns(parts: readonly Part[]): PartColumns {
    const columns = this.schema.features.map((feature, f) => {
      const codes = feature.levels && new Map(feature.levels.map((level, code) => [level, code]));
      return Float64Array.from(parts, (part) => {
        const value = part[f];
        const number = typeof value === 'string' ? codes?.get(value) : value;
        if (number === undefined) throw new RangeError(`${feature.name} has no level ${JSON.stringify(value)}`);
        return number;
      });
    });
    return { rows: parts.length, columns };
  }
}

/** A value as an error may repeat it: scalars as they are, long texts cut, anything else as JSON. */
export function presentable(value: unknown): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
  const text = typeof value === 'string' ? value : typeof value === 'number' ? String(value) : jsonText(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return 'a value nested too deeply to show'; // the parser takes any depth, the writer does not
  }
}
