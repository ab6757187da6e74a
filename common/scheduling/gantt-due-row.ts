import { dueText } from './due-text.ts';
import { durationText } from './duration-text.ts';
import { dayText, timeText } from './gantt-axis.ts';
import { type LatenessClass, latenessClass, latenessInks } from './gantt-colours.ts';
import type { GanttTimeScale } from './gantt-time-scale.ts';
import type { ScheduledOrder } from './schedule.ts';
import { element, escapeXml, fitted, text, textWidth } from './svg.ts';
import type { ZonedClock } from './zoned-clock.ts';

const size = 10;
const lineHeight = 13;

/** Pixels between a triangle's tip and its text. */
const gap = 6;

/** Lines of orders that are due at the same time, about: with more of them each line is wider. */
const fewLines = 3;

/** Pixels of an id at most. */
const longestId = 90;

/** Worst first, as they are listed. */
const classes = ['late', 'doubtful', 'on time'] as const satisfies readonly LatenessClass[];

/** The row below the machines of a band that tells which orders are due in it; of no height where none is. */
export interface DueRow {
  height: number;
  draw: (top: number) => string;
}

interface Line {
  kind: (typeof classes)[number];
  x: number;
  /** The text stands to the left of `x`, or to the right where there is no room. */
  toLeft: boolean;
  left: number;
  right: number;
  text: string;
  tip: string;
  lane: number;
}

/** Orders by the instant at which they are due, in ms and ascending; what was due before the plan, by its start `from`. Those without a due date are left out. */
export function ordersByDue(orders: readonly ScheduledOrder[], from: number): Map<number, ScheduledOrder[]> {
  const groups = new Map<number, ScheduledOrder[]>();
  for (const order of orders) {
    if (order.due === null) continue;
    const due = Math.max(from, Date.parse(order.due));
    const group = groups.get(due);
    if (group) group.push(order);
    else groups.set(due, [order]);
  }
  return new Map([...groups].sort(([a], [b]) => a - b));
}

/** Every order that is due in a band, by name, at its due date: late by how much, doubtful with which chance of being on time, or on time. */
export function dueRow(byDue: ReadonlyMap<number, readonly ScheduledOrder[]>, scale: GanttTimeScale, isFirst: boolean, clock: ZonedClock): DueRow {
  const lines: Line[] = [];
  let before = scale.left;
  for (const [due, group] of byDue) {
    // A due date at the end of a day belongs to the band in which the day is.
    if (due > scale.to || (due <= scale.from && !isFirst)) continue;
    const x = scale.x(due);
    for (const kind of classes) lines.push(...linesOf(kind, group.filter((order) => latenessClass(order) === kind), x, x - before, scale, clock));
    before = x;
  }
  const lanes = laid(lines);
  const inset = 5;
  return { height: lanes === 0 ? 0 : lanes * lineHeight + 2 * inset, draw: (top) => lines.map((line) => drawn(line, top + inset + (line.lane + 0.5) * lineHeight)).join('') };
}

function linesOf(kind: (typeof classes)[number], orders: readonly ScheduledOrder[], x: number, room: number, scale: GanttTimeScale, clock: ZonedClock): Line[] {
  if (orders.length === 0) return [];
  const labels = orders.map(label);
  const widest = Math.max(...labels.map((one) => textWidth(one, size)));
  const wanted = Math.max(widest, room - 2 * gap, textWidth(labels.join(', '), size) / fewLines + widest);
  const [leftRoom, rightRoom] = [x - scale.left - gap, scale.right - x - gap];
  const toLeft = leftRoom >= Math.min(wanted, rightRoom);
  const width = Math.min(wanted, toLeft ? leftRoom : rightRoom);
  const lines: Line[] = [];
  let first = 0;
  for (let end = 1; end <= labels.length; end++) {
    if (end < labels.length && textWidth(labels.slice(first, end + 1).join(', '), size) <= width) continue;
    const content = labels.slice(first, end).join(', ');
    const reach = textWidth(content, size) + gap + 4;
    const tip = orders.slice(first, end).map((order) => `${order.id}: ${dueFacts(order, clock)}; ends ${timeText(clock, Date.parse(order.finish))}`).join('\n');
    lines.push({ kind, x, toLeft, left: toLeft ? x - reach : x - 4, right: toLeft ? x + 4 : x + reach, text: content, tip, lane: 0 });
    first = end;
  }
  return lines;
}

function label(order: ScheduledOrder): string {
  const id = fitted(order.id, size, longestId);
  if (order.late_min > 0) return `${id} ${durationText(order.late_min)} late`;
  return latenessClass(order) === 'doubtful' ? `${id} ${Math.round(100 * (order.on_time ?? 0))} %` : id;
}

/** When an order is due, and by how much it is late: due by the end of Fri 20 Nov, 2 h late. */
export function dueFacts({ due, late_min: late }: ScheduledOrder, clock: ZonedClock): string {
  if (due === null) return 'no due date';
  return `due ${dueText(clock, Date.parse(due), dayText)}${late > 0 ? `, ${durationText(late)} late` : ''}`;
}

/** Puts lines into lanes where they do not cover each other. Returns how many there are. */
function laid(lines: readonly Line[]): number {
  const lanes: Line[][] = [];
  for (const line of lines) {
    let lane = lanes.findIndex((others) => others.every((other) => other.right <= line.left || other.left >= line.right));
    if (lane < 0) lane = lanes.push([]) - 1;
    lanes[lane]?.push(line);
    line.lane = lane;
  }
  return lanes.length;
}

function drawn({ kind, x, toLeft, text: content, tip }: Line, y: number): string {
  const ink = latenessInks[kind];
  const triangle = element('path', { d: `M${x.toFixed(1)} ${(y - 3.5).toFixed(1)}l4 7h-8z`, fill: ink });
  const words = text(content, { x: toLeft ? x - gap : x + gap, y: y + 3.3, size, fill: ink, ...(kind === 'late' ? { weight: 'bold' } : {}), ...(toLeft ? { anchor: 'end' } : {}) });
  // The lines of hours stop at the letters.
  return element('g', {}, `<title>${escapeXml(tip)}</title>${triangle}${element('g', { stroke: '#ffffff', 'stroke-width': 2.5, 'paint-order': 'stroke' }, words)}`);
}
