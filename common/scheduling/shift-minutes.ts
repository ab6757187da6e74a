import type { Holiday, Shift, ShopCalendar } from './shop.ts';
import { dayMs } from './zoned-clock.ts';
import { weekdays } from './shop.ts';

/** Minutes from the start of a day to the end of a shift's first and last minute; `to` is above 1,440 where the shift ends on the next day. */
export interface ShiftMinutes {
  from: number;
  to: number;
}

/** Minutes of a day. */
export const dayMinutes = 24 * 60;

/** A shift in minutes of the day on which it starts. */
export function shiftMinutes({ from, to }: Shift): ShiftMinutes {
  const start = minuteOfDay(from);
  const end = minuteOfDay(to);
  return { from: start, to: end > start ? end : end + dayMinutes };
}

function minuteOfDay(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** Number of a date: days from 1970-01-01. */
export function dayNumber(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / dayMs;
}

/** The date of a day's number, as YYYY-MM-DD. */
export function dateOfDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** Day of the week of a day's number, 0 on Monday. 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** First and last day of a holiday, as numbers. */
export function holidayDays(holiday: Holiday): { first: number; last: number } {
  return typeof holiday === 'string' ? { first: dayNumber(holiday), last: dayNumber(holiday) } : { first: dayNumber(holiday.from), last: dayNumber(holiday.to) };
}

/** The shifts that start on each day of a calendar, by the day's number. */
export function shiftsByDay(calendar: ShopCalendar, shopHolidays: readonly Holiday[]): (day: number) => readonly ShiftMinutes[] {
  const weekly = weekdays.map((weekday) => calendar.weekly.filter(({ days }) => days.includes(weekday)).map(shiftMinutes));
  const exceptions = new Map(calendar.exceptions.map(({ date, shifts }) => [dayNumber(date), shifts.map(shiftMinutes)]));
  const holidays = [...calendar.holidays, ...shopHolidays].map(holidayDays);
  return (day) => {
    const exception = exceptions.get(day);
    if (exception) return exception; // named hours beat a holiday of all the shop
    if (holidays.some(({ first, last }) => day >= first && day <= last)) return [];
    return weekly[weekdayOf(day)] ?? [];
  };
}
