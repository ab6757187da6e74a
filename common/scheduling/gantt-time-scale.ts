import { type WorkingWindow, merged } from './working-windows.ts';

/** Pixels of a time in which all machines rest. */
const restPixels = 12;

/** Times shorter than this, in ms, are not shortened: the eye would take the step for a mistake. */
const shortestRest = 2 * 60 * 60_000;

interface Piece {
  from: number;
  to: number;
  x: number;
  width: number;
  rest: boolean;
}

/** Maps time to pixels, in proportion but for long rests of all machines, which shrink to a narrow strip. */
export class GanttTimeScale {
  readonly from: number;
  readonly to: number;
  readonly left: number;
  readonly right: number;
  /** Pixels of an hour outside of rests. */
  readonly hourPixels: number;
  readonly #pieces: Piece[] = [];

  /** The time [from, to) in ms, drawn from `left` to `right`; `open` is when any machine works, ascending and apart. */
  constructor(from: number, to: number, open: readonly WorkingWindow[], left: number, right: number) {
    this.from = from;
    this.to = to;
    this.left = left;
    this.right = right;
    const spans = spansOf(from, to, open);
    const length = ({ start, end }: WorkingWindow): number => end - start;
    const proportional = spans.filter(({ rest }) => !rest).reduce((sum, span) => sum + length(span), 0);
    const rests = spans.filter(({ rest }) => rest);
    const shrunk = Math.min(restPixels, (0.4 * (right - left)) / Math.max(1, rests.length));
    const scale = (right - left - shrunk * rests.length) / Math.max(1, proportional);
    this.hourPixels = scale * 60 * 60_000;
    let x = left;
    for (const span of spans) {
      const width = span.rest ? shrunk : length(span) * scale;
      this.#pieces.push({ from: span.start, to: span.end, x, width, rest: span.rest });
      x += width;
    }
  }

  /** Where a time is drawn; times outside are drawn at the ends. */
  x(time: number): number {
    const at = Math.min(this.to, Math.max(this.from, time));
    let low = 0;
    let high = this.#pieces.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at <= (this.#pieces[middle]?.to ?? 0)) high = middle;
      else low = middle + 1;
    }
    const piece = this.#pieces[low];
    if (!piece) return this.left;
    return piece.x + ((at - piece.from) / Math.max(1, piece.to - piece.from)) * piece.width;
  }

  /** The rests that are drawn narrower than they last. */
  get rests(): WorkingWindow[] {
    return this.#pieces.filter(({ rest }) => rest).map(({ from, to }) => ({ start: from, end: to }));
  }
}

function spansOf(from: number, to: number, open: readonly WorkingWindow[]): (WorkingWindow & { rest: boolean })[] {
  const spans: (WorkingWindow & { rest: boolean })[] = [];
  let at = from;
  const add = (end: number, rest: boolean): void => {
    if (end > at) spans.push({ start: at, end, rest: rest && end - at >= shortestRest });
    at = Math.max(at, end);
  };
  for (const window of merged(open)) {
    if (window.end <= from || window.start >= to) continue;
    add(window.start, true);
    add(Math.min(window.end, to), false);
  }
  // Where no machine works at all there is nothing to be in proportion to.
  add(to, spans.length > 0);
  return spans;
}

/** Cuts [from, to) into `count` bands of about equal width, at local midnights (ascending) where one is near. */
export function bandEdges(from: number, to: number, count: number, open: readonly WorkingWindow[], midnights: readonly number[]): number[] {
  const scale = new GanttTimeScale(from, to, open, 0, 1);
  const edges = [from];
  for (let band = 1; band < count; band++) {
    const wanted = band / count;
    const near = midnights.filter((midnight) => midnight > (edges.at(-1) ?? from) && midnight < to);
    const best = near.reduce((a, b) => (Math.abs(scale.x(b) - wanted) < Math.abs(scale.x(a) - wanted) ? b : a), near[0] ?? to);
    if (best < to) edges.push(best);
  }
  return [...new Set([...edges, to])];
}
