import type { FieldIssue } from '../../errors.ts';
import type { UnknownLevels, UnknownPolicy } from '../../part.ts';
import type { PlanningField } from './file-fields.ts';
import type { FilePlan } from './file-plan.ts';
import { neutralised } from './formula-guard.ts';
import { type ColumnMapping, matchHeader } from './header-match.ts';
import { decimalEvidence } from './number-text.ts';
import type { PlanningValue } from './planning-cells.ts';
import { rowIssues } from './row-issues.ts';
import { type TableRow, isBlankRow } from './table-row.ts';
import type { TotalRow } from './total-row.ts';

/** A row that is refused, as it came, with everything that is wrong with it. */
export interface RejectedRow {
  line: number;
  cells: string[];
  issues: FieldIssue[];
}

/** Accepted rows as they came and, beside them, what was read: features by column (a category as the index of its level or -1, NaN for a missing value) and planning columns. */
export interface AcceptedRows {
  lines: number[];
  cells: string[][];
  values: number[][];
  /** Only of the planning columns that the file has. */
  planning: Partial<Record<PlanningField, PlanningValue[]>>;
  /** What stands in the cells of unknown levels; undefined where all are known. */
  unknown?: UnknownLevels;
}

/** What rows are sorted into. */
export interface SortedRows {
  accepted: AcceptedRows;
  rejected: RejectedRow[];
}

/** Rows of totals held back at a time, until a part below them shows that they are none, or the file's end that they are. */
const maxHeld = 50;

/** Rows of totals that are kept to be named; of the others there is only their number. */
export const namedTotals = 100;

/** Sorts the rows of one file into accepted, rejected, blank and total ones by the file's plan. One bad row never fails another. */
export class PlannedRows {
  blank = 0;
  /** The first notes and headers between the parts, and rows of totals below them, known at the end. */
  readonly totals: TableRow[] = [];
  /** All of these. */
  totalCount = 0;
  readonly #plan: FilePlan;
  readonly #unknown: UnknownPolicy;
  readonly #totalRow: TotalRow;
  readonly #isSheet: boolean;
  /** Cells without which a row is still whole: those of unnamed columns at the end. */
  readonly #minWidth: number;
  readonly #firstNamed: number;
  readonly #mapping: ColumnMapping;
  /** The header's names as they are compared. */
  readonly #names: readonly string[];
  /** The line on which a second table begins, with a header of its own. */
  #secondTable: number | undefined;
  /** Rows of a sheet with something to the right of the table. */
  #wider = { rows: 0, firstLine: 0 };
  #held: RejectedRow[] = [];

  constructor(plan: FilePlan, options: { unknown: UnknownPolicy; totalRow: TotalRow; isSheet: boolean; mapping?: ColumnMapping | undefined }) {
    this.#plan = plan;
    this.#unknown = options.unknown;
    this.#mapping = options.mapping ?? new Map();
    this.#names = plan.header.map(plainName);
    this.#totalRow = options.totalRow;
    this.#isSheet = options.isSheet;
    let width = plan.header.length;
    while (width > 0 && (options.isSheet || plan.header[width - 1] === '')) width--;
    this.#minWidth = width;
    this.#firstNamed = plan.header.findIndex((name) => name !== '');
  }

  /** Nothing sorted yet. */
  none(): SortedRows {
    const planning = Object.fromEntries(this.#plan.planning.map(({ field }): [PlanningField, PlanningValue[]] => [field, []]));
    return { accepted: { lines: [], cells: [], values: this.#plan.features.map(() => []), planning }, rejected: [] };
  }

  /** Sorts one row into `sorted`; a blank one is only counted. Throws `ambiguous_file` where a cell can be read in two ways and nothing before it settled which. */
  sort(row: TableRow, sorted: SortedRows): void {
    const cells = this.#fitted(row.cells, row.line);
    const unsaved = row.unsaved && this.#unsavedIssues(row.unsaved, row.line);
    if (unsaved && unsaved.length > 0) {
      // Sent again as they are, these must not pass for cells that were left empty.
      this.#release(sorted, this.#held.length);
      for (const { index } of unsaved) cells[index] = '(formula)';
      sorted.rejected.push({ line: row.line, cells, issues: unsaved.map(({ issue }) => issue) });
      return;
    }
    if (isBlankRow(cells)) {
      this.blank++;
      return;
    }
    if (!this.#isSheet) for (let c = 0; c < cells.length; c++) if (cells[c]?.startsWith("'")) cells[c] = neutralised.undo(cells[c] ?? '');
    const { line } = row;
    const isHeader = this.#isHeader(cells);
    if (isHeader) this.#secondTable = undefined;
    if (isHeader || this.#totalRow.isNote(cells) || this.#isTitle(cells)) {
      this.#leaveOut(row);
      return;
    }
    if (this.#secondTable !== undefined) {
      sorted.rejected.push({ line, cells, issues: [rowIssues.secondTable(line, this.#secondTable)] });
      return;
    }
    const apart = row.lastLine === undefined ? undefined : this.#rowsApart(cells);
    if (apart) {
      this.#release(sorted, this.#held.length);
      sorted.rejected.push(...apart.map((own, index) => ({ line: line + index, cells: own, issues: [rowIssues.quote(line, line + index, row.lastLine ?? line)] })));
      return;
    }
    const issues = cells.length === this.#plan.header.length ? (this.#hasNoFeature(cells) ? [rowIssues.features(line)] : this.#append({ ...row, cells }, sorted.accepted)) : [rowIssues.width(line, cells, this.#plan.header.length)];
    if (issues && this.#isOtherHeader(cells)) {
      // The first table ends here, and with it what its totals may be.
      this.end();
      this.#secondTable = line;
      sorted.rejected.push({ line, cells, issues: [rowIssues.secondTable(line, line)] });
      return;
    }
    if (issues && this.#mayBeTotal(cells)) {
      this.#held.push({ line, cells, issues });
      if (this.#held.length > maxHeld) this.#release(sorted, 1);
      return;
    }
    // Below the totals may stand who printed the list, and when.
    if (this.#held.length > 0 && (!issues || this.#hasFeature(cells))) this.#release(sorted, this.#held.length);
    if (issues) sorted.rejected.push({ line, cells, issues });
  }

  /** What a person should know of the rows, known at the end. */
  notes(): string[] {
    const { rows, firstLine } = this.#wider;
    return rows === 0 ? [] : [`what stands to the right of the table, under no column name, was left out: in ${rows} ${rows === 1 ? 'row' : 'rows'}, the first in line ${firstLine}`];
  }

  /** Ends the file, or its first table: what is held back now are rows of totals. */
  end(): void {
    for (const { line, cells } of this.#held) this.#leaveOut({ line, cells });
    this.#held = [];
    this.totals.sort((one, other) => one.line - other.line);
  }

  #leaveOut(row: TableRow): void {
    if (this.totalCount++ < namedTotals) this.totals.push(row);
  }

  /** The row with as many cells as the header, where only empty ones make the difference. */
  #fitted(cells: string[], line: number): string[] {
    const { length } = this.#plan.header;
    if (cells.length === length) return cells;
    if (cells.length > length) {
      const isBlank = isBlankRow(cells.slice(length));
      // A sheet's cells stand where they belong; those of a text may have been pushed there by a separator too many.
      if (!isBlank && !this.#isSheet) return cells;
      if (!isBlank && this.#wider.rows++ === 0) this.#wider.firstLine = line;
      return cells.slice(0, length);
    }
    return cells.length >= this.#minWidth ? [...cells, ...Array.from({ length: length - cells.length }, () => '')] : cells;
  }

  /** What keeps cells from being read whose formulas were saved without their values, as programs that do not compute save them. */
  #unsavedIssues(columns: readonly number[], line: number): { index: number; issue: FieldIssue }[] {
    const read = [...this.#plan.features.map(({ index, header, reader }) => ({ index, header, field: reader.feature.name })), ...this.#plan.planning];
    return read.filter(({ index }) => columns.includes(index)).map(({ index, header, field }) => {
      const message = `line ${line}, column ${header}: the formula has no saved value`;
      return { index, issue: { line, field, value: null, message, fix: 'open the file in Excel and save it, or write the value itself' } };
    });
  }

  /** The rows that a stray quote and the next one, as far below as may be, have made one: a cell that begins with the end of one row and ends with the beginning of another. */
  #rowsApart(cells: readonly string[]): string[][] | undefined {
    const { delimiter, header, features } = this.#plan;
    if (delimiter === undefined || cells.length !== header.length) return undefined;
    for (const [index, cell] of cells.entries()) {
      const lines = cell.split(/\r\n|\n|\r/).map((text) => text.split(delimiter));
      const [end = [], beginning = []] = [lines[0], lines.at(-1)];
      if (lines.length < 2 || end.length !== header.length - index || beginning.length !== index + 1) continue;
      const rows = [[...cells.slice(0, index), ...end], ...lines.slice(1, -1), [...beginning, ...cells.slice(index + 1)]];
      // A remark may have as many commas; it hardly has numbers where the features stand.
      if ([rows[0], rows.at(-1)].every((row) => features.every((column) => column.isCategory || column.index < 0 || decimalEvidence(row?.[column.index]?.trim() ?? '') !== 'no number'))) return rows;
    }
    return undefined;
  }

  /** True for the header again, as it stands on each page of a list made for printers, be it in other case or spacing. */
  #isHeader(cells: readonly string[]): boolean {
    const isName = (index: number): boolean => plainName(cells[index] ?? '') === this.#names[index];
    return isName(this.#firstNamed) && cells.length === this.#names.length && cells.every((_, index) => isName(index));
  }

  /** True for a header, but another one: two or more of the model's features by their names, and half of them at least. */
  #isOtherHeader(cells: readonly string[]): boolean {
    const needed = Math.max(2, this.#plan.features.length / 2);
    const texts = cells.filter((cell) => /^[^\d]*\p{L}/u.test(cell));
    if (texts.length < needed) return false;
    return [new Map(), this.#mapping].some((mapping) => matchHeader(texts, this.#plan.fields, mapping).columns.filter(({ field }) => field.feature).length >= needed);
  }

  /**
   * True for a title of a group or page: nothing but its first cell, and that no part's id, whose values may have been forgotten. One without the separators of empty
   * cells behind it must not look like a row of another dialect.
   */
  #isTitle(cells: readonly string[]): boolean {
    const at = cells.findIndex((cell) => cell !== '' && cell.trim() !== '');
    if (at > Math.max(0, this.#firstNamed) || !cells.every((cell, index) => index === at || cell === '' || cell.trim() === '')) return false;
    return !this.#hasId(cells) && !this.#plan.features.some(({ index }) => index === at) && (cells.length === this.#plan.header.length || !/[,;|\t]/.test(cells[at] ?? ''));
  }

  /** True where a part's id stands in its column: a word with a digit in it, as no title or total is. */
  #hasId(cells: readonly string[]): boolean {
    return this.#plan.planning.some(({ field, index }) => field === 'part_id' && /^\S*\d\S*$/.test((cells[index] ?? '').trim()));
  }

  #hasNoFeature(cells: readonly string[]): boolean {
    return this.#plan.features.every(({ index }) => index < 0 || (cells[index] ?? '').trim() === '');
  }

  #hasFeature(cells: readonly string[]): boolean {
    return this.#plan.features.filter(({ index }) => index >= 0 && (cells[index] ?? '').trim() !== '').length > 1;
  }

  /** What is wrong with a part that may begin only after it is due. */
  #orderIssue(cells: readonly string[], release: PlanningValue | undefined, due: PlanningValue | undefined, line: number): FieldIssue[] | undefined {
    if (typeof release !== 'string' || typeof due !== 'string' || !this.#plan.zone.isAfter(release, due)) return undefined;
    const [start, end] = [placeOf(this.#plan, 'release'), placeOf(this.#plan, 'due')];
    const value = (cells[start.index] ?? '').trim();
    const message = `line ${line}, columns ${start.header} and ${end.header}: expected a release not after the due date, got "${value}" and "${(cells[end.index] ?? '').trim()}"`;
    return [{ line, field: 'release', value, message, fix: 'correct one of the two, or leave it empty' }];
  }

  #release(sorted: SortedRows, count: number): void {
    for (const { line, cells, issues } of this.#held.splice(0, count)) {
      const total = this.#totalRow.isTotal(cells) ? [rowIssues.total(line)] : [];
      sorted.rejected.push({ line, cells, issues: [...total, ...issues] });
    }
  }

  /** True for a row that begins with a word for totals, or has neither feature nor id: below the last part it is no part. */
  #mayBeTotal(cells: readonly string[]): boolean {
    return this.#totalRow.isTotal(cells) || (cells.length === this.#plan.header.length && this.#hasNoFeature(cells) && !this.#hasId(cells));
  }

  #append({ line, cells, typed }: TableRow, accepted: AcceptedRows): FieldIssue[] | undefined {
    const { features, planning, orderIndexes } = this.#plan;
    const order = orderIndexes.map((index) => (cells[index] ?? '').trim());
    const row = accepted.cells.length;
    let issues: FieldIssue[] | undefined;
    for (let f = 0; f < features.length; f++) {
      const column = features[f];
      if (!column) continue;
      const value = column.read(cells, typed, line, this.#unknown);
      if (typeof value !== 'number') (issues ??= []).push(value);
      else {
        const values = accepted.values[f];
        if (values) values[row] = value;
        if (value === -1 && column.isCategory) ((accepted.unknown ??= {})[f] ??= {})[row] = column.reader.unknownLevel(cells[column.index] ?? '');
      }
    }
    for (const column of planning) {
      const read = column.read(cells[column.index] ?? '', typed?.[column.index] ?? false, line, order);
      if ('message' in read) (issues ??= []).push(read);
      else {
        const values = accepted.planning[column.field];
        if (values) values[row] = read.value;
      }
    }
    const unit = this.#plan.unitIssue(cells, line);
    if (unit) (issues ??= []).push(unit);
    issues ??= this.#orderIssue(cells, accepted.planning.release?.[row], accepted.planning.due?.[row], line);
    // Where a word says that it is a total, what is filled in makes no part of it.
    if (!issues && accepted.values.some((column) => Number.isNaN(column[row])) && this.#totalRow.isTotal(cells)) issues = [{ line, field: '', value: null, message: `line ${line}: a row of totals`, fix: 'remove it' }];
    if (issues) {
      takeBack(accepted, row);
      return issues;
    }
    accepted.lines.push(line);
    accepted.cells.push(cells);
    return undefined;
  }
}

const placeOf = (plan: FilePlan, field: PlanningField): { header: string; index: number } => plan.planning.find((one) => one.field === field) ?? { header: field, index: -1 };

/** Removes what a row that turned out to be refused has left in the columns. */
function takeBack(accepted: AcceptedRows, row: number): void {
  for (const column of accepted.values) column.length = row;
  for (const column of Object.values(accepted.planning)) column.length = row;
  for (const column of Object.values(accepted.unknown ?? {})) delete column[row];
}

const plainName = (name: string): string => name.replace(/[\s_]+/g, ' ').trim().toLowerCase();
