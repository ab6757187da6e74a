import { Temporal } from 'temporal-polyfill';

/** Offsets of one UTC year, in ms: offsets[0] holds from its start, offsets[i] from changes[i - 1] on. */
interface YearOffsets {
  changes: number[];
  offsets: number[];
}

/** One day in ms, as UTC counts it. */
export const dayMs = 24 * 60 * 60 * 1000;

const isoDate = /^\d{4}-\d{2}-\d{2}$/;
const isoTime = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::[0-5]\d(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * Converts between instants (ms since 1970 in UTC) and the wall time of one time zone (the same count as if its clock showed UTC).
 * Wall times that a change of the clock skips or repeats are read as RFC 5545, 3.3.5 says: a skipped one by the offset before the gap, a repeated one
 * as its first occurrence. Temporal knows the zones; between changes its answers are kept as plain offsets, since one conversion by it takes 70 µs.
 */
export class ZonedClock {
  readonly zone: string;
  readonly #years = new Map<number, YearOffsets>();

  /** Throws RangeError for a zone that the IANA database does not have. */
  constructor(zone: string) {
    // Temporal alone would take offsets and whole times, too, and Intl of some releases offsets.
    if (/^[+-]/.test(zone)) throw new RangeError(`${zone} is an offset, no time zone`);
    Intl.DateTimeFormat('en', { timeZone: zone });
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    this.zone = zone;
  }

  /** Offset of the zone from UTC at an instant, in ms. */
  offset(instant: number): number {
    const { changes, offsets } = this.#year(new Date(instant).getUTCFullYear());
    let i = 0;
    while (i < changes.length && (changes[i] ?? 0) <= instant) i++;
    return offsets[i] ?? 0;
  }

  /** Wall time at an instant. */
  wallTime(instant: number): number {
    return instant + this.offset(instant);
  }

  /** The instant of a wall time. */
  instant(wallTime: number): number {
    const before = this.offset(wallTime - dayMs);
    if (before === this.offset(wallTime + dayMs)) return wallTime - before;
    const iso = new Date(wallTime).toISOString().slice(0, -1);
    return Temporal.PlainDateTime.from(iso).toZonedDateTime(this.zone, { disambiguation: 'compatible' }).epochMilliseconds;
  }

  /** The first change of the zone's offset after an instant; undefined where none is known. */
  nextChange(instant: number): number | undefined {
    return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(this.zone).getTimeZoneTransition('next')?.epochMilliseconds;
  }

  /** An instant as ISO 8601 to the second with the zone's offset: 2026-11-23T06:00:00+01:00. */
  iso(instant: number): string {
    const offset = this.offset(instant);
    const minutes = Math.round(Math.abs(offset) / 60_000);
    const two = (value: number): string => String(value).padStart(2, '0');
    return `${new Date(instant + offset).toISOString().slice(0, 19)}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  }

  /**
   * The instant that a text means: ISO 8601 with an offset or Z, or without one as the zone's wall time. A date alone means the start of its day, or,
   * as a due date (`edge` is `end`), the end of it. Undefined for anything else, and before 1970: a year without its century sends a plan through all of them.
   */
  read(text: string, edge: 'start' | 'end' = 'start'): number | undefined {
    const instant = this.#parse(text.trim(), edge);
    return instant === undefined || instant < 0 ? undefined : instant;
  }

  #parse(trimmed: string, edge: 'start' | 'end'): number | undefined {
    try {
      if (isoDate.test(trimmed)) {
        const date = Temporal.PlainDate.from(trimmed);
        return (edge === 'end' ? date.add({ days: 1 }) : date).toZonedDateTime(this.zone).epochMilliseconds;
      }
      const match = isoTime.exec(trimmed);
      if (!match) return undefined;
      if (match[1] !== undefined) return Temporal.Instant.from(trimmed).epochMilliseconds;
      return Temporal.PlainDateTime.from(trimmed).toZonedDateTime(this.zone).epochMilliseconds;
    } catch {
      return undefined; // such as 30 February
    }
  }

  #year(year: number): YearOffsets {
    const known = this.#years.get(year);
    if (known) return known;
    const found = this.#findOffsets(year);
    this.#years.set(year, found);
    return found;
  }

  #findOffsets(year: number): YearOffsets {
    const end = Date.UTC(year + 1, 0, 1);
    let at = Temporal.Instant.fromEpochMilliseconds(Date.UTC(year, 0, 1)).toZonedDateTimeISO(this.zone);
    const found: YearOffsets = { changes: [], offsets: [at.offsetNanoseconds / 1e6] };
    for (;;) {
      const next = at.getTimeZoneTransition('next');
      if (next === null || next.epochMilliseconds >= end) return found;
      found.changes.push(next.epochMilliseconds);
      found.offsets.push(next.offsetNanoseconds / 1e6);
      at = next;
    }
  }
}
