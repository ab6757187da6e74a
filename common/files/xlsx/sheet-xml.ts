import { cellXml } from './cell-text.ts';
import { cellStyles } from './workbook-parts.ts';

/** A cell to write: a text, a number, or a number shown in a style of its own; null for an empty one. */
export type SheetCell = string | number | null | { value: number; style: 'rounded' | 'date' | 'moment' };

/** A sheet to write: rows come in pieces while it is being written. */
export interface SheetSource {
  name: string;
  header: readonly string[];
  rows: () => AsyncIterable<readonly (readonly SheetCell[])[]>;
  /** For a column, by its position, where its allowed values stand, such as `Values!$B$2:$B$4`. */
  allowed?: ReadonlyMap<number, string>;
}

/** Rows that a sheet can hold, header included: a limit of the format. */
export const maxSheetRows = 1_048_576;

// Texts that a spreadsheet would take for a formula, were they typed in: kept as texts by the format's own mark.
const formulaLike = /^[=+\-@\t\r'\uFF0B\uFF0D\uFF1D\uFF20]/;

/** The XML of a sheet in pieces: a styled header that stays in sight, then the rows. Memory is that of one piece. */
export async function* sheetXml({ header, rows, allowed }: SheetSource): AsyncGenerator<string, void, undefined> {
  const widths = header.map((name, index) => `<col min="${index + 1}" max="${index + 1}" width="${Math.min(40, Math.max(11, name.length + 3))}" customWidth="1"/>`);
  yield `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>`;
  if (widths.length > 0) yield `<cols>${widths.join('')}</cols>`;
  const names = header.map((_, index) => columnName(index));
  yield `<sheetData><row r="1">${header.map((name, index) => textCell(`${names[index]}1`, name, cellStyles.header)).join('')}</row>`;
  let row = 1;
  for await (const piece of rows()) {
    let xml = '';
    for (const cells of piece) {
      row++;
      xml += `<row r="${row}">`;
      for (let c = 0; c < cells.length; c++) xml += cellOf(`${names[c] ?? columnName(c)}${row}`, cells[c] ?? null);
      xml += '</row>';
    }
    yield xml;
  }
  yield '</sheetData>';
  if (allowed && allowed.size > 0) {
    const lists = [...allowed].map(([index, range]) => `<dataValidation type="list" allowBlank="1" showErrorMessage="1" sqref="${names[index]}2:${names[index]}${maxSheetRows}"><formula1>${cellXml(range)}</formula1></dataValidation>`);
    yield `<dataValidations count="${lists.length}">${lists.join('')}</dataValidations>`;
  }
  yield '</worksheet>';
}

function cellOf(reference: string, cell: SheetCell): string {
  if (cell === null || cell === '') return '';
  if (typeof cell === 'number') return `<c r="${reference}"><v>${cell}</v></c>`;
  if (typeof cell === 'object') return `<c r="${reference}" s="${cellStyles[cell.style]}"><v>${cell.value}</v></c>`;
  return textCell(reference, cell, formulaLike.test(cell) ? cellStyles.literal : cellStyles.plain);
}

// A text in its cell rather than in a table of texts: a table would have to be kept in memory.
function textCell(reference: string, text: string, style: number): string {
  return `<c r="${reference}" t="inlineStr"${style === 0 ? '' : ` s="${style}"`}><is><t xml:space="preserve">${cellXml(text)}</t></is></c>`;
}

/** Name of a column by its position from 0: `AB` for 27. */
export function columnName(index: number): string {
  let name = '';
  for (let rest = index + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  return name;
}
