import { SpindleError } from '../../errors.ts';
import { type CalendarDate, type DateOrder, dateOrders, hasPoints, isAmbiguousDate, possibleOrders, readDate } from './date-text.ts';

interface Sighting {
  line: number;
  text: string;
  orders: readonly DateOrder[];
}

/**
 * In which order a column writes day, month and a year of two digits: told, or read off the dates that leave no choice, such as 13/04/2026.
 * Where none does, it asks instead of guessing: throws `ambiguous_file`. Dates with points have the day first unless another date with points cannot.
 */
export class DateDecision {
  order: DateOrder | undefined;
  readonly #told: boolean;
  readonly #column: string;
  /** By orders and mark the first date of that kind. */
  readonly #seen = new Map<string, Sighting>();

  /** The order that was told, if any, and the column's header. */
  constructor(told: DateOrder | undefined, column: string) {
    this.order = told;
    this.#told = told !== undefined;
    this.#column = column;
  }

  /** Takes a date of the file's beginning into account. */
  observe(text: string, line: number): void {
    const orders = evidence(text);
    const kind = `${orders.join()}${hasPoints(text) ? '.' : ''}${isAmbiguousDate(text) ? '?' : ''}`;
    if (orders.length > 0 && !this.#seen.has(kind)) this.#seen.set(kind, { line, text, orders });
  }

  /** Decides by what was observed. Throws `ambiguous_file`. */
  settle(): void {
    if (this.#told || this.#seen.size === 0) return;
    const seen = [...this.#seen.values()];
    const left = dateOrders.filter((order) => seen.every(({ orders }) => orders.includes(order)));
    if (left.length === 0) throw this.#conflict(seen);
    const unclear = seen.filter(({ text }) => isAmbiguousDate(text));
    const points = unclear.find(({ text }) => hasPoints(text));
    const [order] = left;
    if (left.length > 1) {
      const open = unclear.find(({ text }) => !hasPoints(text));
      if (open) throw this.#manyReadings(open);
      if (points) this.order = 'dmy';
    } else if (order === 'ymd') {
      const [first] = seen;
      if (first) throw this.#manyReadings(first);
    } else if (order === 'mdy' && points && !seen.some(({ text, orders }) => hasPoints(text) && orders.length === 1)) {
      throw this.#conflict([...seen.filter(({ orders }) => orders.length === 1), { ...points, orders: ['dmy'] }]);
    } else this.order = order;
  }

  /** The date that a trimmed text spells, or undefined. Throws `ambiguous_file` where only an answer can tell. */
  read(text: string, line: number): CalendarDate | undefined {
    if (this.order === undefined) {
      const orders = evidence(text);
      const isOpen = orders.length > 1 && isAmbiguousDate(text);
      if ((isOpen && !hasPoints(text)) || (orders.length === 1 && orders[0] === 'ymd')) throw this.#manyReadings({ line, text });
      if (isOpen) this.order = 'dmy';
      else if (orders.length === 1) this.order = orders[0];
    }
    return readDate(text, this.order ?? 'dmy');
  }

  /** The question which two dates raise that no order fits. */
  #conflict(seen: readonly Sighting[]): SpindleError {
    const places = { dmy: 'the day', mdy: 'the month', ymd: 'the year' };
    const first = seen.find(({ orders }) => orders.length === 1) ?? seen[0];
    const other = seen.find(({ orders }) => !orders.some((order) => first?.orders.includes(order)));
    if (!first || !other) return this.#manyReadings(seen[0] ?? { line: 0, text: '' });
    const begins = ({ orders }: Sighting): string => orders.map((order) => places[order]).join(' or ');
    return this.#question(first, `"${first.text}" begins with ${begins(first)}, "${other.text}" in line ${other.line} with ${begins(other)}`);
  }

  #manyReadings(at: Pick<Sighting, 'line' | 'text'>): SpindleError {
    const names = { dmy: 'the day first', mdy: 'the month first', ymd: 'the year first' };
    const readings = dateOrders.flatMap((order) => {
      const date = readDate(at.text, order);
      return date ? [`${shown(date)} with ${names[order]}`] : [];
    });
    return this.#question(at, `"${at.text}" is ${readings.join(' and ')}, and no date of the column settles it`, possibleOrders(at.text).includes('ymd'));
  }

  #question({ line, text }: Pick<Sighting, 'line' | 'text'>, what: string, mayBeYear = false): SpindleError {
    const message = `line ${line}, column ${this.#column}: ${what}`;
    const fix = `add date_format=dmy${mayBeYear ? ', date_format=mdy or date_format=ymd' : ' or date_format=mdy'} to the upload, or write dates as 2026-04-03`;
    return new SpindleError('ambiguous_file', `${message}; ${fix}`, { issues: [{ line, field: this.#column, value: text.slice(0, 80), message, fix }] });
  }
}

/** The orders that a date allows in which they make a difference; none for others. */
function evidence(text: string): readonly DateOrder[] {
  if (!/^[^\d]*\d{1,2}[./-]\d{1,2}[./-]/.test(text)) return [];
  return possibleOrders(text);
}

function shown(date: CalendarDate): string {
  return new Date(Date.UTC(date.year, date.month - 1, date.day)).toISOString().slice(0, 10);
}
