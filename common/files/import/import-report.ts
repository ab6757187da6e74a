import { z } from 'zod';
import { delimiterNames } from './delimiter.ts';
import type { FileField } from './file-fields.ts';
import type { FilePlan } from './file-plan.ts';
import { unitToSay } from './header-match.ts';
import type { OpenTable } from './open-table.ts';
import { namedTotals } from './planned-rows.ts';
import { encodings } from './text-encoding.ts';

const column = z.strictObject({
  header: z.string().describe('The column as the file names it'),
  index: z.int().describe('Its position, from 0'),
  field: z.string().describe('The feature or planning column that it was taken for'),
  kind: z.enum(['number', 'category', 'date', 'text']).describe('What its cells hold'),
  how: z.enum(['name', 'alias', 'mapping']).describe('By its name, by an alias of it, or by the option mapping'),
  unit: z.string().optional().describe('The unit of the file\'s values, where they were converted'),
  converted_to: z.string().optional().describe('The unit that they were converted to'),
  own_units: z.record(z.string(), z.int()).optional().describe('Cells that named a unit of their own, by unit'),
  date_order: z.string().optional().describe('Order of day, month and year in a column of dates'),
  values: z.array(z.strictObject({ from: z.string(), to: z.string(), cells: z.int() })).optional().describe('Texts that were taken for a level, the first hundred'),
});

/** How a file was understood: what it is, its dialect, its columns and everything that was converted or mapped. */
export const importReportSchema = z.strictObject({
  format: z.enum(['csv', 'xlsx', 'json']),
  encoding: z.enum(encodings).optional(),
  delimiter: z.enum([delimiterNames[','], delimiterNames[';'], delimiterNames['\t'], delimiterNames['|']]).optional(),
  decimal: z.enum(['point', 'comma']).describe('What stands before decimals; point where no number has any'),
  sheet: z.string().optional().describe('The sheet of a workbook'),
  header_line: z.int().describe('Line of the header; those above it are passed over'),
  zone: z.string().describe('Time zone of the file\'s times'),
  zone_told: z.literal(true).optional().describe('The upload said the time zone: exports write times with their offset'),
  columns: z.array(column).describe('The columns that were understood'),
  unknown_columns: z.array(z.string()).describe('Columns that mean nothing here; they come back untouched'),
  notes: z.array(z.string()).optional().describe('What else a person should know: columns that may be misspelt, sheets that were not read, rows that are hidden'),
  totals: z.array(z.strictObject({ line: z.int(), text: z.string() })).describe('The first hundred rows of totals below the parts and of headers between them, which are no parts'),
});

export type ImportReport = z.infer<typeof importReportSchema>;

/** The report of a file of commas and points of which nothing is known but its cells: what stands for batches of earlier versions. */
export function plainReport(): ImportReport {
  return { format: 'csv', delimiter: 'comma', decimal: 'point', header_line: 1, zone: 'UTC', columns: [], unknown_columns: [], totals: [] };
}

/** The report of a file that has been read to its end, or as far as it has been. */
export function importReport(table: OpenTable, plan: FilePlan, zone: string, totals: readonly { line: number; cells: readonly string[] }[]): ImportReport {
  const known = new Set(plan.match.columns.map(({ index }) => index));
  const unknown = plan.header.filter((name, index) => name !== '' && !known.has(index));
  const notes = [...passedOver(plan), ...misspelt(plan, unknown), ...table.notes()];
  return {
    format: table.format,
    ...(table.encoding === undefined ? {} : { encoding: table.encoding }),
    ...(table.delimiter === undefined ? {} : { delimiter: delimiterNames[table.delimiter] }),
    decimal: plan.decimal.mark === ',' ? 'comma' : 'point',
    ...(table.sheet === undefined ? {} : { sheet: table.sheet }),
    header_line: plan.headerLine,
    zone,
    columns: plan.match.columns.map((matched) => {
      const feature = plan.features.find(({ index }) => index === matched.index);
      const planning = plan.planning.find(({ index }) => index === matched.index);
      const ownUnits = (feature?.numbers ?? planning?.numbers)?.ownUnits;
      const values = [...(feature?.categories?.mapped ?? [])].map(([from, { level, cells }]) => ({ from, to: level, cells }));
      return {
        header: matched.header,
        index: matched.index,
        field: matched.field.name,
        kind: kindOf(matched.field),
        how: matched.how,
        ...(matched.unit && matched.field.unit ? { unit: matched.unit.symbol, converted_to: matched.field.unit.symbol } : {}),
        ...(ownUnits && ownUnits.size > 0 ? { own_units: Object.fromEntries(ownUnits) } : {}),
        ...(planning?.dateOrder === undefined ? {} : { date_order: planning.dateOrder }),
        ...(values.length > 0 ? { values } : {}),
      };
    }),
    unknown_columns: unknown,
    ...(notes.length > 0 ? { notes } : {}),
    totals: totals.map(({ line, cells }) => ({ line, text: cells.filter((cell) => cell.trim() !== '').join(' ').slice(0, 200) })),
  };
}

function passedOver({ match: { columns, passedOver: others } }: FilePlan): string[] {
  return others.slice(0, 20).map(({ field, header }) => {
    const taken = columns.find((one) => one.field === field)?.header ?? '';
    return `the column "${header.slice(0, 80)}" could also be ${field.name}, which was read from "${taken.slice(0, 80)}": to take it instead, say mapping=${JSON.stringify({ [field.name]: header.slice(0, 80) })}`;
  });
}

function misspelt({ fields, match }: FilePlan, unknown: readonly string[]): string[] {
  const isFree = (field: FileField): boolean => !match.columns.some((one) => one.field === field);
  return unknown.flatMap((name) => {
    const near = fields.planningNear(name, isFree) ?? fields.planningWithin(name, isFree);
    if (!near) return [];
    const shown = name.slice(0, 80);
    // Of a duration whose unit nothing tells, none is made up.
    const answer = near.unit && near.unit.kind !== 'count' ? { column: shown, unit: unitToSay(name, near) } : shown;
    return [`the column "${shown}" means nothing here: if it is ${near.name}, rename it or say mapping=${JSON.stringify({ [near.name]: answer })}`];
  }).slice(0, 20);
}

/** What of a report a person must know, a line each: whatever is not as in a plain CSV. */
export function importSummary({ format, encoding, delimiter, decimal, sheet, columns, totals, notes = [] }: ImportReport): string[] {
  const isPlain = format === 'csv' && encoding === 'utf-8' && delimiter === 'comma' && decimal === 'point';
  const what = format === 'xlsx' ? `sheet ${sheet ?? ''}` : format === 'json' ? 'JSON' : `${encoding ?? ''} text, ${delimiter ?? ''} between cells, decimals after a ${decimal}`;
  const converted = columns.flatMap(({ header, field, unit, converted_to: to }) => (unit === undefined ? [] : [`${header} was converted from ${unit} to ${to ?? ''} (${field})`]));
  const renamed = columns.flatMap(({ header, field, how }) => (how === 'name' ? [] : [`${header} was taken for ${field}`]));
  const mapped = columns.flatMap(({ header, values = [] }) => values.slice(0, 10).map(({ from, to, cells }) => `${header} "${from}" was taken for ${to} (${cells} ${cells === 1 ? 'row' : 'rows'})`));
  const below = totals.length > 0 ? [`${totals.length}${totals.length < namedTotals ? '' : ' or more'} ${totals.length === 1 ? 'row' : 'rows'} of totals left out: line ${totals.map(({ line }) => line).slice(0, 10).join(', ')}`] : [];
  return [...(isPlain ? [] : [`read as ${what}`]), ...renamed, ...converted, ...mapped, ...below, ...notes];
}

function kindOf({ name, feature }: FileField): 'number' | 'category' | 'date' | 'text' {
  if (feature) return feature.kind === 'category' ? 'category' : 'number';
  if (name === 'part_id' || name === 'order_id') return 'text';
  return name === 'due' || name === 'release' ? 'date' : 'number';
}
