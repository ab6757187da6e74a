const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Wall times of a zone by Intl, for the checker, which shares no code with what it checks; offsets are kept by quarter of an hour, within which none changes. */
export class WallClock {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, number>();

  constructor(zone: string) {
    this.#format = new Intl.DateTimeFormat('en-US', { timeZone: zone, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' });
  }

  /** The first instant at which the clock shows a wall time; where it skips it, the instant by the offset before. */
  instant(wall: number): number {
    const before = this.#offset(wall - dayMs);
    const after = this.#offset(wall + dayMs);
    const shown = [before, after].map((offset) => wall - offset).filter((instant) => instant + this.#offset(instant) === wall);
    return shown.length > 0 ? Math.min(...shown) : wall - before;
  }

  /** An ISO time with an offset, or as wall time; a date alone counts `dateMs` from its start. */
  read(text: string, dateMs: number): number {
    const time = text.trim().toUpperCase();
    if (/(Z|[+-]\d{2}:?\d{2})$/.test(time.slice(10))) return Date.parse(time);
    const wall = Date.parse(`${time.slice(0, 10)}T${time.slice(11) || '00:00'}Z`);
    return this.instant(wall + (time.length === 10 ? dateMs : 0));
  }

  #offset(instant: number): number {
    const quarter = Math.floor(instant / (15 * minuteMs));
    const known = this.#offsets.get(quarter);
    if (known !== undefined) return known;
    const at = quarter * 15 * minuteMs;
    const parts = new Map(this.#format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const offset = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute')) - at;
    this.#offsets.set(quarter, offset);
    return offset;
  }
}
