import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { seededRandom } from '../../common/seeded-random.ts';

/**
 * Deals rows into `count` folds by a seeded shuffle (Fisher and Yates), those of one part (equal in `parts`, where given) into one fold: the rows of each fold, ascending.
 * Sizes differ by at most one where each row is a part of its own; where one has more rows than a fold should, there are fewer folds, but two at least of two parts.
 */
export function dealFolds(rows: number, count: number, seed: number, parts?: Uint32Array): Uint32Array[] {
  const random = seededRandom(seed);
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  for (let last = rows - 1; last > 0; last--) {
    const other = uniformInt(random, 0, last);
    const moved = order[last] ?? 0;
    order[last] = order[other] ?? 0;
    order[other] = moved;
  }
  const together = new Map<number, number[]>();
  for (const row of order) {
    const part = parts?.[row] ?? row;
    const others = together.get(part);
    if (others) others.push(row);
    else together.set(part, [row]);
  }
  const dealt = [...together.values()];
  const ends = [0];
  for (const part of dealt) ends.push((ends[ends.length - 1] ?? 0) + part.length);
  const dealtRows = Uint32Array.from(dealt.flat());
  let at = 0;
  const cuts = Array.from({ length: count + 1 }, (_, fold) => {
    const wanted = Math.floor((fold * rows) / count);
    while (at + 1 < ends.length && Math.abs((ends[at + 1] ?? 0) - wanted) <= Math.abs((ends[at] ?? 0) - wanted)) at++;
    return ends[at] ?? 0;
  });
  return cuts.slice(1).map((to, fold) => dealtRows.slice(cuts[fold], to).sort()).filter((fold) => fold.length > 0);
}
