import { z } from 'zod';
import { SpindleError } from '../../errors.ts';
import { type DecimalMark } from './number-text.ts';
import { type Delimiter, delimiterNames, delimiters } from './delimiter.ts';
import { encodings } from './text-encoding.ts';
import { isTimeZone } from './zoned-time.ts';
import type { ColumnMapping } from './header-match.ts';

const oneOfDelimiters = 'expected comma, semicolon, tab or pipe';
const delimiter = z.string().transform((text, context): Delimiter => {
  const found = delimiters.find((mark) => mark === text || delimiterNames[mark] === text.toLowerCase()) ?? (text === String.raw`\t` ? '\t' : undefined);
  if (found === undefined) context.addIssue(oneOfDelimiters);
  return found ?? ',';
});

const decimal = z.enum(['.', ',', 'point', 'comma'], 'expected point or comma').transform((text): DecimalMark => (text === ',' || text === 'comma' ? ',' : '.'));

// Browsers and people write the order as the dates look.
const orders = { dmy: 'dmy', mdy: 'mdy', ymd: 'ymd', iso: 'ymd' } as const;
const dateFormat = z.string().transform((text, context) => {
  const letters = text.toLowerCase().replace(/[^a-z]/g, '').replace(/(.)\1+/g, '$1').replace('iso', 'ymd');
  const order = Object.entries(orders).find(([name]) => name === letters)?.[1];
  if (!order) context.addIssue('expected dmy, mdy or ymd, also as dd/mm/yyyy');
  return order ?? 'ymd';
});

const place = z.union([z.string().min(1).max(200), z.strictObject({ column: z.string().min(1).max(200), unit: z.string().max(20).optional() })]);
const mapping = z.string().max(20_000).transform((text, context): ColumnMapping => {
  const parsed = z.record(z.string().max(200), place).safeParse(json(text));
  if (!parsed.success) context.addIssue('expected JSON such as {"x_cm":"Rohling L"} or {"x_cm":{"column":"Rohling L","unit":"mm"}}');
  return new Map(Object.entries(parsed.data ?? {}).map(([field, at]) => [field, typeof at === 'string' ? { column: at } : at]));
});

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How to read a file where its content must not decide: query parameters of uploads and options of commands, as texts. */
export const importOptionsSchema = z.strictObject({
  delimiter: delimiter.optional().describe('What stands between cells: comma, semicolon, tab or pipe; detected unless told'),
  decimal: decimal.optional().describe('What stands before decimals: point or comma; detected unless told'),
  encoding: z.enum(encodings, `expected one of ${encodings.join(', ')}`).optional().describe('Encoding of the text; detected unless told'),
  sheet: z.string().min(1).max(100).optional().describe('Sheet of a workbook, by its name; the first visible one unless told'),
  mapping: mapping.optional().describe('Columns of the file by field, as JSON: {"x_cm":"Rohling L"} or {"x_cm":{"column":"Rohling L","unit":"mm"}}'),
  date_format: dateFormat.optional().describe('Order of day, month and year: dmy, mdy or ymd; read off the dates unless told'),
  zone: z.string().max(60).refine(isTimeZone, 'expected a time zone such as Europe/Berlin').optional().describe('Time zone of times in the file; the shop\'s unless told'),
});

export type ImportOptions = z.infer<typeof importOptionsSchema>;

/** Options by their texts, as a command line gives them under names that begin with `prefix`. Throws `invalid_configuration` naming the option. */
export function importOptionsOf(texts: Readonly<Record<string, string | undefined>>, prefix = ''): ImportOptions {
  const parsed = importOptionsSchema.safeParse(Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new SpindleError('invalid_configuration', `--${prefix}${String(issue?.path[0] ?? '').replace('_', '-')}: ${issue?.message ?? ''}`);
}
