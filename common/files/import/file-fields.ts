import { type Feature, type PartSchema, planningColumns, shortName } from '../../part-schema.ts';
import { nearest } from '../../nearest.ts';
import { comparableWord } from './comparable-word.ts';
import { columnInitials, fartherAliases } from './known-words.ts';
import { type Unit, bareUnit, unitNamed, unmistakable } from './units.ts';
import type { Vocabulary } from './vocabulary.ts';

export type PlanningField = (typeof planningColumns)[number];

/** Something that a file may have a column for: a feature of the model, or a planning column. */
export interface FileField {
  name: string;
  feature: Feature | undefined;
  /** The unit of its values, where it is one that converts. */
  unit: Unit | undefined;
  /** True where a unit can stand in the header: for whatever is measured. */
  measured: boolean;
}

const planningUnits: Partial<Record<PlanningField, string>> = { setup_min: 'min', quantity: 'pcs' };

/** How surely a name means a field: 0 its own name, 1 its name without the unit, 2 an alias, 3 one that counts where there is none of these, 4 an initial, which needs a unit beside it. */
export type Closeness = 0 | 1 | 2 | 3 | 4;

// `partId`, `DueDate`
const joined = /(\p{Ll})(?=\p{Lu})/gu;

/** All fields of a schema and of planning, and the names that they go by. */
export class FileFields {
  readonly fields: readonly FileField[];
  readonly #names = new Map<string, { field: FileField; closeness: Closeness }[]>();

  constructor(schema: PartSchema, vocabulary: Vocabulary) {
    const features = schema.features.map((feature) => field(feature.name, feature, feature.unit));
    const planning = planningColumns.map((name) => field(name, undefined, planningUnits[name]));
    this.fields = [...features, ...planning];
    for (const one of this.fields) {
      const short = one.feature ? shortName(one.feature) : one.name.replace(/_min$/, '');
      this.#add(one, one.name, 0);
      this.#add(one, short, 1);
      for (const alias of [...wordsOf(vocabulary.columns, one.name), ...wordsOf(vocabulary.columns, short)]) this.#add(one, alias, 2);
      for (const alias of wordsOf(fartherAliases, short)) this.#add(one, alias, 3);
      for (const letter of wordsOf(columnInitials, short)) this.#add(one, letter, 4);
    }
  }

  /** Fields that a name, compared without case and accents, may mean; the closest ones only. */
  named(name: string): readonly { field: FileField; closeness: Closeness }[] {
    return this.#names.get(comparableWord(name)) ?? this.#names.get(comparableWord(name.replace(joined, '$1 '))) ?? [];
  }

  /** The header that may be meant for a field: one of its names misspelt, or cut short as in `Compl.`. */
  nearestHeader(wanted: FileField, headers: readonly string[]): string | undefined {
    const names = [...this.#names].filter(([, meant]) => meant.some(({ field: one }) => one === wanted)).map(([name]) => name);
    return headers.find((header) => {
      const parts = headerParts(header);
      const word = comparableWord(parts && (parts.bracketed || unitNamed(parts.unit)) ? parts.name : header);
      return word.length >= 3 && (names.some((name) => name.startsWith(word)) || nearest(word, names.filter((name) => name.length >= 3)) !== undefined);
    });
  }

  /** The header that is an initial of a field's name, such as `L` of a length. */
  initialAmong(wanted: FileField, headers: readonly string[]): string | undefined {
    return headers.find((header) => this.named(header).some(({ field: one, closeness }) => one === wanted && closeness === 4));
  }

  /** The planning column that a name may be a misspelling of, among those that `isFree`; a unit beside the name must be one of its kind. */
  planningNear(name: string, isFree: (field: FileField) => boolean): FileField | undefined {
    const parts = headerParts(name);
    const unit = parts && unitNamed(parts.unit);
    const word = comparableWord(parts && unit ? parts.name : name);
    if (word.length < 5) return undefined; // `Pos.` is not `pcs`
    const isFitting = (one: FileField): boolean => !one.feature && isFree(one) && (unit === undefined || one.unit?.kind === unit.kind);
    const free = [...this.#names].filter(([key, [first]]) => key.length >= 5 && first && isFitting(first.field)).map(([key]) => key);
    const near = nearest(word, free, 1 / 4);
    return near === undefined ? undefined : this.#names.get(near)?.[0]?.field;
  }

  /** The free planning column of numbers whose name a longer one begins or ends with, such as `Menge offen` and `Rüstzeit Tage`. */
  planningWithin(name: string, isFree: (field: FileField) => boolean): FileField | undefined {
    const word = comparableWord(name);
    const within = [...this.#names].find(([key, [first]]) => key.length >= 3 && first?.field.measured && !first.field.feature && isFree(first.field) && (word.startsWith(`${key} `) || word.endsWith(` ${key}`)));
    return within?.[1][0]?.field;
  }

  #add(one: FileField, name: string, closeness: Closeness): void {
    const key = comparableWord(name);
    if (key === '') return;
    const known = this.#names.get(key) ?? [];
    if (known.some((other) => other.field === one || other.closeness < closeness)) return;
    this.#names.set(key, [...known.filter((other) => other.closeness <= closeness), { field: one, closeness }]);
  }
}

// A feature may be named `constructor`.
const wordsOf = (words: Readonly<Record<string, readonly string[]>>, name: string): readonly string[] => (Object.hasOwn(words, name) ? (words[name] ?? []) : []);

function field(name: string, feature: Feature | undefined, unit: string | undefined): FileField {
  return { name, feature, unit: unit === undefined ? undefined : unitNamed(unit), measured: unit !== undefined };
}

// A unit without a blank before it: `LengthMm`, `setupTimeMinutes`, and `Xmm`.
const capital = /^(.*\p{Ll})(Mm|MM|Cm|CM|\p{Lu}\p{Ll}{2,})$/u;
const initial = /^(\p{L})(mm|cm|inch)$/iu;

/** A header cell cut into its name and what may be a unit: in brackets, as the last word, before the name, or joined to its end. */
export function headerParts(header: string): { name: string; unit: string; bracketed: boolean } | undefined {
  const text = header.replace(/[\s*†:_]+$/, ''); // marks of footnotes, and what ends a name
  const bracketed = /^(.*\S)\s*[([{]\s*([^)\]}]*?)\s*[)\]}]$/s.exec(text);
  if (bracketed) return { name: bracketed[1] ?? '', unit: bareUnit(bracketed[2] ?? ''), bracketed: true };
  // `[mm] Länge`, `Länge [mm] *`
  const within = /^(.*?)\s*[([{]([^()[\]{}]+)[)\]}]\s*(.*)$/s.exec(text);
  if (within && unitNamed(bareUnit(within[2] ?? ''))) return { name: `${within[1] ?? ''} ${within[3] ?? ''}`.trim(), unit: bareUnit(within[2] ?? ''), bracketed: true };
  const inches = /^(.*[^\s_])\s*(["″”])$/s.exec(text); // 30" needs no blank
  if (inches) return { name: inches[1] ?? '', unit: inches[2] ?? '', bracketed: false };
  const first = /^(\p{L}+)[\s_]+(.+)$/su.exec(text);
  if (first && unmistakable.test(first[1] ?? '')) return { name: first[2] ?? '', unit: first[1] ?? '', bracketed: false };
  const last = /^(.*[^\s_,/:-])[\s_,/:-]+(?:in[\s_]+)?([^\s_,/:-]+)$/s.exec(text);
  if (last) return { name: (last[1] ?? '').replace(/[\s_](?:in|en)$/i, ''), unit: last[2] ?? '', bracketed: false };
  const [, name, unit] = capital.exec(text) ?? initial.exec(text) ?? [];
  return name === undefined || unit === undefined ? undefined : { name, unit, bracketed: false };
}
