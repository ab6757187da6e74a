import { createHash } from 'node:crypto';
import { SpindleError } from '../../common/errors.ts';
import type { PartColumns } from '../../common/part.ts';
import type { PartSchema } from '../../common/part-schema.ts';
import type { InputSpace } from '../../common/model/inputs.ts';
import { bulkOf } from '../far-values.ts';

/** Groups of a category that learning tells apart; rarer levels count as the average part. */
const maxGroups = 250;
/** Share of the rows whose levels come more than once from which a level of one row has a group too: with fewer the column rather identifies parts than tells them apart. */
const repeatedShare = 0.5;
/** Missing cells from which "missing" is something to learn from. */
const missingRows = 5;
const missingShare = 0.005;

/** What becomes of a column: read by the model; the same in every row; or left out, as one that tells nothing that can be learned or that another one tells too. */
export type ColumnUse = 'read' | 'constant' | 'left out';

/**
 * The input space of a table, what becomes of each column, by name, and in words what was left out.
 * A missing number is NaN; a category's is NaN too, and a level that the schema does not have is -1.
 * Throws `unusable_training_data` where nothing is left.
 */
export function inputSpaceOf(schema: PartSchema, table: PartColumns): { space: InputSpace; uses: Map<string, ColumnUse>; notes: string[] } {
  const notes: string[] = [];
  const space: InputSpace = { numbers: [], categories: [] };
  const uses = new Map<string, ColumnUse>();
  const twins = twinsOf(schema, table);
  const leave = (name: string, use: ColumnUse, why: string): void => {
    uses.set(name, use);
    notes.push(`${name} ${why}`);
  };
  // By name, so that the order of the columns has no say in the model.
  const ordered = [...schema.features.entries()].sort(([, a], [, b]) => (a.name < b.name ? -1 : 1));
  for (const [f, feature] of ordered) {
    const values = table.columns[f] ?? new Float64Array();
    const { name } = feature;
    const missing = values.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
    const filled = values.length - missing;
    const learnsMissing = missing >= missingRows && missing >= missingShare * values.length && filled > 0;
    if (filled === 0) {
      leave(name, 'left out', 'is empty: left out');
      continue;
    }
    if (missing > 0) {
      const cells = `${name}: ${missing} empty ${missing === 1 ? 'cell' : 'cells'}`;
      notes.push(learnsMissing ? `${cells}, learned as missing` : `${cells}, too few to learn from: estimated as ${feature.kind === 'category' ? 'the average of all levels' : 'its median'}`);
    }
    const twin = twins.get(name);
    if (twin !== undefined) {
      leave(name, 'left out', `says the same as ${twin} in every row: left out`);
      continue;
    }
    uses.set(name, 'read');
    if (feature.kind === 'category') {
      const { groupOf, groups, pooled } = groupsOf(feature.levels?.length ?? 0, values, table.rows);
      const all = groups + (learnsMissing ? 1 : 0);
      if (all >= 2) space.categories.push({ kind: 'levels', feature: name, groups: all, group_of: groupOf, missing: learnsMissing ? groups : -1 });
      if (pooled > 0 && all >= 2) notes.push(`${name} has ${pooled} levels with too few parts to tell apart: they are estimated as the average of all`);
      if (all < 2 && pooled > 0) leave(name, 'left out', `has ${groups + pooled} levels in ${filled} rows, too few parts of each to learn from: left out`);
      else if (all < 2) leave(name, 'constant', 'is the same in every row: nothing is learned from it, and it may be left out');
      continue;
    }
    const sorted = values.filter((value) => !Number.isNaN(value)).sort();
    // One typing error must not make everything beyond the others' range look known.
    const { min, max } = bulkOf(values) ?? { min: 0, max: 0 };
    if (max > min) space.numbers.push({ feature: name, fill: sorted[sorted.length >> 1] ?? 0, min, max });
    if (learnsMissing) space.categories.push({ kind: 'missing', feature: name });
    if (max === min && learnsMissing) notes.push(`${name} is ${min} in every row that has it: only whether it is there is learned`);
    else if (max === min) leave(name, 'constant', `is ${min} in every row: nothing is learned from it, and it may be left out`);
  }
  if (space.numbers.length + space.categories.length === 0) throw new SpindleError('unusable_training_data', `no column tells the parts apart: ${notes.slice(0, 10).join('; ')}`);
  return { space, uses, notes };
}

/** For each column that repeats another one the other: of several the one with a unit speaks for all, or else the first by name. */
function twinsOf(schema: PartSchema, table: PartColumns): Map<string, string> {
  const first = new Map<string, string>();
  const twins = new Map<string, string>();
  const ordered = [...schema.features.entries()].sort(([, a], [, b]) => Number(b.unit !== undefined) - Number(a.unit !== undefined) || (a.name < b.name ? -1 : 1));
  for (const [f, { name }] of ordered) {
    const values = table.columns[f] ?? new Float64Array();
    const bytes = createHash('sha256').update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)).digest('base64');
    const twin = first.get(bytes);
    if (twin === undefined) first.set(bytes, name);
    else twins.set(name, twin);
  }
  return twins;
}

/** Each level has a group, the most frequent ones where there are too many, and only those with two rows or more where most come once. */
function groupsOf(levels: number, values: Float64Array, rows: number): { groupOf: number[]; groups: number; pooled: number } {
  const counts = new Uint32Array(levels);
  for (const value of values) if (value >= 0) counts[value] = (counts[value] ?? 0) + 1;
  const repeated = counts.reduce((sum, count) => sum + (count > 1 ? count : 0), 0);
  const fewest = repeated >= repeatedShare * rows ? 1 : Math.min(2, rows);
  const kept = [...counts.keys()].filter((code) => (counts[code] ?? 0) >= fewest).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b).slice(0, maxGroups);
  const groupOf = Array.from({ length: levels }, () => -1);
  for (const [group, code] of kept.entries()) groupOf[code] = group;
  return { groupOf, groups: kept.length, pooled: counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0) - kept.length };
}
