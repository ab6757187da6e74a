import { PartReader } from '../../common/part.ts';
import { demonstrationParts, demonstrationSchema } from '../../trainer/demonstration.ts';
import type { TrainingTable } from '../../trainer/training-table.ts';

/** The first demonstration parts of a seed as a table. */
export function demonstrationTable(rows: number, seed: number): TrainingTable {
  const parts = [...demonstrationParts(rows, seed)];
  const columns = new PartReader(demonstrationSchema).toColumns(parts.map((part) => [part.x_cm, part.y_cm, part.z_cm, part.material, part.complexity, part.process]));
  return { ...columns, target: Float64Array.from(parts, (part) => part.time_min) };
}
