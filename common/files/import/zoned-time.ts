import type { CalendarDate } from './date-text.ts';

/** True for a time zone that this machine knows, such as Europe/Berlin. */
export function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const hourMs = 3_600_000;

/** Places dates of files in one time zone. */
export class ZonedTime {
  readonly zone: string;
  readonly #format: Intl.DateTimeFormat;
  /** Hour of UTC → how far the zone's clocks are ahead, in ms: asking costs microseconds each time, and files repeat themselves. */
  readonly #offsets = new Map<number, number>();

  /** Throws RangeError for a zone that does not exist. */
  constructor(zone: string) {
    this.zone = zone;
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
  }

  /**
   * The date in ISO 8601: `2026-04-03` for a whole day, `2026-04-03T06:30:00Z` for a moment.
   * `skipped` and `repeated` for an hour that the zone's clocks leave out or show twice.
   */
  place({ year, month, day, seconds, offset }: CalendarDate): { iso: string } | 'skipped' | 'repeated' {
    const midnight = Date.UTC(year, month - 1, day);
    if (seconds === undefined) return { iso: new Date(midnight).toISOString().slice(0, 10) };
    const wall = midnight + 1_000 * seconds;
    if (offset !== undefined) return { iso: instant(wall - 60_000 * offset) };
    // The offset in force is that of a day before or after, unless the clocks changed twice within two days.
    const moments = new Set([this.#offset(wall - 24 * hourMs), this.#offset(wall + 24 * hourMs)].map((ahead) => wall - ahead));
    const fitting = [...moments].filter((moment) => moment + this.#offset(moment) === wall);
    const [moment] = fitting;
    if (moment === undefined) return 'skipped';
    return fitting.length > 1 ? 'repeated' : { iso: instant(moment) };
  }

  /** The same moment in ISO 8601 by the zone's clock with its offset, `2026-04-03T06:30:00+02:00`; undefined for a whole day and for an hour that the clocks leave out or show twice. */
  withOffset(date: CalendarDate): string | undefined {
    if (date.seconds === undefined) return undefined;
    const placed = this.place(date);
    if (typeof placed === 'string') return undefined;
    const wall = Date.UTC(date.year, date.month - 1, date.day) + 1_000 * date.seconds;
    const ahead = Math.round((wall - Date.parse(placed.iso)) / 60_000);
    const clock = [Math.floor(Math.abs(ahead) / 60), Math.abs(ahead) % 60].map((part) => String(part).padStart(2, '0')).join(':');
    return `${new Date(wall).toISOString().slice(0, 19)}${ahead < 0 ? '-' : '+'}${clock}`;
  }

  /** True where the earliest moment of one placed date is later than the latest of another; a whole day lasts from midnight to midnight in the zone. */
  isAfter(one: string, other: string): boolean {
    if (one.length === other.length && !one.includes('T')) return one > other;
    return this.#moment(one, 0) > this.#moment(other, 24 * hourMs - 1);
  }

  #moment(iso: string, sinceMidnight: number): number {
    if (iso.includes('T')) return Date.parse(iso);
    const wall = Date.parse(iso) + sinceMidnight;
    return wall - this.#offset(wall - this.#offset(wall));
  }

  #offset(moment: number): number {
    // Zones change their clocks at full quarters of an hour.
    const quarter = Math.floor(moment / (hourMs / 4));
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    const whole = quarter * (hourMs / 4);
    const parts = new Map(this.#format.formatToParts(whole).map(({ type, value }) => [type, Number(value)]));
    const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
    const ahead = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - whole;
    if (this.#offsets.size >= 10_000) this.#offsets.clear();
    this.#offsets.set(quarter, ahead);
    return ahead;
  }
}

const instant = (moment: number): string => new Date(moment).toISOString().replace('.000Z', 'Z');
