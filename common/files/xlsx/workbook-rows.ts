import { SpindleError } from '../../errors.ts';
import type { TableRow } from '../import/table-row.ts';
import { readNumberStyles } from './cell-styles.ts';
import { readSharedStrings } from './shared-strings.ts';
import { SheetReader } from './sheet-reader.ts';
import { chooseSheet, readOutline } from './workbook-outline.ts';
import { xmlPieces } from './xml-reader.ts';
import { ZipParts } from './zip-parts.ts';

/** What a sheet may unpack to: a million rows of twenty columns. */
const maxSheetBytes = 1e9;
/** What may come without completing a row that holds something: a bomb of blanks ends here. */
const maxIdleBytes = 16e6;

/** One sheet of a workbook, opened. */
export interface WorkbookRows {
  sheet: string;
  /** The sheets that are not hidden and not this one. */
  otherSheets: string[];
  /** Rows read so far that the sheet does not show. */
  readonly hiddenRows: number;
  rows: AsyncGenerator<TableRow[], void, undefined>;
  close(): Promise<void>;
}

/**
 * Opens an XLSX workbook: the named sheet, else the first visible one. The sheet streams; only the workbook's shared texts are kept in memory, up to a limit.
 * Throws `invalid_workbook` for what is none, is damaged, links to other files or goes beyond the limits of parts, sizes and texts.
 */
export async function workbookRows(source: AsyncIterable<Uint8Array>, sheetName: string | undefined): Promise<WorkbookRows> {
  const zip = await ZipParts.open(source);
  try {
    const outline = await readOutline(zip);
    const sheet = chooseSheet(outline, sheetName);
    const strings = await readSharedStrings(zip, outline.sharedStrings);
    const numberStyles = await readNumberStyles(zip, outline.styles);
    const reader = new SheetReader({ strings, numberStyles, from1904: outline.from1904 });
    const otherSheets = outline.sheets.filter((one) => !one.hidden && one.part !== sheet.part).map(({ name }) => name);
    return {
      sheet: sheet.name,
      otherSheets,
      get hiddenRows() {
        return reader.hiddenRows;
      },
      rows: sheetRows(zip, sheet.part, reader),
      close: () => zip.close(),
    };
  } catch (error) {
    await zip.close();
    throw error;
  }
}

async function* sheetRows(zip: ZipParts, part: string, reader: SheetReader): AsyncGenerator<TableRow[], void, undefined> {
  try {
    let idle = 0;
    for await (const bytes of xmlPieces(part, zip.read(part, maxSheetBytes), reader)) {
      const rows = reader.take();
      idle = rows.length > 0 ? 0 : idle + bytes;
      if (idle > maxIdleBytes) throw new SpindleError('invalid_workbook', `the sheet has ${maxIdleBytes / 1e6} MB with no value in them: copy the table into a new workbook, or save it as CSV UTF-8`);
      if (rows.length > 0) yield rows;
    }
    const rest = reader.take();
    if (rest.length > 0) yield rest;
  } finally {
    await zip.close();
  }
}
