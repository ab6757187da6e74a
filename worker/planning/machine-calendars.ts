import { shiftMinutes, dayMinutes } from '../../common/scheduling/shift-minutes.ts';
import { type Machine, type Shop, mayPause, weekdays } from '../../common/scheduling/shop.ts';
import { type WorkingWindow, machineWindows, merged } from '../../common/scheduling/working-windows.ts';
import type { ZonedClock } from '../../common/scheduling/zoned-clock.ts';
import type { Calendar } from '../scheduling/problem.ts';
import { minuteTicks, tickMs } from './ticks.ts';

const weekTicks = 7 * dayMinutes * minuteTicks;

/**
 * The calendars of a shop's machines in ticks from `start` (ms), exact until `horizon` (ticks): dates, closed times and changes of the clock included. No
 * period continues them exactly, since clocks change; behind the horizon the plain weekly shifts come again and again, so that a search always
 * finds a place even where there are no hours before, and whoever uses a schedule that runs beyond it must build the calendars again with a longer one.
 */
export function machineCalendars(shop: Shop, clock: ZonedClock, start: number, horizon: number): (Calendar | undefined)[] {
  return shop.machines.map((machine) => machineCalendar(shop, machine, clock, start, horizon));
}

function machineCalendar(shop: Shop, machine: Machine, clock: ZonedClock, start: number, horizon: number): Calendar | undefined {
  const calendar = machine.calendar === undefined ? undefined : shop.calendars[machine.calendar];
  const pausing = mayPause(shop, machine);
  if (!calendar && machine.closed.length === 0) return undefined;
  const toTicks = (instant: number): number => Math.round((instant - start) / tickMs);
  const exact = machineWindows(shop, machine, clock, start, start + horizon * tickMs)
    .map((window) => ({ start: toTicks(window.start), end: toTicks(window.end) }))
    .filter((window) => window.end > window.start);
  const week = calendar ? weeklyWindows(calendar.weekly, horizon, clock.wallTime(start + horizon * tickMs)) : [];
  if (week.length > 0) return { ...columns([...exact, ...week]), repeatFrom: horizon, period: weekTicks, pausing };
  // Only dated hours: they come again after the horizon.
  if (calendar && exact.length > 0) return { ...columns(exact), repeatFrom: 0, period: horizon, pausing };
  return { ...columns(merged([...exact, { start: horizon, end: Infinity }])), repeatFrom: 0, period: Infinity, pausing };
}

/** True where a calendar has no hours before the horizon that it was laid out for. */
export function isClosedUntil(horizon: number, calendar: Calendar | undefined): boolean {
  return calendar !== undefined && (calendar.starts[0] ?? Infinity) >= horizon;
}

function columns(windows: readonly WorkingWindow[]): { starts: Float64Array; ends: Float64Array } {
  return { starts: Float64Array.from(windows, ({ start }) => start), ends: Float64Array.from(windows, ({ end }) => end) };
}

/** The weekly shifts in [horizon, horizon + a week), without dates and changes of the clock; `wall` is the wall time at the horizon. */
function weeklyWindows(weekly: Shop['calendars'][string]['weekly'], horizon: number, wall: number): WorkingWindow[] {
  // The epoch was a Thursday, three days after a Monday.
  const intoWeek = (Math.floor(wall / tickMs) + 3 * dayMinutes * minuteTicks) % weekTicks;
  const windows: WorkingWindow[] = [];
  for (const shift of weekly) {
    const { from, to } = shiftMinutes(shift);
    for (const weekday of shift.days) {
      const monday = weekdays.indexOf(weekday) * dayMinutes;
      for (const weeks of [-1, 0, 1, 2]) {
        const start = (monday + from) * minuteTicks + weeks * weekTicks - intoWeek;
        const end = (monday + to) * minuteTicks + weeks * weekTicks - intoWeek;
        windows.push({ start: horizon + Math.max(0, start), end: horizon + Math.min(weekTicks, end) });
      }
    }
  }
  return merged(windows.filter(({ start, end }) => end > start));
}
