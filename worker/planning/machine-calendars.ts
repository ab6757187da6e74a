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
  // Only dated hours: they come again after the horizon.
  if (calendar?.weekly.length === 0 && exact.length > 0) return { ...columns(exact), repeatFrom: 0, period: horizon, pausing };
  const { once, again } = weeklyWindows(calendar?.weekly ?? [], horizon, clock.wallTime(start + horizon * tickMs));
  const [first] = again;
  if (first) return { ...columns([...merged([...exact, ...once]), ...again]), repeatFrom: first.start, period: weekTicks, pausing };
  return { ...columns(merged([...exact, { start: horizon, end: Infinity }])), repeatFrom: 0, period: Infinity, pausing };
}

/** True where a calendar has no hours before the horizon that it was laid out for. */
export function isClosedUntil(horizon: number, calendar: Calendar | undefined): boolean {
  return calendar !== undefined && (calendar.starts[0] ?? Infinity) >= horizon;
}

function columns(windows: readonly WorkingWindow[]): { starts: Float64Array; ends: Float64Array } {
  return { starts: Float64Array.from(windows, ({ start }) => start), ends: Float64Array.from(windows, ({ end }) => end) };
}

/**
 * The weekly shifts from the horizon on, without dates and changes of the clock; `wall` is the wall time at the horizon. What still runs at the horizon comes once, then a week
 * from the end of a break on comes again and again, so that no shift is cut in two; no week where the shifts leave no break.
 */
function weeklyWindows(weekly: Shop['calendars'][string]['weekly'], horizon: number, wall: number): { once: WorkingWindow[]; again: WorkingWindow[] } {
  // The epoch was a Thursday, three days after a Monday.
  const intoWeek = (Math.floor(wall / tickMs) + 3 * dayMinutes * minuteTicks) % weekTicks;
  const windows: WorkingWindow[] = [];
  for (const shift of weekly) {
    const { from, to } = shiftMinutes(shift);
    for (const weekday of shift.days) {
      const monday = weekdays.indexOf(weekday) * dayMinutes;
      // One week before, and enough behind for whole shifts of a week that begins within the first.
      for (const weeks of [-1, 0, 1, 2, 3]) {
        const zero = horizon + weeks * weekTicks - intoWeek;
        windows.push({ start: zero + (monday + from) * minuteTicks, end: zero + (monday + to) * minuteTicks });
      }
    }
  }
  const laid = merged(windows);
  const first = laid.find(({ start }) => start >= horizon)?.start ?? Infinity;
  return {
    once: laid.filter(({ start, end }) => start < horizon && end > horizon).map(({ end }) => ({ start: horizon, end })),
    again: laid.filter(({ start }) => start >= first && start < first + weekTicks),
  };
}
