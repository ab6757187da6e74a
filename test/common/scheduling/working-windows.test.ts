import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calendarSchema, machineSchema, shopSchema, weekdays } from '../../../common/scheduling/shop.ts';
import { type WorkingWindow, calendarWindows, machineWindows, merged, without } from '../../../common/scheduling/working-windows.ts';
import { ZonedClock, dayMs } from '../../../common/scheduling/zoned-clock.ts';

const hourMs = 60 * 60_000;
const everyDay = [...weekdays];
const nightly = calendarSchema.parse({ weekly: [{ days: everyDay, from: '22:00', to: '06:00' }] });
const hours = (windows: WorkingWindow[]): number[] => windows.map(({ start, end }) => (end - start) / hourMs);
const around = (instant: number, days: number): [number, number] => [instant - days * dayMs, instant + days * dayMs];

// The clock goes back and forth at these; Lord Howe by half an hour, New York and Lord Howe not when Berlin does.
const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];

describe.each(zones)('in %s', (zone) => {
  const clock = new ZonedClock(zone);
  const first = clock.nextChange(Date.UTC(2026, 0, 1)) ?? 0;
  const changes = [first, clock.nextChange(first) ?? 0];

  test('the night shift is as much shorter or longer as the clock jumps', () => {
    for (const change of changes) {
      const jump = (clock.offset(change) - clock.offset(change - 1)) / hourMs;
      const nights = calendarWindows(nightly, [], clock, ...around(change, 2)).slice(1, -1);
      const night = nights.find(({ start, end }) => start < change && end > change);
      expect(night && (night.end - night.start) / hourMs).toBe(8 - jump);
      expect(hours(nights.filter((other) => other !== night)).every((length) => length === 8)).toBe(true);
    }
  });

  test('a minute is worked exactly when the wall clock shows a minute of a shift', () => {
    // Ends between 04:00 and 24:00: within a jump of the clock what a shift means is a rule of its own, tested below.
    const time = fc.integer({ min: 4 * 4, max: 24 * 4 - 1 }).map((quarter) => quarter * 15);
    const text = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
    const shift = fc.record({ days: fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1 }), from: time, to: time }).filter(({ from, to }) => from !== to);
    fc.assert(fc.property(fc.array(shift, { minLength: 1, maxLength: 4 }), fc.constantFrom(...changes), (shifts, change) => {
      const calendar = calendarSchema.parse({ weekly: shifts.map(({ days, from, to }) => ({ days, from: text(from), to: text(to) })) });
      const [from, to] = around(change, 4);
      const windows = calendarWindows(calendar, [], clock, from, to);
      const wrong: string[] = [];
      for (let instant = from; instant < to; instant += 15 * 60_000) {
        const wall = clock.wallTime(instant);
        const minute = (wall % dayMs) / 60_000;
        const day = new Date(wall).getUTCDay();
        const today = weekdays[(day + 6) % 7];
        const yesterday = weekdays[(day + 5) % 7];
        const worked = shifts.some((one) => {
          const overnight = one.to < one.from;
          const startsToday = today !== undefined && one.days.includes(today) && minute >= one.from && (overnight || minute < one.to);
          const ranOver = overnight && yesterday !== undefined && one.days.includes(yesterday) && minute < one.to;
          return startsToday || ranOver;
        });
        if (windows.some(({ start, end }) => instant >= start && instant < end) !== worked) wrong.push(`${new Date(instant).toISOString()} is ${worked ? '' : 'not '}worked`);
      }
      expect(wrong).toEqual([]);
    }), { numRuns: 60 });
  });

  test('windows of pieces are the pieces of the windows, ascending and apart', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 8 * 24 }), (hour) => {
      for (const change of changes) {
        const [from, to] = around(change, 4);
        const cut = from + hour * hourMs;
        const whole = calendarWindows(nightly, [], clock, from, to);
        const pieces = cut > from && cut < to ? [...calendarWindows(nightly, [], clock, from, cut), ...calendarWindows(nightly, [], clock, cut, to)] : whole;
        expect(merged(pieces)).toEqual(whole);
        expect(whole.every(({ start, end }, i) => end > start && start > (whole[i - 1]?.end ?? -Infinity))).toBe(true);
      }
    }), { numRuns: 50 });
  });
});

describe('in Berlin', () => {
  const clock = new ZonedClock('Europe/Berlin');
  const at = (text: string): number => clock.read(text) ?? NaN;
  const windows = (calendar: object, from: string, to: string, holidays: string[] = []): string[] =>
    calendarWindows(calendarSchema.parse(calendar), holidays, clock, at(from), at(to)).map(({ start, end }) => `${clock.iso(start).slice(5, 16)} ${clock.iso(end).slice(5, 16)}`);

  test('shifts that touch are one window, also over midnight', () => {
    const weekly = [{ days: everyDay, from: '06:00', to: '14:00' }, { days: everyDay, from: '14:00', to: '22:00' }, { days: everyDay, from: '22:00', to: '06:00' }];
    expect(windows({ weekly }, '2026-10-23', '2026-10-28')).toEqual(['10-23T00:00 10-28T00:00']);
  });

  test('a break of a night shift stays as long as it is when the clock skips it', () => {
    const weekly = [{ days: ['sat'], from: '22:00', to: '02:15' }, { days: ['sun'], from: '02:45', to: '06:00' }];
    expect(windows({ weekly }, '2026-03-28T12:00', '2026-03-30')).toEqual(['03-28T22:00 03-29T03:15', '03-29T03:45 03-29T06:00']);
  });

  test('a shift that begins or ends in the repeated hour means its first occurrence', () => {
    const instants = calendarWindows(calendarSchema.parse({ weekly: [{ days: ['sun'], from: '02:30', to: '04:00' }] }), [], clock, at('2026-10-25'), at('2026-10-26'));
    expect(hours(instants)).toEqual([2.5]);
  });

  test('an exception takes the place of the weekly hours, a holiday closes, and a shift belongs to the day on which it starts', () => {
    const calendar = {
      weekly: [{ days: everyDay, from: '22:00', to: '06:00' }],
      exceptions: [{ date: '2026-12-24', shifts: [{ from: '06:00', to: '12:00' }] }, { date: '2026-12-28', shifts: [{ from: '08:00', to: '09:00' }] }],
      holidays: [{ from: '2026-12-25', to: '2026-12-26' }],
    };
    expect(windows(calendar, '2026-12-23T12:00', '2026-12-29T12:00', ['2026-12-28'])).toEqual([
      '12-23T22:00 12-24T12:00', '12-27T22:00 12-28T06:00', '12-28T08:00 12-28T09:00',
    ]);
  });

  test('a machine is closed whatever its calendar says, and without one works always', () => {
    const closed = [{ from: '2026-11-24T08:00', to: '2026-11-24T10:00' }, { from: '2026-11-25', to: '2026-11-25' }];
    const machine = machineSchema.parse({ name: 'M', processes: ['p'], closed });
    const shop = shopSchema.parse({ time_zone: 'Europe/Berlin', machines: [machine] });
    expect(machineWindows(shop, machine, clock, at('2026-11-24'), at('2026-11-27')).map(({ start, end }) => [clock.iso(start).slice(5, 16), clock.iso(end).slice(5, 16)])).toEqual([
      ['11-24T00:00', '11-24T08:00'], ['11-24T10:00', '11-25T00:00'], ['11-26T00:00', '11-27T00:00'],
    ]);
  });
});

test('taking times away leaves exactly the minutes that are in the windows and not in those times', () => {
  const times = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 10 })), { maxLength: 6 }).map((list) => merged(list.map(([start, length]) => ({ start, end: start + length }))));
  const inside = (list: WorkingWindow[], minute: number): boolean => list.some(({ start, end }) => minute >= start && minute < end);
  fc.assert(fc.property(times, times, (open, closed) => {
    const left = without(open, closed);
    for (let minute = 0; minute < 75; minute++) expect(inside(left, minute)).toBe(inside(open, minute) && !inside(closed, minute));
  }));
});
