import type { PartReader } from '../../part.ts';
import { estimateColumnNames } from '../../estimate.ts';
import { SpindleError } from '../../errors.ts';
import { duplicateColumns, trimmedNames } from '../header.ts';
import { DecimalDecision } from './decimal-decision.ts';
import type { Delimiter } from './delimiter.ts';
import { FeatureColumn } from './feature-column.ts';
import { FileFields, readPlanningColumns } from './file-fields.ts';
import { neutralised } from './formula-guard.ts';
import { type HeaderMatch, type MatchedColumn, headerProblems, matchHeader } from './header-match.ts';
import type { ImportOptions } from './import-options.ts';
import { PlanningCells } from './planning-cells.ts';
import { type TableRow, isBlankRow } from './table-row.ts';
import { unitNamed } from './units.ts';
import type { Vocabulary } from './vocabulary.ts';
import { ZonedTime } from './zoned-time.ts';

/** What the plan of a file is made from, besides its rows. */
export interface PlanContext {
  reader: PartReader;
  vocabulary: Vocabulary;
  options: ImportOptions;
  /** The shop's time zone, for times without one. */
  zone: string;
}

/** Rows at a file's beginning among which its header is looked for: above it stand titles and remarks. */
const headerRows = 20;

/** What a file's header and beginning settle: which column is which field, in which units, decimals and date order. */
export class FilePlan {
  readonly header: readonly string[];
  readonly headerLine: number;
  /** Rows of the beginning that are no data: titles, the header, units below it. */
  readonly rowsBefore: number;
  readonly match: HeaderMatch;
  readonly decimal: DecimalDecision;
  /** In the order of the schema's features. */
  readonly features: readonly FeatureColumn[];
  readonly planning: readonly PlanningCells[];

  /**
   * Reads the plan off the beginning of a file. Throws for a header that cannot be used (`missing_columns`, `duplicate_columns`, `too_many_columns`)
   * and `ambiguous_file` with a question where the beginning can be read in two ways.
   */
  constructor(rows: readonly TableRow[], delimiter: Delimiter | undefined, { reader, vocabulary, options, zone }: PlanContext) {
    const fields = new FileFields(reader.schema, vocabulary);
    const mapping = options.mapping ?? new Map();
    const at = headerAt(rows, (cells) => matchHeader(cells, fields, mapping));
    const row = rows[at];
    this.header = trimmedNames(row?.cells ?? []).map((name) => neutralised.undo(name));
    this.headerLine = row?.line ?? 1;
    this.match = matchHeader(this.header, fields, mapping);
    throwAll([duplicateColumns(this.header), ...headerProblems(this.match, this.header, this.headerLine, fields)]);
    const unitsBelow = this.#takeUnitsBelow(rows[at + 1]);
    this.rowsBefore = at + 1 + (unitsBelow ? 1 : 0);
    this.decimal = new DecimalDecision(options.decimal, delimiter);
    const columnOf = new Map(this.match.columns.map((column) => [column.field.name, column]));
    this.features = reader.features.map((feature) => new FeatureColumn(feature, columnOf.get(feature.feature.name), this.decimal, vocabulary, delimiter === undefined));
    const zoned = new ZonedTime(options.zone ?? zone);
    this.planning = readPlanningColumns.flatMap((name) => {
      const column = columnOf.get(name);
      // Any seed will do, as long as whoever writes the file cannot know it.
      return column ? [new PlanningCells(name, column, { decimal: this.decimal, dateOrder: options.date_format, zone: zoned, seed: Math.floor(Math.random() * 2 ** 32) })] : [];
    });
    this.#observe(rows.slice(this.rowsBefore), estimateColumnNames(reader.schema.target.name).slice(0, 3));
  }

  /** True where a row below the header holds nothing but the units of the numbers above which it stands: they count as the header's. */
  #takeUnitsBelow(row: TableRow | undefined): boolean {
    const measured = this.match.columns.filter(({ field }) => field.measured);
    if (!row || measured.length === 0) return false;
    const found = measured.map((column): [MatchedColumn, string] => [column, (row.cells[column.index] ?? '').trim().replace(/^[([](.*)[)\]]$/, '$1')]);
    const fits = found.every(([{ field }, text]) => text === '' || (unitNamed(text) !== undefined && unitNamed(text)?.kind === field.unit?.kind));
    if (!fits || found.every(([, text]) => text === '')) return false;
    for (const [column, text] of found) {
      const unit = unitNamed(text);
      if (unit && column.unit === undefined && unit.scale !== column.field.unit?.scale) column.unit = unit;
    }
    return true;
  }

  #observe(rows: readonly TableRow[], estimated: readonly string[]): void {
    const own = estimated.map((name) => this.header.indexOf(name)).filter((index) => index >= 0);
    for (const { line, cells, typed } of rows) {
      if (isBlankRow(cells)) continue;
      for (const column of this.features) column.observe(cells, typed, line);
      for (const column of this.planning) column.observe(cells[column.index] ?? '', typed?.[column.index] ?? false, line);
      // Files that were exported from here hold the estimates, whose decimals are written like all others.
      for (const index of own) if (!typed?.[index]) this.decimal.observe((cells[index] ?? '').trim(), line, this.header[index] ?? '');
    }
    this.decimal.settle();
    for (const column of this.planning) column.settle();
  }
}

/** Throws all problems of a header as one error under the code of the first. */
function throwAll(problems: readonly (SpindleError | undefined)[]): void {
  const all = problems.filter((problem) => problem !== undefined);
  const [first] = all;
  if (first) throw new SpindleError(first.code, all.map(({ message }) => message).join('; '), { issues: all.flatMap(({ issues }) => issues) });
}

/** Position of the header: the first row that has every needed column, else the one that has most of them. */
function headerAt(rows: readonly TableRow[], match: (cells: readonly string[]) => HeaderMatch): number {
  let best = 0;
  let most = 0;
  for (const [index, { cells }] of rows.slice(0, headerRows).entries()) {
    if (cells.length > 1_000 || isBlankRow(cells)) continue;
    const { columns, missing } = match(cells);
    const features = columns.filter(({ field }) => field.feature).length;
    if (features > 0 && missing.length === 0) return index;
    if (features > most) [best, most] = [index, features];
  }
  return best;
}
