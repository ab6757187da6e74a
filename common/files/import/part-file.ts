import { SpindleError } from '../../errors.ts';
import type { UnknownPolicy } from '../../part.ts';
import { FileFields } from './file-fields.ts';
import { FilePlan, type PlanContext } from './file-plan.ts';
import { matchHeader } from './header-match.ts';
import { type ImportReport, importReport } from './import-report.ts';
import { type OpenTable, openTable } from './open-table.ts';
import { PlannedRows, type SortedRows } from './planned-rows.ts';
import type { TableRow } from './table-row.ts';
import { TotalRow } from './total-row.ts';

/** Rows and characters of a file's beginning that its plan is made by: what 64 KB hold. */
const planRows = 2_000;
const planCharacters = 64 * 1024;
/** Rows of the beginning that are handed on at a time. */
const pieceRows = 500;

/** How to read a file of planned parts. */
export interface PartFileContext extends PlanContext {
  unknown: UnknownPolicy;
}

/** A file of planned parts on its way in: header and plan are known, the rows follow. */
export class PartFile {
  readonly plan: FilePlan;
  readonly #table: OpenTable;
  readonly #rows: PlannedRows;
  readonly #first: TableRow[];
  readonly #zone: string;
  readonly #isZoneTold: boolean;

  /**
   * Opens a file and makes its plan by its beginning. Throws what `openTable` and `FilePlan` throw, and `empty_file`.
   */
  static async open(source: AsyncIterable<Uint8Array>, context: PartFileContext): Promise<PartFile> {
    const fields = new FileFields(context.reader.schema, context.vocabulary);
    const mapping = context.options.mapping ?? new Map();
    const table = await openTable(source, context.options, (cells) => matchHeader(cells, fields, mapping).columns.length);
    try {
      const first = await firstRows(table.rows);
      if (first.length === 0) throw new SpindleError('empty_file', 'the file is empty: expected a header row and at least one part');
      return new PartFile(table, new FilePlan(first, table, context), first, context);
    } catch (error) {
      await table.close();
      throw withSheets(error, table);
    }
  }

  private constructor(table: OpenTable, plan: FilePlan, first: TableRow[], { unknown, vocabulary, options, zone }: PartFileContext) {
    this.#table = table;
    this.plan = plan;
    this.#first = first;
    this.#zone = options.zone ?? zone;
    this.#isZoneTold = options.zone !== undefined;
    this.#rows = new PlannedRows(plan, { unknown, totalRow: new TotalRow(vocabulary), isSheet: table.format !== 'csv', mapping: options.mapping });
  }

  /** The header's names, in order. */
  get header(): readonly string[] {
    return this.plan.header;
  }

  /** Rows with nothing in them, so far. */
  get blank(): number {
    return this.#rows.blank;
  }

  /** Rows of totals below the parts, known once all rows have been read. */
  get totals(): number {
    return this.#rows.totalCount;
  }

  /** An empty set to sort rows into. */
  none(): SortedRows {
    return this.#rows.none();
  }

  /** The rows below the header, in pieces as they arrive, to be sorted one by one. Throws what reading throws. */
  async *rows(): AsyncGenerator<TableRow[], void, undefined> {
    const first = this.#first.splice(0);
    for (let from = this.plan.rowsBefore; from < first.length; from += pieceRows) yield first.slice(from, from + pieceRows);
    yield* this.#table.rows;
    this.#rows.end();
  }

  /** Sorts one row into `sorted`; a row of totals stays out until it shows that it is none. Throws `ambiguous_file`. */
  sort(row: TableRow, sorted: SortedRows): void {
    this.#rows.sort(this.plan.withUnits(row), sorted);
  }

  /** Lets go of the file before its rows have been read. */
  async close(): Promise<void> {
    await this.#table.close();
  }

  /** How the file was understood, once its rows have been read. */
  report(): ImportReport {
    const report = importReport(this.#table, this.plan, this.#zone, this.#rows.totals);
    const notes = [...(report.notes ?? []), ...this.#rows.notes(), ...this.plan.planning.flatMap((column) => column.notes())];
    return { ...report, ...(this.#isZoneTold ? { zone_told: true } : {}), ...(notes.length > 0 ? { notes } : {}) };
  }
}

/** An error about a sheet that is not the table, with the sheets that may be. */
function withSheets(error: unknown, { sheet, otherSheets }: OpenTable): unknown {
  if (!(error instanceof SpindleError) || otherSheets.length === 0 || (error.code !== 'missing_columns' && error.code !== 'empty_file')) return error;
  const others = otherSheets.slice(0, 10).map((name) => `"${name}"`).join(', ');
  return new SpindleError(error.code, `${error.message}. That is the sheet "${sheet ?? ''}"; the workbook also has ${others}: say sheet=${otherSheets[0] ?? ''} to take that one`, { issues: error.issues });
}

/** Enough rows to make a plan by, in whole pieces, appended to `first`: what was read before an error is there too. */
export async function firstRows(rows: AsyncGenerator<TableRow[], void, undefined>, first: TableRow[] = []): Promise<TableRow[]> {
  for (let characters = 0; first.length < planRows && characters < planCharacters; ) {
    const { done, value } = await rows.next();
    if (done) break;
    first.push(...value);
    for (const { cells } of value) for (const cell of cells) characters += cell.length + 1;
  }
  return first;
}
