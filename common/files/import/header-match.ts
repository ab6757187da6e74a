import { type FieldIssue, SpindleError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import { comparableWord } from './comparable-word.ts';
import { type Closeness, type FileField, type FileFields, headerParts } from './file-fields.ts';
import { type Unit, unitNamed, unitsLike } from './units.ts';

/** Where a caller says a field's values are: the column's header, and their unit where the header does not tell it. */
export type ColumnMapping = ReadonlyMap<string, { column: string; unit?: string | undefined }>;

/** A column of the file that a field is read from. */
export interface MatchedColumn {
  field: FileField;
  /** Position in the header, from 0. */
  index: number;
  /** The header as it came. */
  header: string;
  /** The unit that the header names, where it is another than the field's. */
  unit: Unit | undefined;
  /** True where the header or a mapping says the unit, be it the field's own: `x_cm`, `X (cm)`. */
  saysUnit: boolean;
  how: 'name' | 'alias' | 'mapping';
}

/** What a header row says: the fields found, and why others are not. */
export interface HeaderMatch {
  columns: MatchedColumn[];
  /** Features without a column. */
  missing: FileField[];
  /** Those of the optional ones. */
  absent: FileField[];
  /** Columns whose name fits a field but whose unit does not. */
  misfits: { header: string; field: FileField; unit: string }[];
  /** Fields that several columns fit equally well. */
  contested: { field: FileField; headers: string[] }[];
  /** Columns that could be a field which another column is by a closer name. */
  passedOver: { field: FileField; header: string }[];
}

interface Candidate extends MatchedColumn {
  closeness: Closeness | -1;
}

/** Finds the fields' columns in a header row. Never throws: a row that is no header just has few of them. */
export function matchHeader(header: readonly string[], fields: FileFields, mapping: ColumnMapping): HeaderMatch {
  const match: HeaderMatch = { columns: [], missing: [], absent: [], misfits: [], contested: [], passedOver: [] };
  const candidates = new Map<FileField, Candidate[]>();
  for (const [index, text] of header.entries()) {
    const trimmed = text.trim();
    const found = trimmed === '' || trimmed.length > 200 ? undefined : candidateOf(trimmed, index, fields, mapping, match);
    if (found) candidates.set(found.field, [...(candidates.get(found.field) ?? []), found]);
  }
  for (const field of fields.fields) {
    const of = candidates.get(field) ?? [];
    const closest = Math.min(...of.map(({ closeness }) => closeness));
    const [first, ...others] = of.filter(({ closeness }) => closeness === closest);
    match.passedOver.push(...of.filter(({ closeness }) => closeness > closest).map(({ header: name }) => ({ field, header: name })));
    // Of one name twice, `duplicate_columns` tells.
    if (first && others.some(({ header: name }) => name !== first.header)) match.contested.push({ field, headers: [first, ...others].map((one) => one.header) });
    else if (first) match.columns.push(first);
    else if (field.feature) (field.feature.optional ? match.absent : match.missing).push(field);
  }
  return match;
}

function candidateOf(text: string, index: number, fields: FileFields, mapping: ColumnMapping, { misfits }: HeaderMatch): Candidate | undefined {
  const parts = headerParts(text);
  for (const [name, { column, unit }] of mapping) {
    if (column.trim() !== text) continue;
    const field = fields.fields.find((one) => one.name === name);
    if (!field) return undefined;
    const said = unit ?? (parts && (parts.bracketed || unitNamed(parts.unit)) && field.measured ? parts.unit : undefined);
    return fitted(field, said, misfits, { index, header: text, how: 'mapping', closeness: -1 });
  }
  // `Y (")` compares equal to `Y`, and yet says inches.
  const named = fields.named(text);
  const isSign = parts !== undefined && (parts.bracketed ? parts.unit !== '' : unitNamed(parts.unit) !== undefined) && comparableWord(parts.unit) === '';
  const [whole, ...more] = isSign && named[0]?.field.name !== text ? [] : named;
  if (whole && more.length === 0) {
    if (mapping.has(whole.field.name) || whole.closeness === 3) return undefined;
    return { field: whole.field, index, header: text, unit: undefined, saysUnit: namesUnit(text, whole.field), how: whole.closeness >= 2 ? 'alias' : 'name', closeness: whole.closeness };
  }
  if (!parts) return undefined;
  const [part, ...others] = fields.named(parts.name);
  if (!part || others.length > 0 || mapping.has(part.field.name)) return undefined;
  const { field, closeness } = part;
  const at = { index, header: text, how: closeness >= 2 ? ('alias' as const) : ('name' as const), closeness };
  const unit = unitNamed(parts.unit);
  // What stands in brackets behind a field without a unit is a remark, as in `complexity (1-10)`, unless it is a unit.
  if (!field.measured) return parts.bracketed && !unit ? { field, unit: undefined, saysUnit: false, ...at } : undefined;
  return parts.bracketed || unit ? fitted(field, parts.unit, misfits, at) : undefined;
}

function fitted(field: FileField, said: string | undefined, misfits: HeaderMatch['misfits'], at: Omit<Candidate, 'field' | 'unit' | 'saysUnit'>): Candidate | undefined {
  const saysUnit = (said ?? '') !== '' || namesUnit(at.header, field);
  if (said === undefined || said === '' || said === field.feature?.unit) return { field, unit: undefined, saysUnit, ...at };
  const unit = unitNamed(said);
  if (!unit || !field.unit || unit.kind !== field.unit.kind) {
    misfits.push({ header: at.header, field, unit: said });
    return undefined;
  }
  return { field, unit: unit.scale === field.unit.scale ? undefined : unit, saysUnit, ...at };
}

const namesUnit = (header: string, field: FileField): boolean => comparableWord(header) === comparableWord(field.name) || unitNamed(headerParts(header)?.unit ?? '') !== undefined;

/** What keeps a header from being used: `ambiguous_file` where several columns fit one field, `missing_columns` with all that are missing and the nearest header seen. */
export function headerProblems(match: HeaderMatch, header: readonly string[], line: number, fields: FileFields, mapping: ColumnMapping): SpindleError[] {
  return [contestedProblem(match, line), mappingProblem(match, header, line, fields, mapping), missingProblem(match, header, line, fields)].filter((problem) => problem !== undefined);
}

/** What of a mapping came to nothing: whoever gives one counts on it. */
function mappingProblem({ columns }: HeaderMatch, header: readonly string[], line: number, { fields }: FileFields, mapping: ColumnMapping): SpindleError | undefined {
  const issues = [...mapping].flatMap(([name, { column, unit }]): FieldIssue[] => {
    const field = fields.find((one) => one.name === name);
    if (columns.some((one) => one.field === field && one.how === 'mapping')) return [];
    const isThere = header.some((text) => text.trim() === column.trim());
    const what = !field ? 'no such feature or planning column is known' : isThere ? `it cannot be in ${unit ?? 'that unit'}, or another field has it` : 'the header has no such column';
    const near = field ? nearest(column, header) : nearest(name, fields.map((one) => one.name));
    const fix = !isThere || !field ? (near ? `did you mean "${near.slice(0, 80)}"?` : 'name a column of the header') : `use a unit such as ${field.unit ? unitsLike(field.unit).join(', ') : 'that of the model'}`;
    return [{ line, field: name.slice(0, 80), value: column.slice(0, 80), message: `line ${line}: mapping takes ${name.slice(0, 80)} from the column "${column.slice(0, 80)}", and ${what}`, fix }];
  });
  if (issues.length === 0) return undefined;
  return new SpindleError('missing_columns', issues.map(({ message, fix = '' }) => `${message}; ${fix}`).join('. '), { issues });
}

function contestedProblem({ contested }: HeaderMatch, line: number): SpindleError | undefined {
  if (contested.length === 0) return undefined;
  const issues = contested.map(({ field, headers }): FieldIssue => {
    const names = headers.map((name) => `"${name.slice(0, 80)}"`).join(' and ');
    const fix = `say which with mapping=${JSON.stringify({ [field.name]: headers[0] })}, or rename the other`;
    return { line, field: field.name, value: headers.join(', ').slice(0, 80), message: `line ${line}: the columns ${names} could both be ${field.name}`, fix };
  });
  return new SpindleError('ambiguous_file', issues.map(({ message, fix = '' }) => `${message}; ${fix}`).join('. '), { issues });
}

/** An optional column may be absent, unless another name looks like it misspelt or no feature has a column at all: nobody means that. */
function missingProblem(match: HeaderMatch, header: readonly string[], line: number, fields: FileFields): SpindleError | undefined {
  const taken = new Set(match.columns.map(({ index }) => index));
  const spare = header.filter((name, index) => name.trim() !== '' && !taken.has(index)).map((name) => name.trim().slice(0, 200));
  const isNone = match.columns.every(({ field }) => !field.feature);
  const isMisspelt = (field: FileField): boolean => similar(field.name, spare) !== undefined || match.misfits.some((misfit) => misfit.field === field);
  const missing = [...match.missing, ...match.absent.filter((field) => isNone || isMisspelt(field))];
  if (missing.length === 0) return undefined;
  if (header.every((name) => name.trim() === '')) {
    const needed = fields.fields.filter((field) => field.feature).map(({ name }) => name);
    return new SpindleError('missing_columns', `line ${line} is empty where the column names are expected: remove the lines above them, or add a header with ${needed.join(', ')}`);
  }
  const issues = missing.map((field) => missingIssue(field, match, similar(field.name, spare) ?? fields.nearestHeader(field, spare), line));
  const seen = header.slice(0, 20).map((name) => name.trim().slice(0, 40)).join(', ');
  return new SpindleError('missing_columns', `line ${line}: missing ${missing.map(({ name }) => name).join(', ')}; the header has ${seen}${oddity(header)}`, { issues });
}

// UTF-8 read as Windows-1252, or DOS letters as either.
const garbled = /\uFFFD|Ã[\u0080-\u00BF\u0152-\u2022]|\p{L}[„”™](?=\p{L})/u;

/** What may be behind a header that nothing is found in. */
function oddity(header: readonly string[]): string {
  if (header.length === 1 && /[,;\t|^~]|\s{2}/.test(header[0] ?? '')) return ' in one column: expected commas, semicolons, tabs or pipes between columns, and no quotes around whole lines';
  return header.some((name) => garbled.test(name)) ? '; its letters are garbled: save the file as CSV UTF-8' : '';
}

function missingIssue(field: FileField, { misfits }: HeaderMatch, near: string | undefined, line: number): FieldIssue {
  const { name } = field;
  const misfit = misfits.find((one) => one.field === field);
  const issue = { line, field: name, value: misfit?.header.slice(0, 80) ?? null, message: `line ${line}: the column ${name} is missing` };
  if (misfit) {
    const units = field.unit ? unitsLike(field.unit).join(', ') : (field.feature?.unit ?? 'none');
    return { ...issue, message: `${issue.message}: "${misfit.header.slice(0, 80)}" has the unit ${misfit.unit.slice(0, 20)}`, fix: `use one of the units ${units}, or say mapping=${JSON.stringify({ [name]: { column: misfit.header, unit: field.feature?.unit ?? '' } })}` };
  }
  const orEmpty = field.feature?.optional ? `, or add an empty column ${name}` : '';
  if (near === undefined) return { ...issue, fix: `add a column named ${name}, or say which one it is with mapping=${JSON.stringify({ [name]: '…' })}` };
  const column = near.slice(0, 80);
  const apart = field.unit && unitNamed(headerParts(near)?.unit ?? '');
  // Renamed or mapped without its unit, `LengthMm` would be taken for centimetres.
  const joined = field.unit && !apart ? unitNamed(/(?:mm|cm|inch)$/i.exec(near)?.[0] ?? '') : undefined;
  const unit = apart ?? joined;
  const mapping = JSON.stringify({ [name]: joined ? { column, unit: joined.symbol } : column });
  return { ...issue, fix: `is "${column}" meant? rename it to ${unit && unit.scale !== field.unit?.scale ? `${name} (${unit.symbol})` : name}${orEmpty}, or say mapping=${mapping}` };
}

// `x` stands for x_cm where nothing else does; anything further off must be similar as a whole.
const similar = (name: string, spare: readonly string[]): string | undefined => spare.find((column) => name.startsWith(`${column}_`)) ?? nearest(name, spare);
