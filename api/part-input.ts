import { type FieldIssue, SpindleError } from '../common/errors.ts';
import { readDate } from '../common/files/import/date-text.ts';
import { nearest } from '../common/nearest.ts';
import { type Part, type PartReader, type UnknownPolicy, presentable } from '../common/part.ts';
import { planningColumns, shortName } from '../common/part-schema.ts';
import { maxIdLength, planningNumbers } from '../common/planning-rules.ts';

/** Query parameter → position of its feature: full names, and short ones (`x` for `x_cm`) where they are unambiguous. Made once a schema. */
const parameterNames = new WeakMap<PartReader, Map<string, number>>();

function parametersOf(reader: PartReader): Map<string, number> {
  const known = parameterNames.get(reader);
  if (known) return known;
  const { features } = reader.schema;
  const names = new Map<string, number>();
  for (const [index, feature] of features.entries()) {
    const short = shortName(feature);
    if (features.filter((other) => shortName(other) === short).length === 1) names.set(short, index);
  }
  for (const [index, feature] of features.entries()) names.set(feature.name, index);
  parameterNames.set(reader, names);
  return names;
}

/** True where a query parameter of this name is a feature of the reader's schema. */
export function isParameter(name: string, reader: PartReader): boolean {
  return parametersOf(reader).has(name);
}

/** The part that query parameters describe. Throws `invalid_query` for unknown or repeated ones, `invalid_part` with everything that is wrong with the values. */
export function partFromQuery(query: Readonly<Record<string, unknown>>, reader: PartReader, unknown: UnknownPolicy = 'reject'): Part {
  const names = parametersOf(reader);
  const texts: (string | undefined)[] = [];
  for (const [name, text] of Object.entries(query)) {
    const index = names.get(name);
    if (index === undefined) throw unknownParameter(name, names.keys());
    if (typeof text !== 'string' || texts[index] !== undefined) {
      throw new SpindleError('invalid_query', `query parameter ${name} is given more than once`, { issues: [{ field: name, value: presentable(text), message: `query parameter ${name} is given more than once`, fix: 'give it once' }] });
    }
    texts[index] = text;
  }
  const issues: FieldIssue[] = [];
  const part = reader.features.map((feature, index) => {
    const text = texts[index];
    const value = feature.fromText(text, unknown);
    if (value === undefined) issues.push(feature.issue(text, `query parameter ${feature.feature.name}`));
    return value ?? null;
  });
  if (issues.length > 0) throw new SpindleError('invalid_part', summary(issues), { issues });
  return part;
}

/** Throws `invalid_query` naming the parameter and the nearest known one. */
export function unknownParameter(name: string, known: Iterable<string>): SpindleError {
  const names = [...known];
  const near = nearest(name, names);
  const message = `unknown query parameter ${String(presentable(name))}`;
  const fix = near ? `did you mean ${near}?` : names.length > 0 ? `known are ${names.join(', ')}` : 'leave it out';
  return new SpindleError('invalid_query', `${message}: ${fix}`, { issues: [{ field: name.slice(0, 80), value: null, message, fix }] });
}

/** A JSON part: its features, and the planning columns that came with them and go back with the estimate. */
export interface JsonPart {
  part: Part;
  planning: Record<string, string | number>;
}

/** The part in a JSON object, or everything that is wrong with it; `index` is its position in a list. */
export function partFromJson(value: unknown, reader: PartReader, unknown: UnknownPolicy = 'reject', index?: number): JsonPart | FieldIssue[] {
  const place = index === undefined ? '' : `parts[${index}]`;
  const at = index === undefined ? {} : { part: index };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message = `${place || 'the body'}: expected an object with ${reader.schema.features.map(({ name }) => name).join(', ')}`;
    return [{ ...at, field: '', value: presentable(value), message }];
  }
  const fields = value as Record<string, unknown>;
  const names = reader.schema.features.map((feature) => feature.name);
  const issues: FieldIssue[] = [];
  const planning: JsonPart['planning'] = {};
  for (const name of Object.keys(fields)) {
    if (names.includes(name)) continue;
    if (isPlanningColumn(name)) {
      const given = fields[name];
      const expected = planningExpectation(name, given);
      if (isPlanningValue(given) && expected === undefined) planning[name] = given;
      else issues.push({ ...at, field: name, value: presentable(given), message: `${place ? `${place}.` : ''}${name}: expected ${expected ?? ''}`, fix: `use ${expected ?? ''}, or leave it out` });
      continue;
    }
    const near = reader.schema.features.find((feature) => shortName(feature) === name)?.name ?? nearest(name, names);
    const message = `${place ? `${place}.` : ''}${name.slice(0, 80)}: unknown field`;
    issues.push({ ...at, field: name.slice(0, 80), value: presentable(fields[name]), message, fix: near && !(near in fields) ? `did you mean ${near}?` : 'leave it out' });
  }
  if (isReleasedLate(planning)) issues.push({ ...at, field: 'release', value: presentable(planning.release), message: `${place ? `${place}.` : ''}release: expected one not after due, ${String(presentable(planning.due))}`, fix: 'correct one of the two, or leave it out' });
  const part = reader.features.map((feature) => {
    const { name } = feature.feature;
    const given = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const read = feature.fromJson(given, unknown);
    if (read === undefined) issues.push({ ...at, ...feature.issue(given, place ? `${place}.${name}` : name) });
    return read ?? null;
  });
  return issues.length > 0 ? issues : { part, planning };
}

const isPlanningColumn = (name: string): boolean => planningColumns.some((column) => column === name);

const isPlanningValue = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';

/** What a planning value was expected to be; undefined for one that is right. */
function planningExpectation(name: string, value: unknown): string | undefined {
  if (name === 'quantity' || name === 'priority' || name === 'operation' || name === 'setup_min') {
    const { expected, fits } = planningNumbers[name];
    return typeof value === 'number' && fits(value) ? undefined : expected;
  }
  if (name === 'due' || name === 'release') {
    return typeof value === 'string' && /^\d{4}-/.test(value) && readDate(value, 'ymd') ? undefined : 'a date such as 2026-04-03 or 2026-04-03T14:30';
  }
  const isId = typeof value === 'string' ? value.length <= maxIdLength : Number.isFinite(value);
  return isId ? undefined : `a text of at most ${maxIdLength} characters or a number`;
}

/** True where work may begin only after it is due; times count where both dates have one. */
function isReleasedLate({ release, due }: JsonPart['planning']): boolean {
  if (typeof release !== 'string' || typeof due !== 'string') return false;
  const days = release.length === 10 || due.length === 10 ? [release.slice(0, 10), due.slice(0, 10)] : [];
  return days.length > 0 ? (days[0] ?? '') > (days[1] ?? '') : Date.parse(release) > Date.parse(due);
}

/** One sentence for a list of issues: the first, and how many more there are. */
export function summary(issues: readonly FieldIssue[]): string {
  const more = issues.length - 1;
  return `${issues[0]?.message ?? ''}${more > 0 ? ` (and ${more} more)` : ''}`;
}
