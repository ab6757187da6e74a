import { type WorkbookRows, workbookRows } from '../xlsx/workbook-rows.ts';
import { type HeadedBytes, readHead } from './byte-head.ts';
import { textRows } from './text-rows.ts';
import { type Delimiter, detectDelimiter, namedDelimiter } from './delimiter.ts';
import { fileKind, refuseForeignText } from './file-kind.ts';
import type { ImportOptions } from './import-options.ts';
import { JsonRows, looksLikeJson } from './json-rows.ts';
import type { TableRow } from './table-row.ts';
import { type Encoding, utf8Text } from './text-encoding.ts';

/** A file opened: what it is, and its rows in pieces as they arrive. */
export interface OpenTable {
  format: 'csv' | 'xlsx' | 'json';
  /** Of a text; known for good once it has been read. */
  readonly encoding: Encoding | undefined;
  /** Of a CSV. */
  delimiter: Delimiter | undefined;
  /** Of a workbook. */
  sheet: string | undefined;
  /** Of a workbook: its other sheets that are not hidden. */
  otherSheets: readonly string[];
  /** What a person should know of the file besides, once it has been read. */
  notes(): string[];
  rows: AsyncGenerator<TableRow[], void, undefined>;
  /** Lets go of the file, read to its end or not. */
  close(): Promise<void>;
}

/**
 * Opens CSV text, JSON or an XLSX workbook, whichever the bytes are. `found` counts the columns that it knows in a row, which tells the delimiter.
 * Throws, also while reading, `not_text`, `unsupported_encoding`, `invalid_csv`, `invalid_json`, `invalid_workbook` and what the source throws.
 */
export async function openTable(source: AsyncIterable<Uint8Array>, options: ImportOptions, found: (cells: readonly string[]) => number): Promise<OpenTable> {
  const bytes = await readHead(source);
  try {
    return await openBytes(bytes, options, found);
  } catch (error) {
    await bytes.close();
    throw error;
  }
}

async function openBytes(bytes: HeadedBytes, options: ImportOptions, found: (cells: readonly string[]) => number): Promise<OpenTable> {
  if (fileKind(bytes.head) === 'workbook') {
    const opened = await workbookRows(bytes.pieces, options.sheet);
    const { sheet, otherSheets, rows } = opened;
    return { format: 'xlsx', encoding: undefined, delimiter: undefined, sheet, otherSheets, notes: () => sheetNotes(opened), rows, close: () => opened.close() };
  }
  const text = utf8Text(bytes, options.encoding);
  refuseForeignText(text.head);
  const noSheet = (format: string): string[] => (options.sheet === undefined ? [] : [`the file is ${format} and has no sheets: sheet=${options.sheet.slice(0, 80)} was passed over`]);
  const common = { sheet: undefined, otherSheets: [], close: () => bytes.close() };
  if (looksLikeJson(text.head)) {
    const objects = new JsonRows(text.pieces);
    const notes = (): string[] => [...noSheet('JSON'), ...objects.notes()];
    return { format: 'json', encoding: text.encoding, delimiter: undefined, notes, rows: objects.rows(), ...common };
  }
  const named = namedDelimiter(text.head);
  const delimiter = options.delimiter ?? named ?? detectDelimiter(text.head, bytes.complete, found);
  const rows = textRows(text.pieces, delimiter);
  return {
    format: 'csv',
    get encoding() {
      return text.encoding;
    },
    delimiter,
    notes: () => [...noSheet('CSV'), ...(text.isGarbled ? ['some letters are garbled: the file is neither UTF-8 nor Windows-1252, but may be of DOS or an old Mac; save it as CSV UTF-8'] : [])],
    rows: named === undefined ? rows : withoutFirstRow(rows),
    ...common,
  };
}

function sheetNotes({ sheet, otherSheets: others, hiddenRows }: WorkbookRows): string[] {
  const unread = others.length > 0 ? [`only the sheet "${sheet}" was read; the workbook also has ${others.slice(0, 10).map((name) => `"${name}"`).join(', ')}`] : [];
  const hidden = hiddenRows > 0 ? [`${hiddenRows} ${hiddenRows === 1 ? 'row that the sheet hides was' : 'rows that the sheet hides, such as by a filter, were'} read like the others: remove what is not to be planned`] : [];
  return [...unread, ...hidden];
}

async function* withoutFirstRow(pieces: AsyncIterable<TableRow[]>): AsyncGenerator<TableRow[], void, undefined> {
  let first = true;
  for await (const rows of pieces) {
    const rest: TableRow[] = first ? rows.slice(1) : rows;
    first = false;
    if (rest.length > 0) yield rest;
  }
}
