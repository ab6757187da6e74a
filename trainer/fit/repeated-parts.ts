import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { Inputs } from '../../common/model/inputs.ts';
import { seededRandom } from '../../common/seeded-random.ts';

/** Different values of some number from which rows that agree in everything are of one part, made or listed again, and not merely of one of few kinds of part. */
const manyValues = 20;

/** Share of the rows above which a part is not left out as a whole: the evidence would hang on that one, and it is sure to come again. */
const mostOfAll = 0.1;

/**
 * By row the first row of the same part: one equal in all that is learned from. What is said of a part by other rows of it is no evidence of what would be said of a new one, so they are left out together.
 * But every row is a part of its own where no number has many values: few kinds of part come again and again, and a new part is of one of them;
 * and so are the rows of a part that is a large share of the work, which will come again; and rows with a level that only their part has, since nothing else tells of it, and a new part without it is flagged.
 */
export function partsOf(inputs: Inputs): Uint32Array {
  const { rows, numbers, categories } = inputs;
  const parts = Uint32Array.from({ length: rows }, (_, row) => row);
  if (!numbers.some((values) => new Set(values).size >= manyValues)) return parts;
  const columns = [...numbers, ...categories];
  const order = parts.toSorted((a, b) => {
    for (const values of columns) {
      const difference = (values[a] ?? 0) - (values[b] ?? 0);
      if (difference !== 0) return difference;
    }
    return a - b;
  });
  for (let i = 1; i < rows; i++) {
    const [before = 0, row = 0] = [order[i - 1], order[i]];
    if (columns.every((values) => values[before] === values[row])) parts[row] = parts[before] ?? 0;
  }
  const rowsOf = new Map<number, number>();
  for (const part of parts) rowsOf.set(part, (rowsOf.get(part) ?? 0) + 1);
  const lonely = categories.map((groups) => groupsOfOnePart(groups, parts));
  return parts.map((part, row) => ((rowsOf.get(part) ?? 0) > mostOfAll * rows || categories.some((groups, c) => lonely[c]?.has(groups[part] ?? -1)) ? row : part));
}

function groupsOfOnePart(groups: Int32Array, parts: Uint32Array): Set<number> {
  const partOf = new Map<number, number>();
  const shared = new Set<number>();
  for (const [row, part] of parts.entries()) {
    const group = groups[row] ?? -1;
    if ((partOf.get(group) ?? part) !== part) shared.add(group);
    partOf.set(group, part);
  }
  return new Set([...partOf.keys()].filter((group) => !shared.has(group)));
}

/** One row of each part, drawn by the seed, ascending. */
export function oneRowOfEach(parts: Uint32Array, seed: number): Uint32Array {
  const random = seededRandom(seed);
  const rowsOf = new Map<number, number[]>();
  for (const [row, part] of parts.entries()) {
    const others = rowsOf.get(part);
    if (others) others.push(row);
    else rowsOf.set(part, [row]);
  }
  return Uint32Array.from(rowsOf.values(), (rows) => rows[rows.length === 1 ? 0 : uniformInt(random, 0, rows.length - 1)] ?? 0).sort();
}
