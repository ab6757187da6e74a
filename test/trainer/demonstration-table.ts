import { PartReader } from '../../common/part.ts';
import { demonstrationParts, demonstrationSchema } from '../../trainer/demonstration.ts';
import type { TrainingTable } from '../../trainer/training-table.ts';

/** The first demonstration parts of a seed as a table. */
export function demonstrationTable(rows: number, seed: number): TrainingTable {
  const parts = [...demonstrationParts(rows, seed)];
  const columns = new PartReader(demonstrationSchema).toColumns(parts.map(({ time_min: _, ...features }) => Object.values(features)));
  return { ...columns, target: Float64Array.from(parts, (part) => part.time_min) };
}
