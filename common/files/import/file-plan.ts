import type { PartReader } from '../../part.ts';
import { estimateColumnNames } from '../../estimate.ts';
import { type FieldIssue, SpindleError } from '../../errors.ts';
import { planningColumns } from '../../part-schema.ts';
import { duplicateColumns, maxColumns, trimmedNames } from '../header.ts';
import { DecimalDecision } from './decimal-decision.ts';
import type { Delimiter } from './delimiter.ts';
import { FeatureColumn } from './feature-column.ts';
import { FileFields, headerParts } from './file-fields.ts';
import { neutralised } from './formula-guard.ts';
import { type ColumnMapping, type HeaderMatch, type MatchedColumn, headerProblems, matchHeader, unknownUnit } from './header-match.ts';
import type { ImportOptions } from './import-options.ts';
import type { OpenTable } from './open-table.ts';
import { OwnUnits } from './own-units.ts';
import { PlanningCells } from './planning-cells.ts';
import { type TableRow, isBlankRow } from './table-row.ts';
import { comparableWord } from './comparable-word.ts';
import { type Unit, bareUnit, isOfUnits, unitNamed, unitsIn, unmistakable } from './units.ts';
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
  readonly header: string[];
  /** Of a text. */
  readonly delimiter: Delimiter | undefined;
  readonly headerLine: number;
  /** Rows of the beginning that are no data: titles, the header, units below it. */
  readonly rowsBefore: number;
  readonly match: HeaderMatch;
  readonly fields: FileFields;
  readonly decimal: DecimalDecision;
  /** In the order of the schema's features. */
  readonly features: readonly FeatureColumn[];
  readonly planning: readonly PlanningCells[];
  readonly zone: ZonedTime;
  /** Positions of `order_id` and `operation`, as far as they are there: parts of one id are told apart by them. */
  readonly orderIndexes: readonly number[];
  /** Units that cells name themselves. */
  readonly #ownUnits: OwnUnits;
  /** Columns of units beside numbers whose header names none; so far they said nothing else than the fields' own. */
  readonly #unitColumns: { index: number; name: string; isNamed: boolean }[] = [];

  /**
   * Reads the plan off the beginning of a file. Throws for a header that cannot be used (`missing_columns`, `duplicate_columns`, `too_many_columns`)
   * and `ambiguous_file` with a question where the beginning can be read in two ways.
   */
  constructor(rows: readonly TableRow[], { format, delimiter }: Pick<OpenTable, 'format' | 'delimiter'>, { reader, vocabulary, options, zone }: PlanContext) {
    const fields = (this.fields = new FileFields(reader.schema, vocabulary));
    const mapping = options.mapping ?? new Map();
    this.delimiter = delimiter;
    const { row, at } = headerAt(rows, fields, (cells) => matchHeader(cells, fields, mapping));
    this.headerLine = row.line;
    this.header = trimmedNames(row.cells, row.line).map((name) => neutralised.undo(name));
    this.match = matchHeader(this.header, fields, mapping);
    // Columns that mean nothing here may well have one name, such as the units that ERP systems put beside each number.
    const read = new Set(this.match.columns.map((column) => column.header));
    throwAll([duplicateColumns(this.header.map((name) => (read.has(name) ? name : '')), this.headerLine), ...headerProblems(this.match, this.header, this.headerLine, fields, mapping)]);
    const unitsBelow = this.#takeUnitsBelow(rows[at + 1], mapping);
    this.rowsBefore = at + 1 + (unitsBelow ? 1 : 0);
    this.#checkUnitsAbove(rows.slice(0, at));
    this.#checkUnitsBeside(rows.slice(this.rowsBefore));
    this.#checkUnitsOfOthers();
    this.#ownUnits = new OwnUnits(this.match.columns);
    this.decimal = new DecimalDecision(options.decimal, format === 'json' ? 'json' : delimiter);
    const columnOf = new Map(this.match.columns.map((column) => [column.field.name, column]));
    this.features = reader.features.map((feature) => new FeatureColumn(feature, columnOf.get(feature.feature.name), this.decimal, vocabulary, delimiter === undefined));
    this.orderIndexes = ['order_id', 'operation'].flatMap((name) => columnOf.get(name)?.index ?? []);
    this.zone = new ZonedTime(options.zone ?? zone);
    this.planning = planningColumns.flatMap((name) => {
      const column = columnOf.get(name);
      // Any seed will do, as long as whoever writes the file cannot know it.
      return column ? [new PlanningCells(name, column, { decimal: this.decimal, dateOrder: options.date_format, zone: this.zone, seed: Math.floor(Math.random() * 2 ** 32) })] : [];
    });
    this.#observe(rows.slice(this.rowsBefore), estimateColumnNames(reader.schema.target.name).slice(0, 3));
  }

  /** True where a row below the header holds the units of the numbers above which it stands: they count as the header's. Throws `ambiguous_file` for one that does not fit. */
  #takeUnitsBelow(row: TableRow | undefined, mapping: ColumnMapping): boolean {
    const filled = this.match.columns
      .map((column): [MatchedColumn, string] => [column, (row?.cells[column.index] ?? '').trim()])
      .filter(([, text]) => text !== '' && !/^[-–—*]$/.test(text));
    const found = filled.filter(([{ field }]) => field.measured);
    if (!row || isBlankRow(row.cells) || found.some(([, text]) => /\d/.test(text.replace(fraction, '')))) return false;
    // Another header, whose columns stand in another order, is none either.
    const isOfOthers = matchHeader(row.cells, this.fields, mapping).columns.some(({ field, index }) => this.match.columns.some((column) => column.index === index && column.field !== field));
    if (isOfOthers) return false;
    // A part has a material or a process; a row of words without any is one of units, even unknown ones.
    const areUnits = found.some(([, text]) => unitSaid(text)) || (found.length > 1 && found.length === filled.length);
    if (!areUnits) return false;
    for (const [column, text] of found) {
      const unit = unitSaid(text);
      if (unit?.kind !== column.field.unit?.kind) throw unitQuestion(row.line, [column], undefined, `"${text.slice(0, 20)}" below the header is no unit of ${column.field.name}`, 'remove the line if it names no units; else ');
      if (unit && column.unit === undefined && unit.scale !== column.field.unit?.scale) column.unit = unit;
      column.saysUnit = true;
      // Exports hold the header without the row below it: there, nothing would tell this one from the others.
      const isMixed = unit && column.unit === undefined && found.some(([, other]) => unitSaid(other)?.kind === unit.kind && unitSaid(other)?.scale !== unit.scale);
      if (isMixed) this.header[column.index] = column.header = `${column.header} (${unit.symbol})`;
    }
    return true;
  }

  /** Throws `ambiguous_file` where something above the header names another unit than columns without one would be taken to have. */
  #checkUnitsAbove(rows: readonly TableRow[]): void {
    for (const { line, cells } of rows) {
      for (const text of remarks(cells)) {
        const mentions = unitsIn(text).filter(({ sure }) => sure);
        for (const { unit } of mentions) {
          const columns = this.#inDoubt(unit);
          const isClear = mentions.every((other) => other.unit.kind !== unit.kind || (other.unit.symbol === unit.symbol && !other.scaled));
          if (columns.length > 0) throw unitQuestion(line, columns, isClear ? unit : undefined, `"${text.slice(0, 80)}" stands above the header, and ${without(columns)}`);
        }
      }
    }
  }

  /** Throws the same where sizes beside those without a unit have another one than these would be taken to have. */
  #checkUnitsOfOthers(): void {
    for (const { unit, header, field } of this.match.columns) {
      const columns = unit && field.feature ? this.#inDoubt(unit).filter((column) => column.field.feature) : [];
      const isClear = this.match.columns.every((other) => !other.field.feature || other.field.unit?.kind !== unit?.kind || columns.includes(other) || other.unit?.scale === unit?.scale);
      // One that names its unit among many that name none is the exception: they have the model's.
      const alike = this.match.columns.filter((other) => other.field.feature && unit && other.unit?.kind === unit.kind && other.unit.scale === unit.scale);
      if (columns.length > 0 && alike.length >= columns.length) throw unitQuestion(this.headerLine, columns, isClear ? unit : undefined, `"${header.slice(0, 80)}" is in ${unit?.symbol ?? ''}, and ${without(columns)}`);
    }
  }

  /** Throws the same for a column of units, such as `ME` beside `Länge`. */
  #checkUnitsBeside(rows: readonly TableRow[]): void {
    for (const [index, name] of this.header.entries()) {
      if (this.match.columns.some((column) => column.index === index)) continue;
      const texts = new Set(rows.map(({ cells }) => (cells[index] ?? '').trim()).filter((text) => text !== ''));
      const isNamed = isOfUnits(comparableWord(name));
      const units = [...texts].map((text) => unitBeside(text, isNamed));
      if (isNamed || (units.length > 0 && !units.includes(undefined))) this.#unitColumns.push({ index, name, isNamed });
      // A column of that name may hold units of something else, and anything below the parts.
      const [unit, ...others] = units.filter((one) => one !== undefined && this.#inDoubt(one).length > 0);
      if (!unit || (!isNamed && units.includes(undefined))) continue;
      const columns = this.#inDoubt(unit);
      const what = `the column "${name.slice(0, 80)}" says ${[unit, ...others].map((one) => one?.symbol).join(' and ')}, and ${without(columns)}`;
      throw unitQuestion(this.headerLine, columns, unit, what, others.length > 0 ? 'write all values in one unit; then ' : '');
    }
  }

  /** A workbook's row with the units that its cells' formats show beside their numbers. */
  withUnits(row: TableRow): TableRow {
    const { units } = row;
    if (!units || !this.match.columns.some(({ index }) => units[index])) return row;
    const cells = [...row.cells];
    for (const { index, field } of this.match.columns) if (field.unit && units[index]) cells[index] = `${cells[index] ?? ''} ${units[index]}`;
    return { ...row, cells };
  }

  /** What is wrong with a row whose column of units says another one than those of the file's beginning did, or whose number names none where others do. */
  unitIssue(cells: readonly string[], line: number): FieldIssue | undefined {
    return this.#ownUnits.issue(cells, line) ?? this.#issueBeside(cells, line);
  }

  #issueBeside(cells: readonly string[], line: number): FieldIssue | undefined {
    for (const { index, name, isNamed } of this.#unitColumns) {
      const text = (cells[index] ?? '').trim();
      const unit = text === '' ? undefined : unitBeside(text, isNamed);
      const [column] = unit ? this.#inDoubt(unit) : [];
      if (!unit || !column) continue;
      const { header, field } = column;
      const message = `line ${line}, column ${name.slice(0, 80)}: expected ${field.unit?.symbol ?? 'the unit'} as above, got "${text.slice(0, 20)}"`;
      return { line, field: field.name, value: text.slice(0, 80), message, fix: `write the row's values, such as that of ${header.slice(0, 80)}, in ${field.unit?.symbol ?? 'the same unit'}, and the unit too` };
    }
    return undefined;
  }

  /** Columns whose values would be taken for another unit than this one, of the same kind, though nothing says which they have. */
  #inDoubt(unit: Unit): MatchedColumn[] {
    return this.match.columns.filter(({ field, saysUnit, ...column }) => field.unit?.kind === unit.kind && field.unit.scale !== unit.scale && column.unit === undefined && !saysUnit);
  }

  #observe(rows: readonly TableRow[], estimated: readonly string[]): void {
    const own = estimated.map((name) => this.header.indexOf(name)).filter((index) => index >= 0);
    for (const { line, cells, typed } of rows.map((row) => this.withUnits(row))) {
      if (isBlankRow(cells)) continue;
      this.#ownUnits.observe(cells, line);
      for (const column of this.features) column.observe(cells, typed, line);
      for (const column of this.planning) column.observe(cells[column.index] ?? '', typed?.[column.index] ?? false, line);
      // Files that were exported from here hold the estimates, whose decimals are written like all others.
      for (const index of own) if (!typed?.[index]) this.decimal.observe((cells[index] ?? '').trim(), line, this.header[index] ?? '');
    }
    this.decimal.settle();
    for (const column of this.planning) column.settle();
  }
}

/** The unit that a cell of a column of units names; where the column's name does not say that it is one, only what means nothing else. */
const unitBeside = (text: string, isNamed: boolean): Unit | undefined => (isNamed || unmistakable.test(bareUnit(text)) ? unitNamed(bareUnit(text)) : undefined);

// `1/10 mm`, `0,01 mm`
const fraction = /^(?:1\s*\/\s*\d+|0[.,]0*1)(?=\s*\p{L})/u;

/** The unit of a row of units: `mm`, `[mm]`, `Maß in mm`. */
function unitSaid(text: string): Unit | undefined {
  const [first, ...more] = unitsIn(text).filter(({ sure, scaled }) => sure && !scaled);
  return unitNamed(bareUnit(text)) ?? (more.length === 0 ? first?.unit : undefined);
}

/** The texts of a row above the header; one that announces units goes with the cell behind it: `Einheit:` and `mm`. */
function remarks(cells: readonly string[]): string[] {
  const texts = cells.map((cell) => cell.trim()).filter((text) => text !== '');
  return texts.flatMap((text, index) => (isOfUnits(comparableWord(text)) ? [text, `${text.replace(/[\s:=]+$/, '')}: ${texts[index + 1] ?? ''}`] : [text]));
}

const without = (columns: readonly MatchedColumn[]): string => `${columns.map(({ header }) => `"${header.slice(0, 80)}"`).join(', ')} ${columns.length === 1 ? 'names' : 'name'} no unit`;

/** The question which unit columns have, with an answer to copy. */
function unitQuestion(line: number, columns: readonly MatchedColumn[], unit: Unit | undefined, what: string, first = ''): SpindleError {
  const symbol = unit?.symbol ?? unknownUnit;
  const mapping = Object.fromEntries(columns.map(({ field, header }) => [field.name, { column: header.slice(0, 80), unit: symbol }]));
  const message = `line ${line}: ${what}`;
  const fix = `${first}write the unit into the header, as "${columns[0]?.header.slice(0, 80) ?? ''} (${symbol})", or say mapping=${JSON.stringify(mapping)}`;
  const issues = columns.map(({ field, header }) => ({ line, field: field.name, value: header.slice(0, 80), message, fix }));
  return new SpindleError('ambiguous_file', `${message}; ${fix}`, { issues });
}

/** Throws all problems of a header as one error under the code of the first. */
function throwAll(problems: readonly (SpindleError | undefined)[]): void {
  const all = problems.filter((problem) => problem !== undefined);
  const [first] = all;
  if (first) throw new SpindleError(first.code, all.map(({ message }) => message).join('; '), { issues: all.flatMap(({ issues }) => issues) });
}

/**
 * The header and its position: the first row that has every needed column, or two rows that have them together (below `Abmessungen`, over three columns, their names);
 * else the row that has most of them.
 */
function headerAt(rows: readonly TableRow[], fields: FileFields, match: (cells: readonly string[]) => HeaderMatch): { row: TableRow; at: number } {
  let best = { row: rows[0] ?? { line: 1, cells: [] }, at: 0 };
  let most = 0;
  for (const [at, row] of rows.slice(0, headerRows).entries()) {
    const above = at > 0 ? rows[at - 1] : undefined;
    for (const candidate of above ? [row, { ...row, cells: bothRows(above.cells, row.cells, fields) }] : [row]) {
      if (candidate.cells.length > maxColumns || isBlankRow(row.cells)) continue;
      const { columns, missing } = match(candidate.cells);
      const features = columns.filter(({ field }) => field.feature).length;
      if (features > 0 && missing.length === 0) return { row: candidate, at };
      if (candidate === row && features > most) [best, most] = [{ row, at }, features];
    }
  }
  return best;
}

/**
 * A row of names, where it is empty those of the row above it; the unit of a name above stands for all that it spans: `Abmessungen (mm)` over `Länge`, `Breite`.
 * Where the span ends, nothing tells: what is known to have no unit of that kind, such as `Menge`, is beyond it.
 */
function bothRows(above: readonly string[], below: readonly string[], fields: FileFields): string[] {
  let unit: { text: string; kind: Unit['kind'] | undefined } | undefined;
  return Array.from({ length: Math.max(above.length, below.length) }, (_, index) => {
    const [upper, lower] = [above[index]?.trim() ?? '', below[index]?.trim() ?? ''];
    if (upper !== '') unit = spannedUnit(upper);
    if (lower === '') return upper;
    const [meant, parts] = [fields.named(lower), headerParts(lower)];
    // What is in brackets and no unit known may well be one, as in `Abmessungen (thou)`, and has to be asked.
    const isFitting = meant.length === 0 || meant.some(({ field }) => field.measured && (unit?.kind === undefined ? field.feature : field.unit?.kind === unit.kind));
    return unit === undefined || !isFitting || (parts && (parts.bracketed || unitNamed(parts.unit))) ? lower : `${lower} (${unit.text})`;
  });
}

/** The unit of a group's name: in brackets whatever stands there, else one that means nothing else. */
function spannedUnit(group: string): { text: string; kind: Unit['kind'] | undefined } | undefined {
  const parts = headerParts(group);
  if (parts?.bracketed) return { text: parts.unit, kind: unitNamed(parts.unit)?.kind };
  const [first, ...more] = unitsIn(group).filter(({ sure }) => sure);
  return first && more.length === 0 && !first.scaled ? { text: first.unit.symbol, kind: first.unit.kind } : undefined;
}
