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

const time = String.raw`(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?:\s?([AaPp])\.?[Mm]\.?)?\s*(Z|[+-]\d{2}:?\d{2})?)?`;
const isoDate = new RegExp(String.raw`^(\d{4})(?:-(\d{1,2})-(\d{1,2})|\/(\d{1,2})\/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|(\d{2})(\d{2}))${time}$`);
const numericDate = new RegExp(String.raw`^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})${time}$`);
const dayFirstWords = new RegExp(String.raw`^(\d{1,2})[. -]*(\p{L}{3,10})\.?[ ,-]*(\d{4}|\d{2})${time}$`, 'u');
const monthFirstWords = new RegExp(String.raw`^(\p{L}{3,10})\.? +(\d{1,2})(?:,| ) *(\d{4})${time}$`, 'u');

/** The orders in which a text can be read as a date; none where it is no date. Points mean day first: nobody writes months before them. */
export function possibleOrders(text: string): DateOrder[] {
  const numeric = numericDate.exec(text);
  if (!numeric || numeric[2] === '.') return readDate(text, 'ymd') ? ['ymd'] : readDate(text, 'dmy') ? ['dmy'] : [];
  return (['dmy', 'mdy'] as const).filter((order) => readDate(text, order) !== undefined);
}

/** True where a text is another day as day-month-year than as month-day-year. */
export function isAmbiguousDate(text: string): boolean {
  if (possibleOrders(text).length < 2) return false;
  const [one, two] = [readDate(text, 'dmy'), readDate(text, 'mdy')];
  return one?.day !== two?.day;
}

/** The date that a trimmed text spells: ISO 8601, the year first, or a month's name in any case; day and month in the given order. Undefined for anything else, and for days that no calendar has. */
export function readDate(text: string, order: DateOrder): CalendarDate | undefined {
  if (text.length > 40) return undefined;
  const iso = isoDate.exec(text);
  if (iso) return calendarDate(iso[1], iso[2] ?? iso[4] ?? iso[6] ?? iso[8], iso[3] ?? iso[5] ?? iso[7] ?? iso[9], iso.slice(10));
  const numeric = numericDate.exec(text);
  if (numeric) {
    const [, first, mark, second, year] = numeric;
    if (order === 'ymd') return undefined;
    const dayFirst = order === 'dmy' || mark === '.';
    return calendarDate(fullYear(year), dayFirst ? second : first, dayFirst ? first : second, numeric.slice(5));
  }
  const dayFirst = dayFirstWords.exec(text);
  if (dayFirst) return calendarDate(fullYear(dayFirst[3]), monthNamed(dayFirst[2]), dayFirst[1], dayFirst.slice(4));
  const monthFirst = monthFirstWords.exec(text);
  return monthFirst ? calendarDate(monthFirst[3], monthNamed(monthFirst[1]), monthFirst[2], monthFirst.slice(4)) : undefined;
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
  return { year, month, day, seconds: 3_600 * hours + 60 * Number(minutes) + Number(seconds ?? 0), offset: offsetOf(zone) };
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
  const minutes = 60 * Number(zone.slice(1, 3)) + Number(zone.slice(-2));
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

function monthNamed(name: string | undefined): string | undefined {
  const plain = (name ?? '').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const index = months.findIndex((names) => names.includes(plain));
  return index < 0 ? undefined : String(index + 1);
}
