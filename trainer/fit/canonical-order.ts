import type { PartSchema } from '../../common/part-schema.ts';
import type { TrainingTable } from '../training-table.ts';

/** The table with its rows in an order that depends on their contents alone, so that the order in which parts were listed has no say in the model: by target, then by feature in the order of their names. */
export function canonicalOrder(schema: PartSchema, table: TrainingTable): TrainingTable {
  const byName = [...schema.features.entries()].sort(([, a], [, b]) => (a.name < b.name ? -1 : 1));
  const keys = [table.target, ...byName.map(([f]) => table.columns[f] ?? table.target)];
  const order = Uint32Array.from({ length: table.rows }, (_, row) => row).sort((a, b) => {
    for (const key of keys) {
      const [x = 0, y = 0] = [key[a], key[b]];
      if (x !== y && !(Number.isNaN(x) && Number.isNaN(y))) return Number.isNaN(x) ? 1 : Number.isNaN(y) ? -1 : x - y;
    }
    return a - b;
  });
  const sorted = (values: Float64Array): Float64Array => Float64Array.from(order, (row) => values[row] ?? 0);
  return { rows: table.rows, columns: table.columns.map(sorted), target: sorted(table.target) };
}
