import { type FieldIssue, SpindleError } from '../../errors.ts';
import { nearest } from '../../nearest.ts';
import { comparableWord } from './comparable-word.ts';
import { type FileField, type FileFields, headerParts } from './file-fields.ts';
import { type Unit, unitNamed, unitsIn, unitsLike } from './units.ts';

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
  /** Columns whose name fits a field but whose unit does not, or is not sure. */
  misfits: Misfit[];
  /** Fields that several columns fit equally well. */
  contested: { field: FileField; headers: string[] }[];
  /** Columns that could be a field which another column is by a closer name. */
  passedOver: { field: FileField; header: string }[];
}

interface Misfit {
  header: string;
  field: FileField;
  /** What stands where a unit is expected. */
  unit: string;
}

interface Candidate extends MatchedColumn {
  /** As of names; -1 for a mapping, a half less for a name to the letter, and a half more for a name with a remark. */
  closeness: number;
}

/** Closeness of a header that is a field's name to the letter. */
const exactly = -0.5;

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
    return fitted(field, unit ?? unitOfMapped(text, field), misfits, { index, header: text, how: 'mapping', closeness: -1 });
  }
  // `Y (")` compares equal to `Y`, and yet says inches.
  const named = fields.named(text);
  const isSign = parts !== undefined && (parts.bracketed ? parts.unit !== '' : unitNamed(parts.unit) !== undefined) && comparableWord(parts.unit) === '';
  // Names that differ only in case or marks mean each the column of exactly their spelling.
  const exact = named.find(({ field }) => field.name === text);
  const [whole, ...more] = exact ? [exact] : isSign ? [] : named;
  if (whole && more.length === 0) {
    if (mapping.has(whole.field.name) || whole.closeness === 4) return undefined;
    return { field: whole.field, index, header: text, unit: undefined, saysUnit: namesUnit(text, whole.field), how: whole.closeness >= 2 ? 'alias' : 'name', closeness: exact ? exactly : whole.closeness };
  }
  if (!parts) return undefined;
  const [part, ...others] = fields.named(parts.name);
  if (!part || others.length > 0 || mapping.has(part.field.name)) return undefined;
  const { field, closeness } = part;
  const isRemark = parts.bracketed && !unitNamed(parts.unit) && !isUnitOf(parts.unit, text, field);
  const at = { index, header: text, how: closeness >= 2 || isRemark ? ('alias' as const) : ('name' as const), closeness: isRemark && field.measured ? closeness + 0.5 : closeness };
  if (isRemark && field.name === 'priority' && saysOrder.test(parts.unit) && !firstIsUrgent.test(parts.unit)) {
    misfits.push({ header: text, field, unit: parts.unit });
    return undefined;
  }
  if (isRemark) return { field, unit: undefined, saysUnit: false, ...at };
  if (!field.measured || (!parts.bracketed && !unitNamed(parts.unit))) return undefined;
  return fitted(field, parts.unit, misfits, at);
}

// `Prio (1 = hoch)` is what priority is; `(10 = high)` and `(1 = niedrig)` are not.
const saysOrder = /=|high|low|urgent|hoch|höchst|niedrig|gering|dringend|haut|bass?e/i;
const firstIsUrgent = /^1\s*(?:=|is|ist|:)?\s*(?:the\s+)?(?:most|high|highest|urgent|top|hoch|höchste|am\s+dringendsten|dringend|sehr\s+dringend|haute?|max)/i;

/** What stands in brackets behind a name, and is no unit, is a remark, as in `complexity (1-10)` and `Menge (offen)`, but where a unit belongs: behind whatever is measured, and for a count in square brackets or with a number in it. */
function isUnitOf(bracketed: string, header: string, field: FileField): boolean {
  return field.measured && (field.unit?.kind !== 'count' || /\[/.test(header) || /\d/.test(bracketed));
}

/** The unit that a header names which a mapping took without one: the one that is sure, else whatever may be one, so that it is asked. */
function unitOfMapped(header: string, field: FileField): string | undefined {
  if (!field.measured) return undefined;
  const parts = headerParts(header);
  const isCount = field.unit?.kind === 'count';
  // In `x_cm (mm)` only the bracket says a unit.
  const mentions = isCount ? [] : unitsIn(header.replace(field.name, '')).filter(({ unit }) => unit.kind === field.unit?.kind);
  const apart = parts && unitNamed(parts.unit);
  if (apart && mentions.every(({ sure, unit }) => !sure || unit.symbol === apart.symbol)) return parts.unit;
  if (mentions.length === 0) return parts?.bracketed && !isCount ? parts.unit : undefined;
  const answer = unitToSay(header, field);
  return answer === unknownUnit ? header : answer;
}

/** Stands for a unit that only a person can tell. */
export const unknownUnit = '…';

/** The symbol of the one unit of a field's kind that a header surely names, or `unknownUnit`: what a question about it may propose. */
export function unitToSay(header: string, field: FileField): string {
  const mentions = unitsIn(header).filter(({ unit }) => unit.kind === field.unit?.kind);
  const symbols = new Set(mentions.map(({ unit }) => unit.symbol));
  const [first] = mentions;
  return first && symbols.size === 1 && mentions.every(({ sure, scaled }) => sure && !scaled) ? first.unit.symbol : unknownUnit;
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
  return [contestedProblem(match, line), misfitProblem(match, line, mapping), mappingProblem(match, header, line, fields, mapping), missingProblem(match, header, line, fields)].filter((problem) => problem !== undefined);
}

/** What of a mapping came to nothing: whoever gives one counts on it. */
function mappingProblem({ columns, misfits }: HeaderMatch, header: readonly string[], line: number, { fields }: FileFields, mapping: ColumnMapping): SpindleError | undefined {
  const issues = [...mapping].flatMap(([name, { column, unit }]): FieldIssue[] => {
    const field = fields.find((one) => one.name === name);
    if (columns.some((one) => one.field === field && one.how === 'mapping')) return [];
    const misfit = misfits.find((one) => one.field === field && one.header === column.trim());
    const isThere = header.some((text) => text.trim() === column.trim());
    const what = !field ? 'no such feature or planning column is known' : misfit && unit === undefined ? 'its unit is not clear' : isThere ? `it cannot be in ${unit ?? 'that unit'}, or another field has it` : 'the header has no such column';
    const near = field ? nearest(column, header) : nearest(name, fields.map((one) => one.name));
    const units = field?.unit ? unitsLike(field.unit).join(', ') : 'that of the model';
    const asked = field && misfit && unit === undefined ? `say the unit of its values with mapping=${JSON.stringify({ [name]: { column: column.slice(0, 80), unit: unknownUnit } })}, one of ${units}` : undefined;
    const fix = asked ?? (!isThere || !field ? (near ? `did you mean "${near.slice(0, 80)}"?` : 'name a column of the header') : `use a unit such as ${units}`);
    return [{ line, field: name.slice(0, 80), value: column.slice(0, 80), message: `line ${line}: mapping takes ${name.slice(0, 80)} from the column "${column.slice(0, 80)}", and ${what}`, fix }];
  });
  if (issues.length === 0) return undefined;
  return new SpindleError('missing_columns', issues.map(({ message, fix = '' }) => `${message}; ${fix}`).join('. '), { issues });
}

/** A planning column whose unit or order does not fit is meant to be one all the same: left out, its parts would have no setup, or be one piece each. */
function misfitProblem({ columns, misfits }: HeaderMatch, line: number, mapping: ColumnMapping): SpindleError | undefined {
  const issues = misfits.flatMap(({ field, header, unit }): FieldIssue[] => {
    if (field.feature || mapping.has(field.name) || columns.some((one) => one.field === field)) return [];
    const about = { line, field: field.name, value: header.slice(0, 80) };
    const looks = `line ${line}: the column "${header.slice(0, 80)}" looks like ${field.name}`;
    if (field.name === 'priority') return [{ ...about, message: `${looks}, of which 1 is the most urgent here`, fix: `turn the values round where they are meant otherwise, and name the column priority, or say mapping=${JSON.stringify({ priority: header.slice(0, 80) })} where 1 is the most urgent` }];
    const isPieces = field.unit?.kind === 'count';
    const units = field.unit ? unitsLike(field.unit).join(', ') : 'none';
    const answer = isPieces && !unitNamed(unit) ? header.slice(0, 80) : { column: header.slice(0, 80), unit: unitToSay(header, field) };
    const told = isPieces && unitNamed(unit) ? '' : `, or say mapping=${JSON.stringify({ [field.name]: answer })}`;
    return [{ ...about, message: `${looks}, but "${unit.slice(0, 40)}" is no unit of it`, fix: `write its values in ${isPieces ? 'pieces' : `one of ${units}`} and the unit into the header${told}; if it is something else, name it otherwise` }];
  });
  if (issues.length === 0) return undefined;
  return new SpindleError('ambiguous_file', issues.map(({ message, fix = '' }) => `${message}; ${fix}`).join('. '), { issues });
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
  const issues = missing.map((field) => {
    const near = similar(field.name, spare) ?? fields.nearestHeader(field, spare);
    const initial = near === undefined ? fields.initialAmong(field, spare) : undefined;
    return missingIssue(field, match, near ?? initial, initial !== undefined, line);
  });
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

function missingIssue(field: FileField, { misfits }: HeaderMatch, near: string | undefined, isInitial: boolean, line: number): FieldIssue {
  const { name } = field;
  const misfit = misfits.find((one) => one.field === field);
  const issue = { line, field: name, value: misfit?.header.slice(0, 80) ?? null, message: `line ${line}: the column ${name} is missing` };
  if (misfit) {
    const units = field.unit ? unitsLike(field.unit).join(', ') : (field.feature?.unit ?? 'none');
    return { ...issue, message: `${issue.message}: "${misfit.header.slice(0, 80)}" has the unit ${misfit.unit.slice(0, 20)}`, fix: `use one of the units ${units}, or say mapping=${JSON.stringify({ [name]: { column: misfit.header, unit: unitToSay(misfit.header, field) } })}` };
  }
  const orEmpty = field.feature?.optional ? `, or add an empty column ${name}` : '';
  if (near === undefined) return { ...issue, fix: `add a column named ${name}, or say which one it is with mapping=${JSON.stringify({ [name]: '…' })}` };
  const column = near.slice(0, 80);
  if (isInitial) return { ...issue, fix: `is "${column}" meant? write its unit beside it, as "${column} (${field.unit?.symbol === 'cm' ? 'mm' : (field.unit?.symbol ?? unknownUnit)})", or say mapping=${JSON.stringify({ [name]: { column, unit: unknownUnit } })}` };
  const parts = headerParts(near);
  const apart = field.unit && unitNamed(parts?.unit ?? '');
  // Renamed or mapped without its unit, `LengthMm` would be taken for centimetres.
  const joined = field.unit && !apart ? unitNamed(/(?:mm|cm|inch)$/i.exec(near)?.[0] ?? '') : undefined;
  const isUnclear = field.unit && !apart && !joined && (parts?.bracketed || unitsIn(near).some(({ unit }) => unit.kind === field.unit?.kind));
  const symbol = joined?.symbol ?? (isUnclear ? unitToSay(near, field) : undefined);
  const shown = apart ? (apart.scale === field.unit?.scale ? undefined : apart.symbol) : symbol;
  const mapping = JSON.stringify({ [name]: symbol === undefined ? column : { column, unit: symbol } });
  return { ...issue, fix: `is "${column}" meant? rename it to ${shown === undefined || shown === field.unit?.symbol ? name : `${name} (${shown})`}${orEmpty}, or say mapping=${mapping}` };
}

// `x` stands for x_cm where nothing else does; anything further off must be similar as a whole.
const similar = (name: string, spare: readonly string[]): string | undefined => spare.find((column) => name.startsWith(`${column}_`)) ?? nearest(name, spare);
