import type { FieldIssue } from '../../errors.ts';
import { maxIdLength, planningNumbers } from '../../planning-rules.ts';
import { DateDecision } from './date-decision.ts';
import { oldestYear } from './date-text.ts';
import type { PlanningField } from './file-fields.ts';
import type { MatchedColumn } from './header-match.ts';
import { NumberCells } from './number-cells.ts';
import { SeenIds } from './seen-ids.ts';
import type { ZonedTime } from './zoned-time.ts';
import type { DecimalDecision } from './decimal-decision.ts';
import type { DateOrder } from './date-text.ts';

/** A planning value as it is kept: ids and ISO 8601 dates as texts, counts and minutes as numbers, null where the cell is empty. */
export type PlanningValue = string | number | null;

/** What a cell spells, or what is wrong with it. */
type Outcome = { value: PlanningValue } | { expected: string; fix: string };

/** What Excel shows in place of a formula's value, in English, German and French. */
const brokenFormula = /^#(?:N\/A|NV|REF!|BEZUG!|VALUE!|WERT!|VALEUR!|NAME\?|NOM\s?\?|DIV\/0!|NULL!|NUM!|ZAHL!|NOMBRE!)$/i;

/** What programs write where there is nothing: databases, ERP systems, people. */
const blankMark = /^(?:null|nil|n\/a|na|[-–—]+|(?:00[./-]00[./-]0000|0000[./-]00[./-]00)(?:[T ][0:.]+)?)$/i;
/** The last day that programs know: due then is due never. */
const lastDay = /^(?:31[./-]12[./-]9999|12[./-]31[./-]9999|9999[./-]12[./-]31)(?:[T ][\d:.]+)?$/;

/** Reads the cells of one planning column; an empty cell is the default: quantity 1, nothing for the others. */
export class PlanningCells {
  readonly field: PlanningField;
  readonly index: number;
  readonly header: string;
  readonly numbers: NumberCells | undefined;
  readonly #dates: DateDecision | undefined;
  readonly #ids: SeenIds | undefined;
  readonly #zone: ZonedTime;
  /** Texts that were taken for empty, each with the number of its cells. */
  readonly #blanks = new Map<string, number>();
  #midnights = 0;

  constructor(field: PlanningField, column: MatchedColumn, decision: { decimal: DecimalDecision; dateOrder: DateOrder | undefined; zone: ZonedTime; seed: number }) {
    this.field = field;
    this.index = column.index;
    this.header = column.header;
    this.#zone = decision.zone;
    if (field === 'quantity' || field === 'setup_min' || field === 'priority' || field === 'operation') this.numbers = new NumberCells(decision.decimal, column.header, column.unit, column.field.unit);
    if (field === 'due' || field === 'release') this.#dates = new DateDecision(decision.dateOrder, column.header);
    if (field === 'part_id') this.#ids = new SeenIds(decision.seed);
  }

  /** The order of day and month that the column's dates turned out to have. */
  get dateOrder(): DateOrder | undefined {
    return this.#dates?.order;
  }

  /** Lets a cell of the file's beginning tell decimal mark or date order. */
  observe(cell: string, typed: boolean, line: number): void {
    this.numbers?.observe(cell, typed, line);
    if (!typed) this.#dates?.observe(cell.trim(), line);
  }

  /** Decides the date order by what was observed. Throws `ambiguous_file`. */
  settle(): void {
    this.#dates?.settle();
  }

  /** What a person should know of the column, once it has been read. */
  notes(): string[] {
    const count = (cells: number): string => `${cells} ${cells === 1 ? 'cell' : 'cells'}`;
    const blanks = [...this.#blanks].map(([text, cells]) => `"${text}" (${count(cells)})`);
    return [
      ...(blanks.length > 0 ? [`the column "${this.header.slice(0, 80)}" says ${blanks.join(', ')}, which was taken for empty`] : []),
      ...(this.#midnights > 0 ? [`the column "${this.header.slice(0, 80)}" says 00:00 in ${count(this.#midnights)}, which was taken for the day without a time`] : []),
    ];
  }

  /** The value, or the issue; `order` is the row's place in an order, by which parts of one id may differ. Throws `ambiguous_file`. */
  read(cell: string, typed: boolean, line: number, order: readonly string[] = []): { value: PlanningValue } | FieldIssue {
    const outcome = this.#isEmpty(cell.trim()) ? { value: this.field === 'quantity' ? 1 : null } : this.#read(cell.trim(), typed, line, order);
    if ('value' in outcome) return outcome;
    const shown = cell.length > 80 ? `${cell.slice(0, 80)}…` : cell;
    return { line, field: this.field, value: shown, message: `line ${line}, column ${this.header}: expected ${outcome.expected}, got "${shown}"`, fix: outcome.fix };
  }

  #isEmpty(text: string): boolean {
    if (text === '') return true;
    if (!blankMark.test(text) && !(this.field === 'due' && lastDay.test(text))) return false;
    if (this.#blanks.has(text) || this.#blanks.size < 20) this.#blanks.set(text, (this.#blanks.get(text) ?? 0) + 1);
    return true;
  }

  #read(text: string, typed: boolean, line: number, order: readonly string[]): Outcome {
    switch (this.field) {
      case 'part_id':
        return this.#id(text, line, order);
      case 'order_id':
        return idIssue(text, 'an order_id') ?? { value: text };
      case 'due':
      case 'release':
        return this.#date(text, line);
      case 'quantity':
      case 'operation':
      case 'priority':
      case 'setup_min':
        return this.#number(text, typed, line, planningNumbers[this.field]);
      default:
        return this.field satisfies never;
    }
  }

  #number(text: string, typed: boolean, line: number, { expected, fits }: (typeof planningNumbers)[keyof typeof planningNumbers]): Outcome {
    const cell = this.numbers?.read(text, typed, line) ?? { reason: 'no number' as const };
    if ('value' in cell && fits(cell.value)) return { value: cell.value };
    const fix = /^\d+:\d\d/.test(text) ? `write ${expected}, not hours and minutes` : `use ${expected}, or leave the cell empty`;
    return { expected, fix };
  }

  #id(text: string, line: number, order: readonly string[]): Outcome {
    const broken = idIssue(text, 'a part_id');
    if (broken) return broken;
    const first = this.#ids?.lineOf(order.every((cell) => cell === '') ? text : JSON.stringify([text, ...order]), line);
    return first === undefined ? { value: text } : { expected: `a part_id of its own, line ${first} has it already`, fix: `give the part an id of its own, or remove line ${first} or ${line}; where they are different orders or operations, say so in a column order_id or operation` };
  }

  #date(text: string, line: number): Outcome {
    const expected = 'a date such as 2026-04-03 or 2026-04-03T14:30';
    const date = this.#dates?.read(text, line);
    if (!date) {
      const fix = /^\d{5}(?:\.\d+)?$/.test(text) ? 'it looks like a date that Excel shows as a number: format the column as a date' : `use ${expected}, or leave the cell empty`;
      return { expected, fix: /\d/.test(text) ? fix : `${fix}; where the column is no date at all, rename it, such as "${this.header.slice(0, 80)} (text)"` };
    }
    if (date.year < oldestYear()) return { expected: `${expected} from ${oldestYear()} on`, fix: 'write the year with four digits, as in 2026-04-03, or say date_format=ymd where one of two digits stands first' };
    // Programs that know no dates without a time write midnight.
    const isDay = date.seconds === 0 && date.offset === undefined;
    if (isDay) this.#midnights++;
    const placed = this.#zone.place(isDay ? { ...date, seconds: undefined } : date);
    if (placed === 'skipped') return { expected: `${expected} that ${this.#zone.zone} has`, fix: 'its clocks skip that hour: use another, or add an offset such as +01:00' };
    if (placed === 'repeated') return { expected: `${expected} that ${this.#zone.zone} has once`, fix: 'its clocks show that hour twice: add an offset such as +01:00' };
    return { value: placed.iso };
  }
}

/** What is wrong with a text that names a part or an order. */
function idIssue(text: string, what: string): Outcome | undefined {
  if (text.length > maxIdLength) return { expected: `${what} of at most ${maxIdLength} characters`, fix: 'shorten it' };
  return brokenFormula.test(text) ? { expected: `${what} and no broken formula`, fix: 'mend the formula, or leave the cell empty' } : undefined;
}
