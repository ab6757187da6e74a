import type { PartSchema } from '../../common/part-schema.ts';
import type { ColumnUse } from './input-space.ts';
import type { TrainingTable } from '../training-table.ts';

/** The features that a caller may or must give, with their columns of the table: without those that no part needs, and what was the same in every row may be left out. */
export function publishedSchema(schema: PartSchema, table: TrainingTable, uses: ReadonlyMap<string, ColumnUse>): { schema: PartSchema; table: TrainingTable } {
  const kept = [...schema.features.entries()].filter(([, { name }]) => uses.get(name) !== 'left out');
  const features = kept.map(([, feature]) => (uses.get(feature.name) === 'constant' ? { ...feature, optional: true as const } : feature));
  return { schema: { ...schema, features }, table: { ...table, columns: kept.map(([f]) => table.columns[f] ?? new Float64Array()) } };
}
