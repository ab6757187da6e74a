import { type Feature, type PartSchema, expectation } from '../../part-schema.ts';
import { noteMark } from '../import/total-row.ts';
import { columnName, type SheetCell, type SheetSource } from '../xlsx/sheet-xml.ts';
import { workbook } from '../xlsx/workbook-writer.ts';
import { csvText } from './csv-text.ts';
import { byteOrderMark } from './export-dialect.ts';

interface TemplateColumn {
  name: string;
  example: string | number | null;
  allowed: string;
  levels: readonly string[];
}

/** The columns of a file that can be estimated and planned, with an example and what is allowed; `due` is the example's due date in ISO 8601. */
function templateColumns(schema: PartSchema, due: string): TemplateColumn[] {
  const planning = (name: string, example: string | number | null, allowed: string): TemplateColumn => ({ name, example, allowed, levels: [] });
  return [
    planning('part_id', 'EXAMPLE-1', 'any text, different in every row; may stay empty'),
    ...schema.features.map((feature) => ({ name: feature.name, example: exampleOf(feature), allowed: allowedOf(feature), levels: feature.levels ?? [] })),
    planning('quantity', 1, 'a whole number of pieces from 1; empty means 1'),
    planning('setup_min', null, 'minutes of setup from 0; may stay empty'),
    planning('due', due, 'a date such as 2026-04-03 or 2026-04-03T14:30; may stay empty'),
    planning('release', null, 'a date before which work cannot start; may stay empty'),
    planning('priority', null, 'a whole number, 1 the most urgent; may stay empty'),
    planning('order_id', null, 'the order that several operations belong to; may stay empty'),
    planning('operation', null, 'the place in the order: 10, 20, 30; may stay empty'),
  ];
}

function allowedOf(feature: Feature): string {
  const text = `${expectation(feature)}${feature.unit === undefined ? '' : `, in ${feature.unit}`}`;
  return feature.optional ? `${text}; may stay empty` : text;
}

/** A value in the middle of what the model has learned, or the first level. */
function exampleOf({ kind, levels, learned, min, max, above }: Feature): string | number {
  if (kind === 'category') return levels?.[0] ?? '';
  const from = learned?.min ?? min ?? (above === undefined ? 1 : above + 1);
  const middle = (from + (learned?.max ?? max ?? from)) / 2;
  const rounded = kind === 'integer' ? Math.round(middle) : Number(middle.toPrecision(2));
  return rounded >= (learned?.min ?? rounded) ? rounded : from;
}

/** A CSV to fill in: the header, one example row, and a row of what is allowed, which import passes over. */
export function templateCsv(schema: PartSchema, due: string): string {
  const columns = templateColumns(schema, due);
  const note = columns.map(({ allowed }, index) => (index === 0 ? noteMark : allowed));
  const rows = [columns.map(({ name }) => name), columns.map(({ example }) => String(example ?? '')), note];
  return byteOrderMark(rows.flat(), { format: 'csv', encoding: 'utf-8' }) + rows.map((row) => `${csvText(row, ',')}\n`).join('');
}

/** A workbook to fill in: header and example on the first sheet, with lists to choose levels from; what is allowed on the second. */
export function templateWorkbook(schema: PartSchema, due: string): AsyncGenerator<Uint8Array, void, undefined> {
  const columns = templateColumns(schema, due);
  const allowed = new Map<number, string>();
  const longest = Math.max(0, ...columns.map(({ levels }) => levels.length));
  for (const [index, { levels }] of columns.entries()) {
    const name = columnName(index);
    if (levels.length > 0) allowed.set(index, `Values!$${name}$3:$${name}$${levels.length + 2}`);
  }
  const values = [columns.map((column) => column.allowed), ...Array.from({ length: longest }, (_, row) => columns.map(({ levels }) => levels[row] ?? null))];
  const sheets: SheetSource[] = [
    { name: 'Parts', header: columns.map(({ name }) => name), rows: () => once([columns.map(({ example }) => example)]), allowed },
    { name: 'Values', header: columns.map(({ name }) => name), rows: () => once(values) },
  ];
  return workbook(sheets);
}

// oxlint-disable-next-line typescript/require-await
async function* once(rows: SheetCell[][]): AsyncGenerator<SheetCell[][], void, undefined> {
  yield rows;
}
