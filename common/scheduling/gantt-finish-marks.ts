import { type LatenessClass, latenessClass, latenessInks } from './gantt-colours.ts';
import type { GanttTimeScale } from './gantt-time-scale.ts';
import type { ScheduledOrder } from './schedule.ts';
import { element } from './svg.ts';

/** Height of one lane of marks. */
export const laneHeight = 9;

/** Lanes at most below a row, besides those of whole late bars: with more, marks share the last. */
const mostLanes = 4;

/** Orders in a row from which only late and doubtful ones are marked. */
const mostMarked = 24;

/** Orders in a row from which marks stay near their finish: the line to a due date further off is cut. Late orders count by themselves, and are not cut where they are few. */
const fewMarks = 8;

/** Pixels after which a line to the due date is cut, where marks are few and where they are many: the row of due dates has all of them. */
const farAway = 400;
const nearby = 40;

/** The marks of orders that end on one machine, laid into lanes so that they do not cover each other. */
export interface FinishMarks {
  lanes: number;
  draw: (top: number) => string;
}

interface Mark {
  kind: LatenessClass;
  /** Pixels; NaN where there is none. */
  low: number;
  middle: number;
  high: number;
  due: number;
  finish: number;
  /** Where the line to the due date ends. */
  reach: number;
  lane: number;
}

/** Marks of the orders that a band shows: a whisker from the 10 % to the 90 % finish with a dot at the median, a triangle at the due date, and a bar between due date and finish where it is late. */
export function finishMarks(orders: readonly ScheduledOrder[], scale: GanttTimeScale): FinishMarks {
  const late = orders.filter((order) => latenessClass(order) === 'late').length;
  const cutLate = late > fewMarks ? nearby : Infinity;
  const cutOthers = orders.length > fewMarks ? nearby : farAway;
  const lanes = mostLanes + (cutLate === Infinity ? late : 0);
  const marks = orders.flatMap((order): Mark[] => {
    const kind = latenessClass(order);
    if (orders.length > mostMarked && kind !== 'late' && kind !== 'doubtful') return [];
    const x = (time: string | null): number => (time === null ? NaN : scale.x(Date.parse(time)));
    const finish = x(order.finish);
    const due = x(order.due);
    const cut = kind === 'late' ? cutLate : cutOthers;
    const reach = Math.abs(due - finish) <= cut ? due : finish + Math.sign(due - finish) * cut;
    return [{ kind, low: x(order.finish_10), middle: x(order.finish_50), high: x(order.finish_90), due, finish, reach, lane: 0 }];
  });
  const left = ({ low, reach, finish }: Mark): number => Math.min(finish, ...[low, reach].filter((x) => !Number.isNaN(x))) - 4;
  const right = ({ high, reach, finish }: Mark): number => Math.max(finish, ...[high, reach].filter((x) => !Number.isNaN(x))) + 4;
  marks.sort((a, b) => left(a) - left(b));
  const laneEnds: number[] = [];
  for (const mark of marks) {
    let lane = laneEnds.findIndex((end) => end <= left(mark));
    if (lane < 0) lane = laneEnds.length < lanes ? laneEnds.length : laneEnds.indexOf(Math.min(...laneEnds));
    laneEnds[lane] = Math.max(right(mark), laneEnds[lane] ?? 0);
    mark.lane = lane;
  }
  return { lanes: Math.max(1, laneEnds.length), draw: (top) => marks.map((mark) => drawn(mark, top + (mark.lane + 0.5) * laneHeight, scale)).join('') };
}

function drawn({ kind, low, middle, high, due, finish, reach }: Mark, y: number, scale: GanttTimeScale): string {
  const ink = latenessInks[kind];
  let out = '';
  if (!Number.isNaN(due)) {
    const style = kind === 'late' ? { stroke: latenessInks.late, 'stroke-width': 2.6, 'stroke-opacity': 0.55 } : { stroke: ink, 'stroke-width': 0.7, 'stroke-dasharray': '1.5 2' };
    // A due date on time and far away is not worth a line that others must be told from.
    if (kind === 'late' || reach === due) out += element('line', { x1: finish, x2: reach, y1: y, y2: y, ...style });
  }
  if (!Number.isNaN(low) && !Number.isNaN(high)) {
    out += element('path', { d: `M${r(low)} ${r(y - 2.5)}V${r(y + 2.5)}M${r(low)} ${r(y)}H${r(high)}M${r(high)} ${r(y - 2.5)}V${r(y + 2.5)}`, stroke: '#22272e', 'stroke-width': 1.1, fill: 'none' });
    if (middle > scale.left && middle < scale.right) out += element('circle', { cx: middle, cy: y, r: 1.8, fill: '#22272e' });
  }
  if (reach === due && due > scale.left && due < scale.right) out += element('path', { d: `M${r(due)} ${r(y - 3.5)}l4 7h-8z`, fill: ink, stroke: '#ffffff', 'stroke-width': 0.5 });
  // The line goes on beyond what is drawn.
  else if (kind === 'late') out += element('path', { d: `M${r(reach - 5)} ${r(y)}l5 -3.5v7z`, fill: ink });
  return out;
}

function r(value: number): number {
  return Math.round(value * 10) / 10;
}
