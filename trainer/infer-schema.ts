import type { FieldIssue } from '../common/errors.ts';
import { type Feature, type PartSchema } from '../common/part-schema.ts';
import { ignoredBecause, isBaseCategory, textsAmongNumbers, unusableBecause } from './column-choice.ts';
import type { ColumnFacts } from './column-facts.ts';
import { unitOfName } from './unit-of-name.ts';

/** A schema read off the data, in words what was left out or changed on the way, and every column that cannot be used as it is. */
export interface InferredSchema {
  schema: PartSchema;
  notes: string[];
  issues: FieldIssue[];
}

/**
 * The schema of a table whose columns these are. A column with any non-number is a category; whole numbers are an integer, unless the name
 * carries a unit (a measure is a number even where every value seen is whole); else it is a number.
 * A category's levels are those in the data, in the order of `base` where it has them, then by name.
 * What `base` says of a feature of the same name holds on where its kind fits and all data lie within its bounds.
 */
export function inferSchema(columns: readonly ColumnFacts[], target: string, base: PartSchema): InferredSchema {
  const notes: string[] = [];
  const issues: FieldIssue[] = [];
  const features: Feature[] = [];
  for (const column of columns) {
    const reason = ignoredBecause(column, target);
    if (reason === undefined) {
      const issue = unusableBecause(column, base);
      if (issue) issues.push(issue);
      else features.push(inferFeature(column, base, notes));
    } else if (reason !== '') notes.push(reason);
  }
  if (features.length === 0 && issues.length === 0) {
    const why = notes.length === 0 ? '' : `: ${notes.slice(0, 10).join('; ')}`;
    issues.push({ field: '', value: null, message: `no column is left to learn from besides ${target}${why}`, fix: 'add columns that describe the parts' });
  }
  const unit = base.target.name === target ? base.target.unit : unitOfName(target);
  return { schema: { features, target: unit === undefined ? { name: target } : { name: target, unit } }, notes, issues };
}

function inferFeature(column: ColumnFacts, base: PartSchema, notes: string[]): Feature {
  const known = base.features.find((feature) => feature.name === column.name);
  if (column.firstText || isBaseCategory(column, base)) return inferCategory(column, known, notes);
  const { name, min, max } = column;
  const unit = known?.unit ?? unitOfName(name);
  const whole = column.whole && unit === undefined;
  const feature: Feature = { name, kind: whole ? 'integer' : 'number', ...(unit === undefined ? {} : { unit }) };
  if (!known || known.kind === 'category' || (known.kind === 'integer' && !column.whole)) return feature;
  if (min > (known.above ?? -Infinity) && min >= (known.min ?? -Infinity) && max <= (known.max ?? Infinity)) {
    const { learned: _range, optional: _gaps, ...definition } = known;
    return definition;
  }
  notes.push(`${name} goes from ${min} to ${max}, beyond the bounds of the version before: it has none now`);
  return { ...feature, kind: known.kind };
}

function inferCategory(column: ColumnFacts, known: Feature | undefined, notes: string[]): Feature {
  const { name, numbers, filled } = column;
  const levels = column.levels ?? new Map<string, number>();
  const before = known?.kind === 'category' ? (known.levels ?? []) : [];
  const seenBefore = new Set(before);
  const added = [...levels.keys()].filter((level) => !seenBefore.has(level)).sort();
  if (before.length === 0 && numbers > filled / 2) notes.push(`${name} is taken for a category of ${levels.size} levels: ${textsAmongNumbers(column)}`);
  if (before.length > 0 && added.length > 0) notes.push(`${name} has ${added.length === 1 ? 'a new level' : `${added.length} new levels`}: ${added.slice(0, 20).join(', ')}`);
  for (const alike of writtenDifferently([...levels.keys()])) notes.push(`${name} has levels that differ only in capitals or spaces: ${alike.join(', ')}; each is learned by itself: write them alike`);
  const unseen = new Set(known?.unseen);
  const gone = before.filter((level) => !levels.has(level) && !unseen.has(level));
  if (gone.length > 0) notes.push(`${name} has no part any more with ${gone.length === 1 ? 'the level' : `${gone.length} levels`} of the version before: ${gone.slice(0, 20).join(', ')}`);
  const kept = before.filter((level) => levels.has(level));
  return { name, kind: 'category', levels: [...kept, ...added] };
}

/** Levels that are most likely one, by groups. */
function writtenDifferently(levels: readonly string[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const level of levels) {
    const word = level.toLowerCase().replaceAll(/\s+/g, ' ');
    groups.set(word, [...(groups.get(word) ?? []), level]);
  }
  return [...groups.values()].filter((alike) => alike.length > 1).slice(0, 10).map((alike) => alike.slice(0, 20));
}
