import { Temporal } from 'temporal-polyfill';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ZonedClock, dayMs } from '../../../common/scheduling/zoned-clock.ts';

const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'UTC'];
const anyZone = fc.constantFrom(...zones);
const from2020 = Date.UTC(2020, 0, 1);
const anyMinute = fc.integer({ min: 0, max: 20 * 365 * 24 * 60 }).map((minute) => from2020 + minute * 60_000);

/** Wall time by Intl, which shares nothing with Temporal but the zone data. */
function wallByIntl(zone: string, instant: number): number {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' }).formatToParts(instant);
  const at = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'));
}

test('wall times are those that Intl shows', () => {
  fc.assert(fc.property(anyZone, anyMinute, (zone, instant) => {
    expect(new ZonedClock(zone).wallTime(instant)).toBe(wallByIntl(zone, instant));
  }), { numRuns: 500 });
});

test('instants of wall times are those of Temporal, near changes of the clock too', () => {
  const nearChange = fc.tuple(anyZone, anyMinute, fc.integer({ min: -180, max: 180 })).map(([zone, instant, minutes]) => {
    const clock = new ZonedClock(zone);
    return { clock, wall: clock.wallTime((clock.nextChange(instant) ?? instant) + minutes * 60_000) };
  });
  fc.assert(fc.property(nearChange, ({ clock, wall }) => {
    const expected = Temporal.PlainDateTime.from(new Date(wall).toISOString().slice(0, -1)).toZonedDateTime(clock.zone).epochMilliseconds;
    expect(clock.instant(wall)).toBe(expected);
  }), { numRuns: 500 });
});

test('an instant that is written is read back, in any zone', () => {
  fc.assert(fc.property(anyZone, anyZone, anyMinute, (zone, other, instant) => {
    expect(new ZonedClock(other).read(new ZonedClock(zone).iso(instant))).toBe(instant);
  }));
});

describe('in Berlin', () => {
  const clock = new ZonedClock('Europe/Berlin');
  test.each<[string, 'start' | 'end', string]>([
    ['2026-11-23', 'start', '2026-11-22T23:00:00Z'],
    ['2026-11-23', 'end', '2026-11-23T23:00:00Z'],
    ['2026-03-29', 'end', '2026-03-29T22:00:00Z'],
    ['2026-07-01T06:30', 'start', '2026-07-01T04:30:00Z'],
    ['2026-07-01 06:30:15', 'end', '2026-07-01T04:30:15Z'],
    ['2026-07-01T06:30Z', 'start', '2026-07-01T06:30:00Z'],
    ['2026-07-01T06:30-05:00', 'start', '2026-07-01T11:30:00Z'],
    ['2026-03-29T02:30', 'start', '2026-03-29T01:30:00Z'],
    ['2026-10-25T02:30', 'start', '2026-10-25T00:30:00Z'],
  ])('%s as a %s means %s', (text, edge, instant) => {
    expect(clock.read(text, edge)).toBe(Date.parse(instant));
  });

  test.each(['', 'tomorrow', '2026-02-30', '2026-13-01', '23.11.2026', '11/23/2026', '2026-11-23T25:00', '45000', '2026-11-23T06', '0026-11-23T06:00'])('"%s" is no time', (text) => {
    expect(clock.read(text)).toBeUndefined();
  });

  test('a day at a change of the clock has 23 or 25 hours', () => {
    const length = (date: string): number => ((clock.read(date, 'end') ?? 0) - (clock.read(date) ?? 0)) / dayMs * 24;
    expect(['2026-03-29', '2026-10-25', '2026-11-23'].map(length)).toEqual([23, 25, 24]);
  });
});

test.each(['Europe/Berln', '+01:00', '+0100', '-03', '2026-11-23T06:00Z', '2026-11-23T06:00[Europe/Berlin]', ''])('"%s" is refused as a zone', (zone) => {
  expect(() => new ZonedClock(zone)).toThrow(RangeError);
});

test('a 60th second is refused: what reads times again does not know it', () => {
  const clock = new ZonedClock('Europe/Berlin');
  expect(clock.read('2026-11-23T06:00:59')).toBeDefined();
  expect(clock.read('2026-11-23T06:00:60')).toBeUndefined();
});
