import type { PartSchema } from '../../common/part-schema.ts';
import type { TrainingTable } from '../training-table.ts';
import type { LevelsBlock } from './design.ts';

/** Columns that all categories together should take: solving takes the cube of all columns. */
const wantedWidth = 200;
/** With very many categories each keeps a few levels all the same, up to this many columns together. */
const largestWidth = 900;
const fewLevels = 10;

/**
 * A column for each level with parts. Where there are too many, the most frequent levels of a category get a column each and all others share the last one,
 * which `notes` then says.
 */
export function levelColumns(schema: PartSchema, table: TrainingTable, notes: string[]): Omit<LevelsBlock, 'offset'>[] {
  const categories = schema.features.flatMap((feature, f) => (feature.kind === 'category' ? [{ feature: f, levels: feature.levels?.length ?? 0, byCount: levelsByCount(feature.levels?.length ?? 0, table.columns[f]) }] : []));
  const counts = categories.map(({ byCount }) => byCount.length);
  const room = Math.max(2, largestShare(counts, wantedWidth), Math.min(fewLevels, largestShare(counts, largestWidth)));
  return categories.map(({ feature, levels, byCount }) => {
    const width = Math.min(byCount.length, room);
    const columnOf = new Int32Array(levels).fill(-1);
    for (const [rank, code] of byCount.entries()) columnOf[code] = Math.min(rank, width - 1);
    if (byCount.length > room) notes.push(`${schema.features[feature]?.name ?? ''} has ${byCount.length} levels: the ${byCount.length - room + 1} rarest are estimated as one`);
    return { feature, columnOf, width };
  });
}

/** Codes of the levels with parts, the most frequent first; equally frequent ones in the schema's order. */
function levelsByCount(levels: number, codes: Float64Array | undefined): number[] {
  const counts = new Uint32Array(levels);
  for (const code of codes ?? []) counts[code] = (counts[code] ?? 0) + 1;
  return [...counts.keys()].filter((code) => (counts[code] ?? 0) > 0).sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0));
}

/** The largest share that all may take of a width, where some need less: the largest s with Σ min(need, s) ≤ width. */
function largestShare(needs: readonly number[], width: number): number {
  let share = 0;
  const most = Math.max(0, ...needs);
  while (share < most && needs.reduce((sum, need) => sum + Math.min(need, share + 1), 0) <= width) share++;
  return share;
}
