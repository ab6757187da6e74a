// What spreadsheets take for the beginning of a formula; behind apostrophes it was guarded before.
const dangerous = /^'*[=+\-@\t\r\uFF0B\uFF0D\uFF1D\uFF20]/;
const guarded = /^'+[=+\-@\t\r\uFF0B\uFF0D\uFF1D\uFF20]/;
const harmless = /^[+-][\d.,'’\s]*\d[\d.,]*(?:[eE][+-]?\d+)?\s*$/;

/**
 * Keeps text cells from becoming formulas in a spreadsheet (CWE-1236): an apostrophe is put before them, which spreadsheets take for "this is text".
 * Import takes one apostrophe off again before such a beginning, so that every text comes back as it went. Numbers, with their signs, stay as they are.
 */
export const neutralised = {
  /** The text as a CSV may hold it. */
  of(cell: string): string {
    return dangerous.test(cell) && !harmless.test(cell) ? `'${cell}` : cell;
  },
  /** The text as it was before `of`. */
  undo(cell: string): string {
    return guarded.test(cell) && !harmless.test(cell.replace(/^'/, '')) ? cell.slice(1) : cell;
  },
};
