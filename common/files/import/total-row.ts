import { comparableWord } from './comparable-word.ts';
import type { Vocabulary } from './vocabulary.ts';

/** What the first cell of a template's row of allowed values says: such a row is never a part. */
export const noteMark = 'allowed values';

/** Tells rows of totals, which spreadsheets and ERP systems put below a table, from rows of parts. */
export class TotalRow {
  readonly #words: ReadonlySet<string>;

  constructor(vocabulary: Vocabulary) {
    this.#words = new Set(vocabulary.totalWords.map(totalKey));
  }

  /** True for a template's row of allowed values. */
  isNote(cells: readonly string[]): boolean {
    return cells.find((cell) => cell !== '')?.trim() === noteMark;
  }

  /** True where the first cell with something in it is a word for totals, alone or before a number of things: `Summe:`, `Total 12`, `TOTAL (8 parts)`; or nothing but such a number: `(1 row)`. */
  isTotal(cells: readonly string[]): boolean {
    const first = cells.find((cell) => cell.trim() !== '');
    return first !== undefined && first.length <= 60 && (this.#words.has(totalKey(first.replace(/[\s:=]+[\d.,\s]*$/, '').replace(counted, ''))) || countAlone.test(first.trim()));
  }
}

// ` 8 Teile`, ` (8 parts)`
const counted = /[\s:=]+\(?\d+\s*\p{L}*\)?\s*$/u;
// What databases put below what they print.
const countAlone = /^\(\d+ \p{L}+\)$/u;

// Σ alone is no letter that survives comparing.
const totalKey = (text: string): string => (text.trim() === 'Σ' ? 'Σ' : comparableWord(text));
