import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { SpindleError, issueText } from '../../../common/errors.ts';
import { readShop } from '../../../common/scheduling/read-shop.ts';
import { mayPause, shopSchema } from '../../../common/scheduling/shop.ts';

const example: unknown = JSON.parse(readFileSync('shop.example.json', 'utf8'));
const weekly = [{ days: ['mon'], from: '06:00', to: '14:00' }];
const small = { time_zone: 'Europe/Berlin', machines: [{ name: 'M1', processes: ['milling'] }] };

function issues(value: unknown): string[] {
  try {
    readShop(value);
    return [];
  } catch (error) {
    if (error instanceof SpindleError && error.code === 'invalid_shop') return error.issues.map(issueText);
    throw error;
  }
}

test('the example shop is accepted', () => {
  expect(issues(example)).toEqual([]);
});

test('the shape of a shop is what other releases know', async () => {
  await expect(`${JSON.stringify(z.toJSONSchema(shopSchema, { io: 'input' }), null, 2)}\n`).toMatchFileSnapshot('shop.snapshot.json');
});

test('what is left out costs nothing: no setups, no breaks, speed 1', () => {
  const shop = readShop(small);
  const [machine] = shop.machines;
  expect(machine).toEqual({ name: 'M1', processes: ['milling'], speed: 1, closed: [] });
  expect([shop.setups, shop.process_column, machine && mayPause(shop, machine)]).toEqual([[], 'process', true]);
});

test('whether work may pause is the machine\'s word, then its calendar\'s', () => {
  const calendars = { c: { weekly, pausing: false } };
  const shop = readShop({ ...small, calendars, machines: [{ name: 'a', processes: ['p'], calendar: 'c' }, { name: 'b', processes: ['p'], calendar: 'c', pausing: true }] });
  expect(shop.machines.map((machine) => mayPause(shop, machine))).toEqual([false, true]);
});

test('blanks around the name of a calendar do not count', () => {
  const shop = readShop({ ...small, calendars: { ' two shifts ': { weekly } }, machines: [{ name: 'a', processes: ['p'], calendar: 'two shifts ' }] });
  expect([Object.keys(shop.calendars), shop.machines[0]?.calendar]).toEqual([['two shifts'], 'two shifts']);
  expect(issues({ ...small, calendars: { 'c ': { weekly: 7 } }, machines: [{ name: 'a', processes: ['p'], calendar: 'c' }] })).toEqual([expect.stringMatching(/^calendars\["c "\]\.weekly: /)]);
});

const withCalendar = (calendar: unknown): unknown => ({ ...small, calendars: { c: calendar } });
const withMachine = (machine: object): unknown => ({ ...small, calendars: { 'two shifts': { weekly } }, machines: [{ name: 'M1', processes: ['milling'], ...machine }] });
const withSetups = (...setups: object[]): unknown => ({ ...small, setups });

describe('a shop is refused, with place and fix,', () => {
  test.each<[string, unknown, RegExp]>([
    ['that is no object', 7, /expected object, got 7/],
    ['without machines', { ...small, machines: [] }, /^machines: expected at least one machine/],
    ['without a time zone', { machines: small.machines }, /^time_zone: is missing/],
    ['in an unknown zone', { ...small, time_zone: 'Europe/Berln' }, /^time_zone: there is no time zone "Europe\/Berln"; did you mean "Europe\/Berlin"\?/],
    ['with an offset for a zone', { ...small, time_zone: '+01:00' }, /^time_zone: there is no time zone "\+01:00"; name the place, such as Europe\/Berlin, or "Etc\/GMT-1" for \+1 h all year$/],
    ['with an offset of an odd length', { ...small, time_zone: 'UTC-0330' }, /there is no time zone "UTC-0330"; name the place, such as Europe\/Berlin$/],
    ['with a time for a zone', { ...small, time_zone: '2026-11-23T06:00Z' }, /^time_zone: there is no time zone/],
    ['with a city for a zone', { ...small, time_zone: 'chicago' }, /did you mean "America\/Chicago"\?/],
    ['with a misspelt field', { ...small, machnes: [] }, /^machnes: is not a field; did you mean "machines"\?/],
    ['with a machine that does nothing', withMachine({ processes: [] }), /^machines\[0\]\.processes: too small.*; use at least 1 entry/],
    ['with a machine twice', { ...small, machines: [...small.machines, { name: 'm1', processes: ['milling'] }] }, /^machines\[1\]\.name: "m1" is already the name of machines\[0\]; give each machine a name of its own/],
    ['with a process twice', withMachine({ processes: ['a', 'a'] }), /^machines\[0\]\.processes\[1\]: "a" is named twice/],
    ['with speed 0', withMachine({ speed: 0 }), /^machines\[0\]\.speed: too small.*got 0; use at least 0\.01/],
    ['with an unknown calendar', withMachine({ calendar: 'two shift' }), /^machines\[0\]\.calendar: there is no calendar "two shift"; did you mean "two shifts"\?/],
    ['with two calendars whose names differ by blanks', { ...small, calendars: { c: { weekly }, 'c ': { weekly } } }, /^calendars\.c: "c" is the name of two calendars; give each/],
    ['with a closing that never ends', withMachine({ closed: [{ from: '2026-11-30T14:00', to: '2026-11-30T12:00' }] }), /^machines\[0\]\.closed\[0\]: ends before it begins/],
    ['with a closing at no time', withMachine({ closed: [{ from: '30.11.2026', to: '2026-12-01' }] }), /^machines\[0\]\.closed\[0\]\.from: "30\.11\.2026" is no date and time; write it as 2026-11-30/],
    ['with a calendar without a working minute', withCalendar({ weekly: [] }), /^calendars\.c: has no working minute; add a shift/],
    ['whose only hours are exceptions without any', withCalendar({ exceptions: [{ date: '2026-11-30', shifts: [] }] }), /has no working minute/],
    ['with overlapping shifts', withCalendar({ weekly: [...weekly, { days: ['mon', 'tue'], from: '13:00', to: '15:00' }] }), /^calendars\.c\.weekly\[1\]: mon 13:00 to 15:00 overlaps mon 06:00 to 14:00 of calendars\.c\.weekly\[0\]; let one end where the other begins/],
    ['with a night shift that overlaps the morning', withCalendar({ weekly: [...weekly, { days: ['sun'], from: '22:00', to: '06:30' }] }), /mon 06:00 to 14:00 overlaps sun 22:00 to 06:30/],
    ['with a shift without length', withCalendar({ weekly: [{ days: ['mon'], from: '06:00', to: '06:00' }] }), /no clear length; for a whole day write/],
    ['with a time of day that is none', withCalendar({ weekly: [{ days: ['mon'], from: '6:00', to: '14:00' }] }), /^calendars\.c\.weekly\[0\]\.from: expected a time of day as HH:MM.*got "6:00"/],
    ['with an unknown day', withCalendar({ weekly: [{ days: ['mo'], from: '06:00', to: '14:00' }] }), /^calendars\.c\.weekly\[0\]\.days\[0\]: expected one of mon, tue/],
    ['with a date that is none', { ...small, holidays: ['2026-02-30'] }, /^holidays\[0\]: /],
    ['with holidays that end before they begin', { ...small, holidays: [{ from: '2026-12-27', to: '2026-12-24' }] }, /^holidays\[0\]: ends before it begins/],
    ['with two exceptions for a date', withCalendar({ weekly, exceptions: [{ date: '2026-11-30', shifts: [] }, { date: '2026-11-30', shifts: [] }] }), /exceptions\[1\]: 2026-11-30 already has hours in exceptions\[0\]/],
    ['with hours on a holiday', withCalendar({ weekly, holidays: ['2026-11-30'], exceptions: [{ date: '2026-11-30', shifts: [] }] }), /is also a holiday of this calendar; remove one/],
    ['with setups of an unknown machine', withSetups({ feature: 'material', machines: ['M2'] }), /^setups\[0\]\.machines\[0\]: there is no machine "M2"; did you mean "M1"\?/],
    ['with two rules for one feature', withSetups({ feature: 'material' }, { feature: 'material' }), /^setups\[1\]: setups\[0\] already has the minutes of material for all machines/],
    ['with contradictory setups', withSetups({ feature: 'm', changes: [{ from: 'a', to: 'b', minutes: 1 }, { from: 'a', to: 'b', minutes: 2 }] }), /changes\[1\]: a to b takes 2 min here and 1 min in changes\[0\]; keep one/],
    ['with contradictory setups of one number', withSetups({ feature: 'm', changes: [{ from: '1', to: '2', minutes: 1 }, { from: '1.0', to: ' 2.0', minutes: 2 }] }), /changes\[1\]: 1\.0 to {2}2\.0 takes 2 min here and 1 min in changes\[0\]; keep one/],
    ['with two setups of one number from anything', withSetups({ feature: 'm', changes: [{ to: '2', minutes: 1 }, { to: '2.0', minutes: 2 }] }), /changes\[1\]: anything to 2\.0 takes 2 min here/],
    ['with a change of a number to itself', withSetups({ feature: 'm', changes: [{ from: '5', to: '5.0', minutes: 1 }] }), /5 to 5\.0 is no change; use `same`/],
    ['with a change that is none', withSetups({ feature: 'm', changes: [{ from: 'a', to: 'a', minutes: 1 }] }), /a to a is no change; use `same`/],
    ['with negative setups', withSetups({ feature: 'm', default: -1 }), /^setups\[0\]\.default: too small/],
  ])('%s', (_name, shop, expected) => {
    expect(issues(shop).filter((issue) => expected.test(issue))).toHaveLength(1);
  });
});

test('all problems come in one list, also those of the shape beside those of the meaning', () => {
  const found = issues({
    time_zone: 'Mars/Olympus',
    calendars: { a: { weekly: [] }, b: { weekly: [{ days: ['mon'], from: '25:00', to: '26:00' }] } },
    machines: [{ name: 'M1', processes: ['x'], calendar: 'b' }, { name: 'M1', processes: ['x'], calendar: 'q' }, { name: 'M3', speed: 'fast' }],
    setups: [{ feature: 'm', machines: ['M3', 'M9'] }],
  });
  expect(found.map((text) => text.slice(0, text.indexOf(':'))).sort()).toEqual([
    'calendars.a', 'calendars.b.weekly[0].from', 'calendars.b.weekly[0].to', 'machines[1].calendar', 'machines[1].name', 'machines[2].processes', 'machines[2].speed', 'setups[0].machines[1]', 'time_zone',
  ]);
});
