import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { seededRandom } from '../../common/seeded-random.ts';

/** Deals rows into `count` folds by a seeded shuffle (Fisher and Yates): the rows of each fold, ascending; sizes differ by at most one. */
export function dealFolds(rows: number, count: number, seed: number): Uint32Array[] {
  const random = seededRandom(seed);
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  for (let last = rows - 1; last > 0; last--) {
    const other = uniformInt(random, 0, last);
    const moved = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = moved;
  }
  return Array.from({ length: count }, (_, fold) => order.slice(Math.floor((fold * rows) / count), Math.floor(((fold + 1) * rows) / count)).sort());
}
