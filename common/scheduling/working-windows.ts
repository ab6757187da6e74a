import { shiftsByDay } from './shift-minutes.ts';
import type { Holiday, Machine, Shop, ShopCalendar } from './shop.ts';
import { type ZonedClock, dayMs } from './zoned-clock.ts';

/** A time of work [start, end), in ms since 1970 in UTC. */
export interface WorkingWindow {
  start: number;
  end: number;
}

/**
 * The working windows of a calendar inside [from, to): its shifts, each from the instant of its first wall time to that of its last, so that a
 * night shift is an hour shorter or longer where the clock changes. Ascending; shifts that touch or overlap are one window.
 */
export function calendarWindows(calendar: ShopCalendar, holidays: readonly Holiday[], clock: ZonedClock, from: number, to: number): WorkingWindow[] {
  const shiftsOf = shiftsByDay(calendar, holidays);
  const windows: WorkingWindow[] = [];
  // A shift of the day before may still run, and one more day covers any offset.
  const last = Math.ceil(to / dayMs) + 1;
  for (let day = Math.floor(from / dayMs) - 2; day <= last; day++) {
    for (const shift of shiftsOf(day)) {
      const start = Math.max(from, clock.instant(day * dayMs + shift.from * 60_000));
      const end = Math.min(to, clock.instant(day * dayMs + shift.to * 60_000));
      if (end > start) windows.push({ start, end });
    }
  }
  return merged(windows);
}

/** Minutes that a machine works inside [from, to). */
export function workingMinutes(shop: Shop, machine: Machine, clock: ZonedClock, from: number, to: number): number {
  return machineWindows(shop, machine, clock, from, to).reduce((sum, window) => sum + window.end - window.start, 0) / 60_000;
}

/** The working windows of a machine inside [from, to): its calendar's, or always, without the times when it is closed. */
export function machineWindows(shop: Shop, machine: Machine, clock: ZonedClock, from: number, to: number): WorkingWindow[] {
  const calendar = machine.calendar === undefined ? undefined : shop.calendars[machine.calendar];
  const windows = calendar === undefined ? [{ start: from, end: to }] : calendarWindows(calendar, shop.holidays, clock, from, to);
  return without(windows, closedTimes(machine, clock));
}

/** The times when a machine is closed, whatever its calendar says. */
export function closedTimes(machine: Machine, clock: ZonedClock): WorkingWindow[] {
  const times = machine.closed.flatMap(({ from, to }) => {
    const start = clock.read(from);
    const end = clock.read(to, 'end');
    return start !== undefined && end !== undefined && end > start ? [{ start, end }] : [];
  });
  return merged(times);
}

/** The same times with what touches or overlaps joined, ascending. */
export function merged(windows: readonly WorkingWindow[]): WorkingWindow[] {
  const out: WorkingWindow[] = [];
  for (const window of [...windows].sort((a, b) => a.start - b.start)) {
    const before = out.at(-1);
    if (before && window.start <= before.end) before.end = Math.max(before.end, window.end);
    else out.push({ ...window });
  }
  return out;
}

/** Windows without some times; both ascending and without overlap. */
export function without(windows: readonly WorkingWindow[], closed: readonly WorkingWindow[]): WorkingWindow[] {
  if (closed.length === 0) return [...windows];
  const out: WorkingWindow[] = [];
  for (const window of windows) {
    let { start } = window;
    for (const gap of closed) {
      if (gap.end <= start || gap.start >= window.end) continue;
      if (gap.start > start) out.push({ start, end: gap.start });
      start = gap.end;
    }
    if (start < window.end) out.push({ start, end: window.end });
  }
  return out;
}
