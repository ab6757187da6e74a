/** In which order a date writes day, month and year. */
export const dateOrders = ['dmy', 'mdy', 'ymd'] as const;
export type DateOrder = (typeof dateOrders)[number];

/** A date without a place on earth: a day, and a time of that day where one is given. */
export interface CalendarDate {
  year: number;
  month: number;
  day: number;
  /** Seconds since midnight by the clock on the wall; undefined for a whole day. */
  seconds: number | undefined;
  /** Minutes east of UTC where the text says so. */
  offset: number | undefined;
}

// 14:30, 14.30 Uhr, 2:30 PM, 14:30:00.000+02:00; hours of an offset alone behind seconds or a plus only, where they are no end of a span such as 10:00-12.
const time = String.raw`(?:(?:T|,? +)(\d{1,2})[:.](\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?:\s?([AaPp])\.?[Mm]\.?)?(?:\s*(?:Uhr|h))?\s*(Z|[+-]\d{2}:?\d{2}|\+\d{2}|(?<=:\d{2}:\d{2}[.,\d]*)-\d{2})?)?`;
const isoDate = new RegExp(String.raw`^(\d{4})(?:-(\d{1,2})-(\d{1,2})|\/(\d{1,2})\/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|(\d{2})(\d{2}))${time}$`);
const numericDate = new RegExp(String.raw`^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})${time}$`);
const dayFirstWords = new RegExp(String.raw`^(\d{1,2})(?:er|st|nd|rd|th)?[. -]*(\p{L}{3,10})\.?[ ,-]*(\d{4}|\d{2})${time}$`, 'u');
const monthFirstWords = new RegExp(String.raw`^(\p{L}{3,10})\.? +(\d{1,2})(?:st|nd|rd|th)?(?:,| ) *(\d{4})${time}$`, 'u');
const weekdayFirst = /^(\p{L}{2,10})\.?,?\s+(.*)$/u;

/** Years back beyond which nobody plans. */
const pastYears = 20;
/** Years back within which a year of two digits may well stand first: further back, `15-04-26` is no day of 2015. */
const recentYears = 5;

/** The first year that a planned date can be of. */
export const oldestYear = (): number => new Date().getUTCFullYear() - pastYears;

/**
 * The orders in which a text can be read as a date; none where it is no date, `ymd` alone where day and month have one place whatever the order.
 * A year of two digits may stand first or last, where that makes it a year of planned dates.
 */
export function possibleOrders(text: string): DateOrder[] {
  const [days, months, years] = dateOrders.map((order) => readDate(text, order));
  const numeric = numericDate.exec(withoutWeekday(text));
  if (!numeric) return years ? ['ymd'] : [];
  const recent = oldestYear() + pastYears - recentYears;
  const mayBeYear = years !== undefined && years.year >= recent;
  const oldest = mayBeYear ? recent : numeric[4]?.length === 2 ? oldestYear() : -Infinity;
  const fits = { dmy: days && days.year >= oldest, mdy: months && months.year >= oldest, ymd: mayBeYear };
  return dateOrders.filter((order) => fits[order]);
}

/** True for a date between whose numbers stand points: unless something else shows, the day is first, since hardly anybody writes months before points. */
export const hasPoints = (text: string): boolean => numericDate.exec(withoutWeekday(text))?.[2] === '.';

/** True where a text is another day in another order of day, month and year. */
export function isAmbiguousDate(text: string): boolean {
  const [first, ...others] = possibleOrders(text).flatMap((order) => readDate(text, order) ?? []);
  return first !== undefined && others.some((other) => !sameDay(first, other));
}

/** True where only the order of day, month and year tells which day a text is. */
export function needsOrder(text: string): boolean {
  const orders = possibleOrders(text);
  return isAmbiguousDate(text) || (orders.length === 1 && orders[0] === 'ymd' && readDate(text, 'dmy')?.year !== readDate(text, 'ymd')?.year);
}

/**
 * The date that a trimmed text spells: ISO 8601, the year first, or a month's name in any case, be it behind the right weekday; day and month (and a year of two digits) in the given order.
 * Undefined for anything else, and for days that no calendar has.
 */
export function readDate(text: string, order: DateOrder): CalendarDate | undefined {
  if (text.length > 60) return undefined;
  const date = readPlain(text, order);
  if (date) return date;
  const rest = withoutWeekday(text);
  const behind = rest === text ? undefined : readPlain(rest, order);
  return behind && weekdayNamed(text) === new Date(Date.UTC(behind.year, behind.month - 1, behind.day)).getUTCDay() ? behind : undefined;
}

function readPlain(text: string, order: DateOrder): CalendarDate | undefined {
  const iso = isoDate.exec(text);
  if (iso) return calendarDate(iso[1], iso[2] ?? iso[4] ?? iso[6] ?? iso[8], iso[3] ?? iso[5] ?? iso[7] ?? iso[9], iso.slice(10));
  const numeric = numericDate.exec(text);
  if (numeric) {
    const [, first, , second, third] = numeric;
    const clock = numeric.slice(5);
    if (order === 'ymd') return first?.length === 2 && third?.length === 2 ? calendarDate(fullYear(first), second, third, clock) : undefined;
    return calendarDate(fullYear(third), order === 'dmy' ? second : first, order === 'dmy' ? first : second, clock);
  }
  const dayFirst = dayFirstWords.exec(text);
  if (dayFirst) return calendarDate(fullYear(dayFirst[3]), monthNamed(dayFirst[2]), dayFirst[1], dayFirst.slice(4));
  const monthFirst = monthFirstWords.exec(text);
  return monthFirst ? calendarDate(monthFirst[3], monthNamed(monthFirst[1]), monthFirst[2], monthFirst.slice(4)) : undefined;
}

const sameDay = (one: CalendarDate, other: CalendarDate): boolean => one.year === other.year && one.month === other.month && one.day === other.day;

/** What stands behind a weekday's name; the text itself without one. */
function withoutWeekday(text: string): string {
  return weekdayNamed(text) === undefined ? text : (weekdayFirst.exec(text)?.[2] ?? text);
}

/** The weekday that a text begins with, from Sunday as 0. */
function weekdayNamed(text: string): number | undefined {
  const name = weekdayFirst.exec(text)?.[1];
  const index = name === undefined ? -1 : weekdays.findIndex((names) => names.includes(plainWord(name)));
  return index < 0 ? undefined : index;
}

type Digits = string | undefined;

// A year of two digits is one of this half of the century: 31.12.99 is how old systems write that there is no date.
const fullYear = (year: Digits): Digits => (year?.length !== 2 ? year : Number(year) < 50 ? `20${year}` : undefined);

function calendarDate(yearText: Digits, monthText: Digits, dayText: Digits, clock: Digits[]): CalendarDate | undefined {
  const [year, month, day] = [Number(yearText), Number(monthText), Number(dayText)];
  if (!(year >= 1900 && year <= 2199 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month))) return undefined;
  const [hourText, minutes, seconds, half, zone] = clock;
  if (hourText === undefined) return { year, month, day, seconds: undefined, offset: undefined };
  const hours = hourOf(Number(hourText), half?.toLowerCase());
  if (!(hours <= 23) || Number(minutes) > 59 || Number(seconds ?? 0) > 59) return undefined;
  const offset = offsetOf(zone);
  // 10:00-15:00 is a span of time.
  if (offset !== undefined && Math.abs(offset) > 14 * 60) return undefined;
  return { year, month, day, seconds: 3_600 * hours + 60 * Number(minutes) + Number(seconds ?? 0), offset };
}

/** The hour of the day; NaN where the half of the day does not have it. */
function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  return hour >= 1 && hour <= 12 ? (hour % 12) + (half === 'p' ? 12 : 0) : NaN;
}

const daysOf = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

function offsetOf(zone: Digits): number | undefined {
  if (zone === undefined) return undefined;
  if (zone === 'Z') return 0;
  const minutes = 60 * Number(zone.slice(1, 3)) + (zone.length > 3 ? Number(zone.slice(-2)) : 0);
  return zone.startsWith('-') ? -minutes : minutes;
}

const months = [
  ['jan', 'january', 'januar', 'janvier', 'janv'],
  ['feb', 'february', 'februar', 'fevrier', 'fev', 'fevr'],
  ['mar', 'march', 'marz', 'maerz', 'mrz', 'mars'],
  ['apr', 'april', 'avril', 'avr'],
  ['may', 'mai'],
  ['jun', 'june', 'juni', 'juin'],
  ['jul', 'july', 'juli', 'juillet', 'juil'],
  ['aug', 'august', 'aout'],
  ['sep', 'sept', 'september', 'septembre'],
  ['oct', 'october', 'okt', 'oktober', 'octobre'],
  ['nov', 'november', 'novembre'],
  ['dec', 'december', 'dez', 'dezember', 'decembre'],
];

const weekdays = [
  ['sun', 'sunday', 'so', 'sonntag', 'dim', 'dimanche'],
  ['mon', 'monday', 'mo', 'montag', 'lun', 'lundi'],
  ['tue', 'tues', 'tuesday', 'di', 'dienstag', 'mar', 'mardi'],
  ['wed', 'wednesday', 'mi', 'mittwoch', 'mer', 'mercredi'],
  ['thu', 'thur', 'thurs', 'thursday', 'do', 'donnerstag', 'jeu', 'jeudi'],
  ['fri', 'friday', 'fr', 'freitag', 'ven', 'vendredi'],
  ['sat', 'saturday', 'sa', 'samstag', 'sonnabend', 'sam', 'samedi'],
];

const plainWord = (name: string): string => name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

function monthNamed(name: string | undefined): string | undefined {
  const plain = plainWord(name ?? '');
  const index = months.findIndex((names) => names.includes(plain));
  return index < 0 ? undefined : String(index + 1);
}
