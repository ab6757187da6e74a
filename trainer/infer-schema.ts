import { SpindleError, type FieldIssue } from '../common/errors.ts';
import { estimateColumnNames } from '../common/estimate.ts';
import { type Feature, type PartSchema, planningColumns } from '../common/part-schema.ts';
import { type ColumnFacts, maxLevels } from './column-facts.ts';
import { unitOfName } from './unit-of-name.ts';

/** A schema read off the data, and in words what was left out or changed on the way. */
export interface InferredSchema {
  schema: PartSchema;
  notes: string[];
}

/** Longest text that a level may be, and longest name of a column: beyond them it is a remark, not a category. */
const maxLevelLength = 200;
const maxNameLength = 100;

/**
 * The schema of a table whose columns these are. A column with any non-number is a category; whole numbers are an integer, unless the name
 * carries a unit (a measure is a number even where every value seen is whole); else it is a number.
 * What `base` says of a feature of the same name holds on where its kind fits and all data lie within its bounds.
 * Throws `unusable_training_data` with every column that cannot be used.
 */
export function inferSchema(columns: readonly ColumnFacts[], target: string, base: PartSchema): InferredSchema {
  const notes: string[] = [];
  const issues: FieldIssue[] = [];
  const features: Feature[] = [];
  for (const column of columns) {
    const reason = ignored(column, target);
    if (reason === undefined) {
      const issue = unusable(column, base);
      if (issue) issues.push(issue);
      else features.push(inferFeature(column, base, notes));
    } else if (reason !== '') notes.push(reason);
  }
  if (issues.length > 0) {
    throw new SpindleError('unusable_training_data', `${issues.length === 1 ? 'a column' : `${issues.length} columns`} cannot be learned from: ${issues[0]?.message ?? ''}`, { issues });
  }
  if (features.length === 0) throw new SpindleError('unusable_training_data', `no column is left to learn from besides ${target}: add columns that describe the parts`);
  const unit = base.target.name === target ? base.target.unit : unitOfName(target);
  return { schema: { features, target: unit === undefined ? { name: target } : { name: target, unit } }, notes };
}

/** Why a column is no feature; an empty text where that goes without saying; undefined where it is one. */
function ignored(column: ColumnFacts, target: string): string | undefined {
  const { name } = column;
  if (name === target) return '';
  if (name === '') return column.filled === 0 ? '' : 'a column without a name is ignored';
  if (planningColumns.some((planning) => planning === name)) return `${name} plans the work and is ignored`;
  if (estimateColumnNames(target).some((own) => own === name)) return `${name} comes from an earlier estimate and is ignored`;
  if (column.filled === 0) return `${name} is empty and is ignored`;
  return undefined;
}

/** What keeps a column from being learned from, with the fix. */
function unusable(column: ColumnFacts, base: PartSchema): FieldIssue | undefined {
  const { name, levels, filled, numbers, firstText } = column;
  const problem = (message: string, fix: string, at = firstText): FieldIssue => ({
    ...(at ? { line: at.line } : {}),
    field: name.slice(0, maxNameLength),
    value: at ? at.text.slice(0, 80) : null,
    message: `column ${name.slice(0, maxNameLength)}: ${message}; ${fix}`,
    fix,
  });
  if (name.length > maxNameLength) return problem(`its name has ${name.length} characters, at most ${maxNameLength} are accepted`, 'shorten it', undefined);
  if (!firstText) return undefined;
  if (numbers > 0.9 * filled && (!levels || levels.size > 30) && !isBaseCategory(column, base)) {
    const texts = filled - numbers;
    return problem(`${texts} of ${filled} cells ${texts === 1 ? 'is' : 'are'} no number, the first in line ${firstText.line}: "${firstText.text.slice(0, 80)}"`, 'correct the cells, or say in a schema that the column is a number: rows with other text are then refused');
  }
  if (column.longest > maxLevelLength) return problem(`a text has ${column.longest} characters, at most ${maxLevelLength} make a category`, 'remove the column');
  if (!levels) return problem(`it has more than ${maxLevels} different texts`, 'remove the column, or name it part_id where it only identifies the part');
  if (levels.size >= 0.9 * filled) return problem(`nearly every row has a text of its own (${levels.size} in ${filled} rows)`, 'remove the column, or name it part_id where it only identifies the part');
  return undefined;
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
    const { learned: _, ...definition } = known;
    return definition;
  }
  notes.push(`${name} goes from ${min} to ${max}, beyond the bounds of the version before: it has none now`);
  return { ...feature, kind: known.kind };
}

function inferCategory(column: ColumnFacts, known: Feature | undefined, notes: string[]): Feature {
  const { name } = column;
  const levels = column.levels ?? new Map<string, number>();
  const before = known?.kind === 'category' ? (known.levels ?? []) : [];
  const seenBefore = new Set(before);
  const added = [...levels.keys()].filter((level) => !seenBefore.has(level)).sort();
  if (before.length > 0 && added.length > 0) notes.push(`${name} has ${added.length === 1 ? 'a new level' : `${added.length} new levels`}: ${added.slice(0, 20).join(', ')}`);
  // Where old and new are too many together, the old ones without a part go.
  const kept = before.length + added.length > maxLevels ? before.filter((level) => levels.has(level)) : before;
  return { name, kind: 'category', levels: [...kept, ...added] };
}

/** True where the version before has this column as a category and knows a value of it: numbers may name machines. */
function isBaseCategory(column: ColumnFacts, base: PartSchema): boolean {
  const known = base.features.find((feature) => feature.name === column.name);
  return known?.levels?.some((level) => column.levels?.has(level)) ?? false;
}
