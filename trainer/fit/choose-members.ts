import type { Member } from './member.ts';
import { weightsOn } from './member-weights.ts';

/** Rows from which a costly member's gain must also be clear of chance; with fewer the mean of several is safer than any choice. */
const enoughRows = 300;
/** Standard errors by which it must be, unless it saves this share of the squared error: where few rows have most of that, nothing is ever clear. */
const clear = 1.5;
const large = 0.03;

/** The members left when those go, worst first, whose absence costs less than their price, or no more than chance would; errors count by the doubt of each row. */
export function chooseMembers(members: readonly Member[], target: Float64Array, rows: Uint32Array, doubts: Float64Array): Member[] {
  let kept = [...members];
  const squaresOf = (some: readonly Member[]): Float64Array => {
    const weights = weightsOn(some, target, rows, doubts);
    return Float64Array.from(rows, (row) => ((some.reduce((sum, { forWeights }, m) => sum + (weights[m] ?? 0) * (forWeights[row] ?? 0), 0) - (target[row] ?? 0)) / (doubts[row] ?? 1)) ** 2);
  };
  let squares = squaresOf(kept);
  while (kept.length > 1) {
    const error = meanOf(squares);
    const options = kept.map((member) => {
      const others = kept.filter((other) => other !== member);
      const without = squaresOf(others);
      const losses = without.map((square, row) => square - (squares[row] ?? 0));
      const loss = meanOf(losses);
      const chance = member.price > 0 && rows.length >= enoughRows ? Math.min(large * error, clear * Math.sqrt(meanOf(losses.map((one) => (one - loss) ** 2)) / rows.length)) : 0;
      return { others, squares: without, excess: loss - Math.max(member.price * error, chance) };
    });
    const cheapest = options.filter(({ excess }) => excess <= 0).sort((a, b) => a.excess - b.excess)[0];
    if (!cheapest) break;
    kept = cheapest.others;
    squares = cheapest.squares;
  }
  return kept;
}

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
