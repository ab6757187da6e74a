import { midnights, timeAxis, timeText } from './gantt-axis.ts';
import { type GanttColouring, orderColours } from './gantt-colours.ts';
import { dueFacts, dueRow, ordersByDue } from './gantt-due-row.ts';
import { finishMarks, laneHeight } from './gantt-finish-marks.ts';
import { ganttLegend } from './gantt-legend.ts';
import { ganttTitle } from './gantt-title.ts';
import { GanttTimeScale, bandEdges } from './gantt-time-scale.ts';
import type { Schedule, ScheduledOperation, ScheduledOrder } from './schedule.ts';
import type { Shop } from './shop.ts';
import { element, escapeXml, fitted, text } from './svg.ts';
import { type WorkingWindow, machineWindows, merged, without } from './working-windows.ts';
import { ZonedClock } from './zoned-clock.ts';

/** How a chart is drawn. */
export interface GanttOptions {
  colouring?: GanttColouring;
  /** In px; the height follows. */
  width?: number;
}

const labelWidth = 118;
const margin = 16;
const barHeight = 24;
const axisHeight = 34;

/** Pixels that an operation of the busiest machine has on average: with less the chart goes on in another band below. */
const operationPixels = 30;

/**
 * A schedule as an SVG Gantt chart that also reads in print: machines as rows, setups hatched, breaks shaded, the spread of simulated finishes below each row, all due dates below the rows. The time
 * axis is in the shop's zone; long times in which all machines rest are drawn narrow, and a chart too dense for one band goes on in bands below each other.
 */
export function ganttSvg(schedule: Schedule, shop: Shop, { colouring = 'order', width = 1600 }: GanttOptions = {}): string {
  const clock = new ZonedClock(schedule.time_zone);
  const [from, to] = timeSpan(schedule);
  const windows = shop.machines.map((machine) => machineWindows(shop, machine, clock, from, to));
  const open = merged(windows.flat());
  const byMachine = shop.machines.map(({ name }) => schedule.operations.filter(({ machine }) => machine === name));
  const bars = byMachine.map((operations) => spanned(operations, ({ setup_start: setup, start, end }) => [setup ?? start, end]));
  const endingOn = byMachine.map((operations) => spanned(ordersEndingWith(schedule, operations), ({ finish, finish_10: low, finish_90: high }) => [low ?? finish, high ?? finish]));
  const busiest = Math.max(1, ...byMachine.map(({ length }) => length));
  const left = margin + labelWidth;
  const right = width - margin;
  const bands = Math.max(1, Math.ceil((busiest * operationPixels) / (right - left)));
  const edges = bandEdges(from, to, bands, open, midnights(clock, from, to));
  const colours = orderColours(schedule, colouring);
  const byDue = ordersByDue(schedule.orders, from);
  const orders = new Map(schedule.orders.map((order) => [order.id, order]));

  const title = ganttTitle(schedule, shop, clock, margin, width);
  let body = title.svg;
  let top = title.height;
  for (const [band, start] of edges.slice(0, -1).entries()) {
    const scale = new GanttTimeScale(start, edges[band + 1] ?? to, open, left, right);
    const rows = shop.machines.map((_, machine) => finishMarks(within(endingOn[machine], scale), scale));
    const heights = rows.map(({ lanes }) => barHeight + 10 + lanes * laneHeight);
    const due = dueRow(byDue, scale, band === 0, clock);
    const bottom = top + axisHeight + heights.reduce((sum, height) => sum + height, due.height);
    let y = top + axisHeight;
    let shades = '';
    let drawn = '';
    for (const [index, machine] of shop.machines.entries()) {
      const height = heights[index] ?? 0;
      const utilisation = schedule.figures.machines.find((figures) => figures.machine === machine.name)?.utilisation ?? 0;
      const working = (windows[index] ?? []).filter((window) => window.end > scale.from && window.start < scale.to);
      shades += shading(scale, working, y, height);
      drawn += element('line', { x1: margin, x2: right, y1: y, y2: y, stroke: '#b6bcc5', 'stroke-width': 0.8 });
      drawn += text(fitted(machine.name, 12, labelWidth - 8), { x: margin, y: y + 16, size: 12, weight: 'bold' });
      drawn += text(`${Math.round(utilisation * 100)} % used`, { x: margin, y: y + 30, size: 9.5, fill: '#57606a' });
      for (const operation of within(bars[index], scale)) drawn += bar(operation, scale, working, y + 5, colours.get(operation.order_id) ?? '#cfd6de', orders.get(operation.order_id), clock);
      drawn += rows[index]?.draw(y + barHeight + 8) ?? '';
      y += height;
    }
    if (due.height > 0) {
      drawn += element('line', { x1: margin, x2: right, y1: y, y2: y, stroke: '#8a919b', 'stroke-width': 0.9 });
      drawn += text('Due', { x: margin, y: y + 16, size: 12, weight: 'bold' }) + due.draw(y);
    }
    body += shades + timeAxis(clock, scale, top, bottom) + drawn;
    body += element('rect', { x: left, y: top + axisHeight, width: right - left, height: bottom - top - axisHeight, fill: 'none', stroke: '#8a919b', 'stroke-width': 0.9 });
    top = bottom + 14;
  }
  const states = new Set(schedule.operations.map(({ state }) => state));
  const legend = ganttLegend(colouring, { x: margin, right, top: top + 14 }, { locked: states.has('locked'), running: states.has('running'), simulated: schedule.simulation !== null });
  body += legend.svg;
  const height = top + 10 + legend.height;
  const hatch = element('pattern', { id: 'setup', width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    element('rect', { width: 5, height: 5, fill: '#ffffff' }) + element('line', { x1: 0, x2: 0, y1: 0, y2: 5, stroke: '#3b434d', 'stroke-width': 2.4 }));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${Math.ceil(height)}" viewBox="0 0 ${width} ${Math.ceil(height)}" font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif"><defs>${hatch}</defs><rect width="100%" height="100%" fill="#ffffff"/>${body}</svg>\n`;
}

/** From the start of the plan to its end, with the later simulated finishes as far as they lie within a tenth of it. */
function timeSpan({ start, operations, orders }: Schedule): [number, number] {
  const from = Date.parse(start);
  const end = Math.max(from + 60 * 60_000, ...operations.map((operation) => Date.parse(operation.end)));
  const tail = Math.max(end, ...orders.flatMap(({ finish_90: late }) => (late === null ? [] : [Date.parse(late)])));
  return [from, Math.min(tail, end + 0.1 * (end - from)) + 10 * 60_000];
}

/** The orders whose last operation is among these. */
function ordersEndingWith({ orders }: Schedule, operations: readonly ScheduledOperation[]): ScheduledOrder[] {
  const ends = new Set(operations.map(({ order_id: id, end }) => `${id} ${Date.parse(end)}`));
  return orders.filter(({ id, finish }) => ends.has(`${id} ${Date.parse(finish)}`));
}

function shading(scale: GanttTimeScale, open: readonly WorkingWindow[], y: number, height: number): string {
  return without([{ start: scale.from, end: scale.to }], open)
    .map(({ start, end }) => element('rect', { x: scale.x(start), y, width: scale.x(end) - scale.x(start), height, fill: '#dde1e6' }))
    .join('');
}

/** Something with its time in ms, read once for all bands. */
interface Spanned<T> {
  item: T;
  from: number;
  to: number;
}

const spanned = <T>(items: readonly T[], span: (item: T) => readonly [string, string]): Spanned<T>[] => items.map((item) => {
  const [from, to] = span(item);
  return { item, from: Date.parse(from), to: Date.parse(to) };
});

/** What a band shows. */
function within<T>(items: readonly Spanned<T>[] = [], scale: GanttTimeScale): T[] {
  return items.flatMap(({ item, from, to }) => (to >= scale.from && from <= scale.to ? [item] : []));
}

function bar(operation: ScheduledOperation, scale: GanttTimeScale, open: readonly WorkingWindow[], y: number, colour: string, order: ScheduledOrder | undefined, clock: ZonedClock): string {
  const late = order !== undefined && order.late_min > 0;
  const start = Date.parse(operation.start);
  const end = Date.parse(operation.end);
  const setupStart = operation.setup_start === null ? start : Date.parse(operation.setup_start);
  const setupEnd = operation.setup_end === null ? setupStart : Date.parse(operation.setup_end);
  let out = '';
  for (const piece of pieces(setupStart, setupEnd, open, scale)) {
    if (piece.working) out += element('rect', { x: piece.x, y: y + 3, width: Math.max(1, piece.width), height: barHeight - 6, fill: 'url(#setup)', stroke: '#3b434d', 'stroke-width': 0.5 });
  }
  const drawn = pieces(start, end, open, scale);
  for (const { x, width, working } of drawn) {
    out += element('rect', { x, y, width: Math.max(0.8, width), height: barHeight, fill: colour, ...(working ? {} : { 'fill-opacity': 0.35 }) });
  }
  const [x, right] = [scale.x(start), scale.x(end)];
  if (end <= scale.from || start >= scale.to) return out;
  const dashed = operation.state === 'running' ? { 'stroke-dasharray': '5 2' } : {};
  const stroke = late ? '#b3261e' : operation.state === 'running' ? '#22272e' : '#57606a';
  out += element('rect', { x, y, width: Math.max(0.8, right - x), height: barHeight, fill: 'none', stroke, 'stroke-width': late || operation.state === 'running' ? 1.6 : 0.7, ...dashed });
  if (operation.state === 'locked') out += element('rect', { x, y, width: Math.min(4, right - x), height: barHeight, fill: '#22272e' });
  const label = operation.quantity > 1 && right - x > 90 ? `${operation.id} ×${operation.quantity}` : operation.id;
  const inset = operation.state === 'locked' ? 6 : 3;
  const shown = fitted(label, 10, right - x - inset - 1);
  if (shown !== '') out += text(shown, { x: x + inset, y: y + 16, size: 10 });
  const tip = `${operation.id}, ${operation.process} ×${operation.quantity} on ${operation.machine}: ${timeText(clock, start)} to ${timeText(clock, end)}${order === undefined ? '' : `; ${dueFacts(order, clock)}`}`;
  return element('g', {}, `<title>${escapeXml(tip)}</title>${out}`);
}

/** A span of time cut where its machine starts and stops working, in px; what lies outside of the scale is left out. */
function pieces(start: number, end: number, open: readonly WorkingWindow[], scale: GanttTimeScale): { x: number; width: number; working: boolean }[] {
  const [from, to] = [Math.max(start, scale.from), Math.min(end, scale.to)];
  if (to <= from) return [];
  const working = open.flatMap((window) => (window.end > from && window.start < to ? [{ start: Math.max(from, window.start), end: Math.min(to, window.end) }] : []));
  const paused = without([{ start: from, end: to }], working);
  const drawn = ({ start: a, end: b }: WorkingWindow, isWorking: boolean): { x: number; width: number; working: boolean } => ({ x: scale.x(a), width: scale.x(b) - scale.x(a), working: isWorking });
  return [...working.map((window) => drawn(window, true)), ...paused.map((window) => drawn(window, false))];
}
