import type { FieldIssue } from '../../errors.ts';
import { maxIdLength, planningNumbers } from '../../planning-rules.ts';
import { DateDecision } from './date-decision.ts';
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

/** Reads the cells of one planning column; an empty cell is the default: quantity 1, nothing for the others. */
export class PlanningCells {
  readonly field: PlanningField;
  readonly index: number;
  readonly header: string;
  readonly numbers: NumberCells | undefined;
  readonly #dates: DateDecision | undefined;
  readonly #ids: SeenIds | undefined;
  readonly #zone: ZonedTime;

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

  /** The value, or the issue; `order` is the row's place in an order, by which parts of one id may differ. Throws `ambiguous_file`. */
  read(cell: string, typed: boolean, line: number, order: readonly string[] = []): { value: PlanningValue } | FieldIssue {
    const outcome = cell.trim() === '' ? { value: this.field === 'quantity' ? 1 : null } : this.#read(cell.trim(), typed, line, order);
    if ('value' in outcome) return outcome;
    const shown = cell.length > 80 ? `${cell.slice(0, 80)}…` : cell;
    return { line, field: this.field, value: shown, message: `line ${line}, column ${this.header}: expected ${outcome.expected}, got "${shown}"`, fix: outcome.fix };
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
    return first === undefined ? { value: text } : { expected: `a part_id of its own, line ${first} has it already`, fix: `give the part an id of its own, or remove line ${first} or ${line}` };
  }

  #date(text: string, line: number): Outcome {
    const expected = 'a date such as 2026-04-03 or 2026-04-03T14:30';
    const date = this.#dates?.read(text, line);
    if (!date) return { expected, fix: /^\d{5}(?:\.\d+)?$/.test(text) ? 'it looks like a date that Excel shows as a number: format the column as a date' : `use ${expected}, or leave the cell empty` };
    const placed = this.#zone.place(date);
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
