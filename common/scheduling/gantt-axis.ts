import type { GanttTimeScale } from './gantt-time-scale.ts';
import { element, text, textWidth } from './svg.ts';
import { type ZonedClock, dayMs } from './zoned-clock.ts';

const weekdayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const monthNames = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A day as charts write it, by its wall time: Mon 23 Nov. */
export function dayText(wallTime: number): string {
  const date = new Date(wallTime);
  return `${weekdayNames[date.getUTCDay()]} ${date.getUTCDate()} ${monthNames[date.getUTCMonth()]}`;
}

/** A time as charts write it: Mon 23 Nov 06:00. */
export function timeText(clock: ZonedClock, instant: number): string {
  const wall = clock.wallTime(instant);
  return `${dayText(wall)} ${new Date(wall).toISOString().slice(11, 16)}`;
}

/** The instants of local midnights in (from, to). */
export function midnights(clock: ZonedClock, from: number, to: number): number[] {
  const found: number[] = [];
  for (let day = Math.floor(clock.wallTime(from) / dayMs); ; day++) {
    const instant = clock.instant(day * dayMs);
    if (instant >= to) return found;
    if (instant > from) found.push(instant);
  }
}

/** The time axis above rows: days in the shop's zone, hours where there is room, and where the clock changes. `top` is that of the axis, 34 px high; lines go down to `bottom`. */
export function timeAxis(clock: ZonedClock, scale: GanttTimeScale, top: number, bottom: number): string {
  const days = [scale.from, ...midnights(clock, scale.from, scale.to)];
  // A day that starts within a shrunk rest is labelled where its work starts.
  const starts = days.map((day, index) => {
    const rest = scale.rests.find(({ start, end }) => day >= start && day < end);
    return scale.x(rest && rest.end < (days[index + 1] ?? scale.to) ? rest.end : day);
  });
  const rooms = starts.map((x, index) => (days[index + 1] === undefined ? scale.right : scale.x(days[index + 1] ?? scale.to)) - x);
  let out = '';
  let free = -Infinity;
  for (const [index, day] of days.entries()) {
    const [x = 0, room = 0, label] = [starts[index], rooms[index], dayText(clock.wallTime(day))];
    if (index > 0) out += element('line', { x1: scale.x(day), x2: scale.x(day), y1: top + 2, y2: bottom, stroke: '#8a919b', 'stroke-width': 0.9 });
    const width = textWidth(label, 11.5) + 8;
    // The rest of a day that is nearly over gives way to the day after it.
    if (x < free || room < 18 || (room < width && (rooms[index + 1] ?? 0) >= width)) continue;
    out += text(label, { x: x + 4, y: top + 13, size: 11.5, weight: 'bold' });
    free = x + width;
  }
  out += hours(clock, scale, top, bottom);
  for (let change = clock.nextChange(scale.from); change !== undefined && change < scale.to; change = clock.nextChange(change)) {
    const x = scale.x(change);
    out += element('line', { x1: x, x2: x, y1: top + 16, y2: bottom, stroke: '#7a3fb0', 'stroke-width': 1.2, 'stroke-dasharray': '5 3' });
    const jump = (clock.offset(change) - clock.offset(change - 1)) / 60_000;
    out += text(`clock ${jump > 0 ? '+' : '-'}${Math.abs(jump)} min`, { x: x + 3, y: bottom - 3, size: 9, fill: '#7a3fb0' });
  }
  return out;
}

const hourSteps = [1, 2, 3, 6, 12];

function hours(clock: ZonedClock, scale: GanttTimeScale, top: number, bottom: number): string {
  const step = hourSteps.find((one) => one * scale.hourPixels >= 30);
  if (step === undefined) return '';
  let out = '';
  let last = -Infinity;
  const hourMs = 60 * 60_000;
  for (let wall = Math.ceil(clock.wallTime(scale.from) / (step * hourMs)) * step * hourMs; ; wall += step * hourMs) {
    const instant = clock.instant(wall);
    if (instant > scale.to) return out;
    const x = scale.x(instant);
    const hour = new Date(wall).getUTCHours();
    const resting = scale.rests.some(({ start, end }) => instant > start && instant < end);
    if (resting) continue;
    out += element('line', { x1: x, x2: x, y1: top + 28, y2: bottom, stroke: '#c9ced6', 'stroke-width': 0.5 });
    if (x < last + 26 || x > scale.right - 8) continue;
    out += text(`${String(hour).padStart(2, '0')}:00`, { x, y: top + 26, size: 9, fill: '#57606a', anchor: 'middle' });
    last = x;
  }
}
