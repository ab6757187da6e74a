import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { seededRandom } from '../common/seeded-random.ts';

/** Demonstration parts that the example shop makes in a day, about. */
const partsADay = 10;

/** Adds what planning needs to planned demonstration parts, header first: quantity, due date within the days that the example shop takes for so many after `start`, priority. */
export function* withOrders(pieces: Iterable<{ cells: string[] }[]>, { start, rows, seed }: { start: Date; rows: number; seed: number }): Generator<{ cells: string[] }[], void, undefined> {
  const random = seededRandom(seed);
  const days = Math.max(2, Math.ceil(rows / partsADay));
  let isHeader = true;
  for (const records of pieces) {
    yield records.map(({ cells }) => {
      if (isHeader) {
        isHeader = false;
        return { cells: [...cells, 'quantity', 'due', 'priority'] };
      }
      const due = new Date(start.getTime() + uniformInt(random, 1, days) * 86_400_000).toISOString().slice(0, 10);
      const priority = uniformInt(random, 1, 9);
      return { cells: [...cells, '1', due, priority > 3 ? '' : String(priority)] };
    });
  }
}
