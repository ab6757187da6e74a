import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { seededRandom } from '../../common/seeded-random.ts';

/** A seeded sample of rows without replacement, ascending; all rows where there are no more than `count`. */
export function sampleRows(rows: number, count: number, seed: number): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  if (rows <= count) return order;
  const random = seededRandom(seed);
  for (let i = 0; i < count; i++) {
    const other = uniformInt(random, i, rows - 1);
    const moved = order[i] ?? 0;
    order[i] = order[other] ?? 0;
    order[other] = moved;
  }
  return order.slice(0, count).sort();
}
