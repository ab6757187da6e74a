import type { FieldIssue } from '../errors.ts';
import { issueAt } from './shape-issues.ts';
import { type ShiftMinutes, dayMinutes, holidayDays, dayNumber, shiftMinutes } from './shift-minutes.ts';
import { type Holiday, type Shift, type ShopCalendar, weekdays } from './shop.ts';

/** What is wrong with a calendar of the right shape: shifts without length or overlapping, dates that contradict each other, no working minute at all. */
export function calendarIssues(calendar: ShopCalendar, place: string): FieldIssue[] {
  const issues = [
    ...weeklyIssues(calendar, `${place}.weekly`),
    ...exceptionIssues(calendar, `${place}.exceptions`),
    ...holidayIssues(calendar.holidays, `${place}.holidays`),
  ];
  const works = calendar.weekly.length > 0 || calendar.exceptions.some(({ shifts }) => shifts.length > 0);
  if (!works) issues.push(issueAt(place, 'has no working minute', null, 'add a shift to `weekly`, such as {"days": ["mon"], "from": "06:00", "to": "14:00"}'));
  return issues;
}

/** Holidays that end before they begin. */
export function holidayIssues(holidays: readonly Holiday[], place: string): FieldIssue[] {
  return holidays.flatMap((holiday, index) => {
    const { first, last } = holidayDays(holiday);
    return last >= first ? [] : [issueAt(`${place}[${index}]`, 'ends before it begins', holiday, 'swap `from` and `to`')];
  });
}

interface PlacedShift extends ShiftMinutes {
  place: string;
  text: string;
}

function weeklyIssues(calendar: ShopCalendar, place: string): FieldIssue[] {
  const issues: FieldIssue[] = [];
  const week: PlacedShift[] = [];
  for (const [index, shift] of calendar.weekly.entries()) {
    const at = `${place}[${index}]`;
    issues.push(...emptyShift(shift, at));
    if (shift.from === shift.to) continue;
    const { from, to } = shiftMinutes(shift);
    for (const [day, weekday] of weekdays.entries()) {
      const named = shift.days.filter((other) => other === weekday).length;
      if (named > 1) issues.push(issueAt(at, `names ${weekday} twice`, weekday, 'name it once'));
      if (named === 0) continue;
      week.push({ from: day * dayMinutes + from, to: day * dayMinutes + to, place: at, text: `${weekday} ${shift.from} to ${shift.to}` });
    }
  }
  // Sunday's night shift may run into Monday's first.
  const next = week.filter(({ from }) => from < 2 * dayMinutes).map((shift) => ({ ...shift, from: shift.from + 7 * dayMinutes, to: shift.to + 7 * dayMinutes }));
  return [...issues, ...overlaps([...week, ...next])];
}

function exceptionIssues(calendar: ShopCalendar, place: string): FieldIssue[] {
  const issues: FieldIssue[] = [];
  const seen = new Map<string, number>();
  for (const [index, { date, shifts }] of calendar.exceptions.entries()) {
    const at = `${place}[${index}]`;
    const first = seen.get(date);
    if (first === undefined) seen.set(date, index);
    else issues.push(issueAt(at, `${date} already has hours in exceptions[${first}]`, date, 'put all hours of the date into one exception'));
    const day = dayNumber(date);
    if (calendar.holidays.map(holidayDays).some((holiday) => day >= holiday.first && day <= holiday.last)) {
      issues.push(issueAt(at, `${date} is also a holiday of this calendar`, date, 'remove one of the two'));
    }
    for (const [s, shift] of shifts.entries()) issues.push(...emptyShift(shift, `${at}.shifts[${s}]`));
    const placed = shifts.map((shift, s) => ({ ...shiftMinutes(shift), place: `${at}.shifts[${s}]`, text: `${shift.from} to ${shift.to}` }));
    issues.push(...overlaps(placed));
  }
  return issues;
}

function emptyShift(shift: Shift, place: string): FieldIssue[] {
  if (shift.from !== shift.to && shift.from !== '24:00') return [];
  const fix = 'for a whole day write "from": "00:00", "to": "24:00"';
  return [issueAt(place, `a shift from ${shift.from} to ${shift.to} has no clear length`, `${shift.from} to ${shift.to}`, fix)];
}

function overlaps(shifts: readonly PlacedShift[]): FieldIssue[] {
  const sorted = [...shifts].sort((a, b) => a.from - b.from);
  const issues = new Map<string, FieldIssue>();
  for (const [index, shift] of sorted.entries()) {
    const before = sorted[index - 1];
    if (!before || shift.from >= before.to) continue;
    // One issue a pair of shifts, not one a weekday.
    const key = [shift.place, before.place].sort().join();
    if (!issues.has(key)) issues.set(key, issueAt(shift.place, `${shift.text} overlaps ${before.text} of ${before.place}`, shift.text, 'let one end where the other begins'));
  }
  return [...issues.values()];
}
