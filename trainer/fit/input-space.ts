import { createHash } from 'node:crypto';
import type { PartColumns } from '../../common/part.ts';
import type { PartSchema } from '../../common/part-schema.ts';
import type { InputSpace } from '../../common/model/inputs.ts';

/** Groups of a category that learning tells apart; rarer levels count as the average part. */
const maxGroups = 250;
/** Missing cells from which "missing" is something to learn from. */
const missingRows = 5;
const missingShare = 0.005;

/**
 * The input space of a table, and in words what was left out: constant columns, and columns that repeat another one.
 * A missing number is NaN; a category's is NaN too, and a level that the schema does not have is -1.
 */
export function inputSpaceOf(schema: PartSchema, table: PartColumns): { space: InputSpace; notes: string[] } {
  const notes: string[] = [];
  const space: InputSpace = { numbers: [], categories: [] };
  const seen = new Map<string, string>();
  // By name, so that the order of the columns has no say in the model.
  const ordered = [...schema.features.entries()].sort(([, a], [, b]) => (a.name < b.name ? -1 : 1));
  for (const [f, feature] of ordered) {
    const values = table.columns[f] ?? new Float64Array();
    const { name } = feature;
    const missing = values.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
    const learnsMissing = missing >= missingRows && missing >= missingShare * values.length && missing < values.length;
    const twin = twinOf(seen, name, values);
    if (twin !== undefined) {
      notes.push(`${name} says the same as ${twin} in every row and is left out`);
      continue;
    }
    if (feature.kind === 'category') {
      const { groupOf, groups } = groupsOf(feature.levels?.length ?? 0, values, table.rows);
      const all = groups + (learnsMissing ? 1 : 0);
      if (all < 2) notes.push(`${name} is the same in every row and is left out`);
      else space.categories.push({ kind: 'levels', feature: name, groups: all, group_of: groupOf, missing: learnsMissing ? groups : -1 });
      const pooled = groupOf.filter((group, code) => group < 0 && values.includes(code)).length;
      if (pooled > 0 && all >= 2) notes.push(`${name} has ${pooled} levels with too few parts to tell apart: they are estimated as the average of all`);
      continue;
    }
    const sorted = values.filter((value) => !Number.isNaN(value)).sort();
    const min = sorted[0] ?? 0;
    const max = sorted[sorted.length - 1] ?? 0;
    if (max > min) space.numbers.push({ feature: name, fill: sorted[sorted.length >> 1] ?? 0, min, max });
    else notes.push(`${name} is ${missing === values.length ? 'empty' : `${min} in every row`} and is left out`);
    if (learnsMissing) space.categories.push({ kind: 'missing', feature: name });
    if (missing > 0) notes.push(`${name} is missing in ${missing} rows: they count as its median${learnsMissing ? ', and what goes with a missing value is learned too' : ''}`);
  }
  return { space, notes };
}

/** The name of an earlier column with the same values, remembering this one. */
function twinOf(seen: Map<string, string>, name: string, values: Float64Array): string | undefined {
  const bytes = createHash('sha256').update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)).digest('base64');
  const twin = seen.get(bytes);
  if (twin === undefined) seen.set(bytes, name);
  return twin;
}

/** Levels with two rows or more have a group each, the most frequent ones where there are too many. */
function groupsOf(levels: number, values: Float64Array, rows: number): { groupOf: number[]; groups: number } {
  const counts = new Uint32Array(levels);
  for (const value of values) if (value >= 0) counts[value] = (counts[value] ?? 0) + 1;
  const kept = [...counts.keys()].filter((code) => (counts[code] ?? 0) >= Math.min(2, rows)).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b).slice(0, maxGroups);
  const groupOf = Array.from({ length: levels }, () => -1);
  for (const [group, code] of kept.entries()) groupOf[code] = group;
  return { groupOf, groups: kept.length };
}
