import { SpindleError } from '../../errors.ts';
import { type CalendarDate, type DateOrder, isAmbiguousDate, possibleOrders, readDate } from './date-text.ts';

/**
 * In which order a column writes day and month: told, or read off the dates that leave no choice, such as 13/04/2026.
 * Where none does, it asks instead of guessing: throws `ambiguous_file`.
 */
export class DateDecision {
  order: DateOrder | undefined;
  readonly #told: boolean;
  readonly #column: string;
  readonly #seen = new Map<DateOrder | 'either', { line: number; text: string }>();

  /** The order that was told, if any, and the column's header. */
  constructor(told: DateOrder | undefined, column: string) {
    this.order = told;
    this.#told = told !== undefined;
    this.#column = column;
  }

  /** Takes a date of the file's beginning into account. */
  observe(text: string, line: number): void {
    const order = evidence(text);
    if (order !== undefined && !this.#seen.has(order)) this.#seen.set(order, { line, text });
  }

  /** Decides by what was observed. Throws `ambiguous_file`. */
  settle(): void {
    if (this.#told) return;
    const [days, months, either] = [this.#seen.get('dmy'), this.#seen.get('mdy'), this.#seen.get('either')];
    if (days && months) throw this.#question(days, `"${days.text}" begins with the day, "${months.text}" in line ${months.line} with the month`);
    if (days || months) this.order = days ? 'dmy' : 'mdy';
    else if (either) throw this.#twoReadings(either);
  }

  /** The date that a trimmed text spells, or undefined. Throws `ambiguous_file` where only an answer can tell. */
  read(text: string, line: number): CalendarDate | undefined {
    if (this.order === undefined) {
      const order = evidence(text);
      if (order === 'either') throw this.#twoReadings({ line, text });
      this.order = order;
    }
    return readDate(text, this.order ?? 'dmy');
  }

  #twoReadings(at: { line: number; text: string }): SpindleError {
    const [days, months] = [readDate(at.text, 'dmy'), readDate(at.text, 'mdy')];
    return this.#question(at, `"${at.text}" is ${shown(days)} with the day first and ${shown(months)} with the month first, and no date of the column settles it`);
  }

  #question({ line, text }: { line: number; text: string }, what: string): SpindleError {
    const message = `line ${line}, column ${this.#column}: ${what}`;
    const fix = 'add date_format=dmy or date_format=mdy to the upload, or write dates as 2026-04-03';
    return new SpindleError('ambiguous_file', `${message}; ${fix}`, { issues: [{ line, field: this.#column, value: text.slice(0, 80), message, fix }] });
  }
}

/** The one order that a date with slashes or hyphens allows; undefined where it tells nothing. */
function evidence(text: string): 'dmy' | 'mdy' | 'either' | undefined {
  if (!/^\d{1,2}[/-]/.test(text)) return undefined;
  if (isAmbiguousDate(text)) return 'either';
  const orders = possibleOrders(text);
  return orders.length === 1 && orders[0] !== 'ymd' ? orders[0] : undefined;
}

function shown(date: CalendarDate | undefined): string {
  if (!date) return 'no date';
  return new Date(Date.UTC(date.year, date.month - 1, date.day)).toISOString().slice(0, 10);
}
