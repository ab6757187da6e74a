import type { FieldIssue } from '../common/errors.ts';
import { estimateColumnNames } from '../common/estimate.ts';
import { type PartSchema, planningColumns } from '../common/part-schema.ts';
import type { ColumnFacts } from './column-facts.ts';

/** Longest name of a column. */
const maxNameLength = 100;

/** Distinct values up to which numbers among texts can be the names of something. */
const fewLevels = 30;

/** Names of columns that only say which part it is. */
const identifying = /(?:^|[_\s.-])(?:id|uuid|guid|no|nr|number|index|idx|serial|barcode)$|^unnamed: \d+$/i;
const identifyingInCamelCase = /[a-z](?:Id|ID|No|Nr|Uuid|UUID)$/;

/** Why a column is no feature; an empty text where that goes without saying; undefined where it is one. */
export function ignoredBecause(column: ColumnFacts, target: string): string | undefined {
  const { name } = column;
  if (name === target) return '';
  if (name === '') return column.filled === 0 ? '' : 'a column without a name is ignored';
  if (planningColumns.some((planning) => planning === name)) return `${name} plans the work and is ignored`;
  if (estimateColumnNames(target).some((own) => own === name)) return `${name} comes from an earlier estimate and is ignored`;
  const shown = name.slice(0, maxNameLength);
  if (column.filled === 0) return `${shown} is empty and is ignored`;
  return hasCommas(column) || hasMeasures(column) ? undefined : (date(column, shown) ?? identifier(column, shown));
}

/** True for numbers that are written with a comma, at least the most part of them. */
const hasCommas = ({ commas, numbers, filled }: ColumnFacts): boolean => commas > 0 && commas + numbers > filled / 2;

/** True for numbers with their units, at least the most part of them. */
const hasMeasures = ({ measures, numbers, filled }: ColumnFacts): boolean => measures > 0 && measures + numbers > filled / 2;

function date({ dates, filled, firstText, levels }: ColumnFacts, shown: string): string | undefined {
  // Eight digits are a date only where every cell is one.
  if (firstText ? dates <= filled / 2 : dates < filled) return undefined;
  const example = firstText?.text ?? levels?.keys().next().value;
  return `${shown} looks like dates${example === undefined ? '' : ` ("${example}")`} and is ignored: give what matters of them as a number, such as days or minutes`;
}

/** Why a column only identifies parts, or is a remark: what is different in every row, nothing can be learned from. */
function identifier({ name, levels, maxLevels, filled, numbers, longest, hasRemarks, whole, firstText }: ColumnFacts, shown: string): string | undefined {
  if (!firstText) {
    const isNumbering = (identifying.test(name) || identifyingInCamelCase.test(name)) && whole && filled > 1 && (!levels || levels.size === filled);
    return isNumbering ? `${shown} is different in every row, as a number that identifies the part, and is ignored` : undefined;
  }
  if (numbers > 0.9 * filled) return undefined;
  if (hasRemarks) return `${shown} has texts of up to ${longest} characters, which are remarks rather than a category, and is ignored`;
  if (!levels) return `${shown} has more than ${maxLevels} different texts and is ignored`;
  return levels.size >= 0.9 * filled && filled > 1 ? `${shown} has a text of its own in nearly every row (${levels.size} in ${filled} rows) and is ignored` : undefined;
}

/** What keeps a column from being learned from, with the fix: numbers among which a few cells are none, or a name that is too long. */
export function unusableBecause(column: ColumnFacts, base: PartSchema): FieldIssue | undefined {
  const { name, levels, filled, numbers, firstText, firstUnbounded } = column;
  const shown = name.slice(0, maxNameLength);
  const problem = (message: string, fix: string, at?: { line: number; text: string }): FieldIssue => ({
    ...(at ? { line: at.line } : {}),
    field: shown,
    value: at ? at.text : null,
    message: `column ${shown}: ${message}; ${fix}`,
    fix,
  });
  if (name.length > maxNameLength) return problem(`its name has ${name.length} characters, at most ${maxNameLength} are accepted`, 'shorten it');
  if (hasCommas(column) && firstText) {
    const cells = `${column.commas} of ${filled} cells ${column.commas === 1 ? 'has' : 'have'} a comma in the number; the first cell that is no number is in ${cellsShown(column)}`;
    return problem(cells, 'write the decimals after a point, and nothing between thousands', firstText);
  }
  if (hasMeasures(column) && firstText && !isBaseCategory(column, base)) {
    const unit = column.firstUnit === '%' ? 'percent' : (column.firstUnit ?? '');
    const cells = `${column.measures} of ${filled} cells ${column.measures === 1 ? 'has' : 'have'} a unit beside the number; the first cell that is no number is in ${cellsShown(column)}`;
    return problem(cells, `write the numbers alone, all in one unit, and that into the name, such as ${shown}_${/^\w+$/.test(unit) ? unit : 'in'}; or say in a schema that the column is a category`, firstText);
  }
  if (!firstText || numbers <= filled / 2 || isBaseCategory(column, base)) return undefined;
  if (firstUnbounded) return problem(`line ${firstUnbounded.line} holds no finite number: "${firstUnbounded.text}"`, 'correct the cell, or leave it empty where the value is missing', firstUnbounded);
  const wasNumber = base.features.some((feature) => feature.name === name && feature.kind !== 'category');
  if (!wasNumber && (numbers <= 0.9 * filled || (levels && levels.size <= fewLevels && !column.onlyRemarks))) return undefined;
  const fix = 'correct the cells, leave them empty where the value is missing, or say in a schema that the column is a number: rows with other text are then refused';
  return problem(textsAmongNumbers(column), fix, firstText);
}

/** How many cells of a column are no number, with the first. */
export function textsAmongNumbers(column: ColumnFacts): string {
  const { filled, numbers } = column;
  const texts = filled - numbers;
  return `${texts} of ${filled} cells ${texts === 1 ? 'is' : 'are'} no number, the first in ${cellsShown(column)}`;
}

const cellsShown = ({ texts }: ColumnFacts): string => texts.map(({ line, text }) => `line ${line}: "${text}"`).join(', ');

/** True where the version before has this column as a category and knows a value of it: numbers may name machines. */
export function isBaseCategory(column: ColumnFacts, base: PartSchema): boolean {
  const known = base.features.find((feature) => feature.name === column.name);
  return known?.levels?.some((level) => column.levels?.has(level)) ?? false;
}
