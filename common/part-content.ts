import type { AcceptedRows } from './files/import/planned-rows.ts';
import { hash32 } from './files/import/seen-ids.ts';
import type { PartSchema } from './part-schema.ts';

/** For each accepted row a 32-bit hash of what it means: features and planning values by name, however the file writes them. Equal parts have equal hashes. */
export function partContents({ cells, values, planning, unknown }: AcceptedRows, schema: PartSchema): number[] {
  const features = schema.features.map(({ name, levels }, f) => ({ name, levels, values: values[f] ?? [], unknown: unknown?.[f] }));
  const rest = Object.entries(planning).filter(([name]) => name !== 'part_id');
  return cells.map((_, row) => {
    let text = '';
    for (const feature of features) {
      const value = feature.values[row] ?? NaN;
      text += `${feature.name}=${feature.levels ? (feature.levels[value] ?? feature.unknown?.[row] ?? '') : value};`;
    }
    // A quantity that is not given is one piece, in a column of its own or not.
    for (const [name, column] of rest) if (column[row] !== null && !(name === 'quantity' && column[row] === 1)) text += `${name}=${column[row]};`;
    return hash32(text, 0);
  });
}
