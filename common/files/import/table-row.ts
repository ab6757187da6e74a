/** One row of a file as it came, whatever the format. */
export interface TableRow {
  /** Line of a text file on which the row starts, or number of a sheet's row; the first is 1. */
  line: number;
  /** The line on which it ends, where a quoted cell goes on over several. */
  lastLine?: number;
  cells: string[];
  /** For each cell of a workbook whether it is a number or date rather than text: such a cell is written in one way only, `1234.5` and `2026-04-03`. */
  typed?: readonly boolean[];
  /** For each cell of a workbook the unit that its format shows beside the number: `mm` for a cell in the format `0.0" mm"`. */
  units?: readonly (string | undefined)[];
  /** Positions of a workbook's cells whose formulas were saved without a value: they come as empty. */
  unsaved?: readonly number[];
}

/** True for a row with nothing in it, or with nothing but a ruled line. */
export function isBlankRow(cells: readonly string[]): boolean {
  for (const cell of cells) if (cell !== '' && cell.trim() !== '' && cell !== endOfFile && !ruled.test(cell)) return false;
  return true;
}

// What DOS programs write behind the last line.
const endOfFile = '\u001A';
// What stands between head and rows in lists made for printers, and in Markdown.
const ruled = /^\s*[:+|]?[-=_*]{3}[-=_*+|]*:?\s*$/;
