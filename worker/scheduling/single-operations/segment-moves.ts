import { type MachineLine } from './machine-line.ts';

/** Jobs of the shorter of two neighbouring segments that change places, at most. */
const longestBlock = 13;

/** The neighbourhood in which two neighbouring segments of a sequence, or two jobs, change places: each move is evaluated from the shifts by which what it moves then ends later. */
export class SegmentMoves {
  /** True where a move was found: the one with the least change of energy, of [from, to) for [otherFrom, otherTo). */
  found = false;
  from = 0;
  to = 0;
  otherFrom = 0;
  otherTo = 0;
  /** Its change; before, what it must be below. */
  least = 0;
  /** What a tick by which the machine is done later counts against cost. */
  endFactor = 0;
  /** Moves tried since the last `begin`. */
  tried = 0;
  readonly #line: MachineLine;

  constructor(line: MachineLine) {
    this.#line = line;
  }

  /** Forgets the moves tried so far; what is sought now must change the energy by less than `least`. */
  begin(least: number): void {
    this.least = least;
    this.found = false;
    this.tried = 0;
  }

  /** Tries the moves whose first segment begins at `a`. */
  tryFrom(a: number): void {
    const { length } = this.#line;
    for (let b = a + 1; b < length; b++) {
      const last = b - a <= longestBlock ? length : Math.min(length, b + longestBlock);
      for (let d = b + 1; d <= last; d++) this.#tryExchange(a, b, b, d);
    }
    for (let c = a + 2; c < length; c++) this.#tryExchange(a, a + 1, c, c + 1);
  }

  /** [a, b) and [c, d) change places. */
  #tryExchange(a: number, b: number, c: number, d: number): void {
    this.tried++;
    const line = this.#line;
    const { length, costs } = line;
    const shiftC = line.shift(line.jobBefore(a), line.endBefore(a), c);
    const endC = line.endBefore(d) + shiftC;
    const shiftB = b < c ? line.shift(line.jobBefore(d), endC, b) : 0;
    const shiftA = b < c ? line.shift(line.jobBefore(c), line.endBefore(c) + shiftB, a) : line.shift(line.jobBefore(d), endC, a);
    const shiftD = line.shift(line.jobBefore(b), line.endBefore(b) + shiftA, d);
    const rest = costs.leastChange(c, d, shiftC) + costs.leastChange(b, c, shiftB) + costs.leastChange(d, length, shiftD) + this.endFactor * shiftD;
    if (rest + costs.leastChange(a, b, shiftA) >= this.least) return;
    // What comes later by much rules out most of what is left.
    const first = costs.change(a, b, shiftA);
    if (rest + first >= this.least) return;
    const change = first + costs.change(c, d, shiftC) + costs.change(b, c, shiftB) + costs.change(d, length, shiftD);
    this.#offer(change + this.endFactor * shiftD, a, b, c, d);
  }

  #offer(change: number, from: number, to: number, otherFrom: number, otherTo: number): void {
    if (change >= this.least) return;
    this.found = true;
    this.least = change;
    this.from = from;
    this.to = to;
    this.otherFrom = otherFrom;
    this.otherTo = otherTo;
  }
}
