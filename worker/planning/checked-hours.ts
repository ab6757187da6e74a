import type { Machine, Shop } from '../../common/scheduling/shop.ts';
import type { WallClock } from './wall-clock.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/**
 * Working minutes of a machine between two instants, told again from the shop for the checker: no code of the calendars that plans are made with, wall times by Intl instead of Temporal.
 * Good for instants from `from` to `to`.
 */
export function checkedHours(shop: Shop, machine: Machine, clock: WallClock, from: number, to: number): (start: number, end: number) => number {
  const calendar = machine.calendar === undefined ? undefined : shop.calendars[machine.calendar];
  const spans: [number, number][] = calendar ? [] : [[-Infinity, Infinity]];
  if (calendar) {
    for (let midnight = Math.floor(from / dayMs) * dayMs - 2 * dayMs; midnight <= to + 2 * dayMs; midnight += dayMs) {
      const date = new Date(midnight).toISOString().slice(0, 10);
      const special = calendar.exceptions.find((exception) => exception.date === date);
      const closed = [...calendar.holidays, ...shop.holidays].some((holiday) => (typeof holiday === 'string' ? holiday === date : holiday.from <= date && date <= holiday.to));
      const weekday = dayNames[new Date(midnight).getUTCDay()] ?? 'sun';
      const shifts = special ? special.shifts : closed ? [] : calendar.weekly.filter(({ days }) => days.includes(weekday));
      for (const shift of shifts) {
        const next = shift.to <= shift.from ? dayMs : 0;
        spans.push([clock.instant(midnight + timeOfDay(shift.from)), clock.instant(midnight + timeOfDay(shift.to) + next)]);
      }
    }
  }
  for (const { from: a, to: b } of machine.closed) cut(spans, clock.read(a, 0), clock.read(b, dayMs));
  spans.sort((a, b) => a[0] - b[0]);
  const starts = spans.map(([start]) => start);
  return (start, end) => {
    let first = lowerBound(starts, start);
    // Overnight spans may have begun before, and shifts may overlap on dates with hours of their own.
    while (first > 0 && (spans[first - 1]?.[1] ?? 0) > start) first--;
    let sum = 0;
    let done = start;
    for (let i = Math.max(0, first - 3); i < spans.length && (spans[i]?.[0] ?? Infinity) < end; i++) {
      const [a, b] = spans[i] ?? [0, 0];
      const begin = Math.max(a, done);
      const stop = Math.min(b, end);
      if (stop > begin) {
        sum += stop - begin;
        done = stop;
      }
    }
    return sum / minuteMs;
  };
}

function timeOfDay(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return (hours * 60 + minutes) * minuteMs;
}

/** Takes a time out of spans. */
function cut(spans: [number, number][], from: number, to: number): void {
  for (const span of spans.splice(0)) {
    if (span[1] <= from || span[0] >= to) spans.push(span);
    else {
      if (span[0] < from) spans.push([span[0], from]);
      if (span[1] > to) spans.push([to, span[1]]);
    }
  }
}

function lowerBound(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
