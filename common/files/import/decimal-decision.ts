import { SpindleError } from '../../errors.ts';
import type { Delimiter } from './delimiter.ts';
import { type DecimalMark, decimalEvidence, isGrouped, readNumber } from './number-text.ts';

/** The share of numbers that may disagree with the others: slips of the pen, which become refused rows. */
const slips = 0.1;

interface Sighting {
  line: number;
  column: string;
  text: string;
}

/**
 * Which mark a file's decimals stand after: told, or read off the numbers that leave no choice. Where none of them does and a number
 * could be two, it asks instead of guessing: throws `ambiguous_file`.
 */
export class DecimalDecision {
  /** The mark; undefined as long as nothing has needed one. */
  mark: DecimalMark | undefined;
  readonly #told: boolean;
  readonly #delimiter: Delimiter | 'json' | undefined;
  readonly #seen = new Map<DecimalMark | 'either', { count: number; first: Sighting }>();
  #numbers = 0;
  /** True where a group of thousands may be a decimal: some numbers were written with the other mark, or none has settled the mark. */
  #mixed = false;

  /** The mark that was told, if any, and the file's delimiter: cells between commas hold points, and so do JSON's texts unless one of them shows otherwise. */
  constructor(told: DecimalMark | undefined, delimiter: Delimiter | 'json' | undefined) {
    this.mark = told;
    this.#told = told !== undefined;
    this.#delimiter = delimiter;
  }

  /** Takes a number of the file's beginning into account. */
  observe(text: string, line: number, column: string): void {
    const evidence = decimalEvidence(text);
    if (evidence !== 'no number') this.#numbers++;
    if (evidence === 'none' || evidence === 'no number' || (evidence === 'either' && this.#isPlain(text))) return;
    const known = this.#seen.get(evidence);
    if (known) known.count++;
    else this.#seen.set(evidence, { count: 1, first: { line, column, text } });
  }

  /** Decides by what was observed. Throws `ambiguous_file`. */
  settle(): void {
    if (this.#told) return;
    const [point, comma, either] = [this.#seen.get('.'), this.#seen.get(','), this.#seen.get('either')];
    if (point && comma) {
      this.#mixed = true;
      const minority = Math.min(point.count, comma.count) / (point.count + comma.count);
      if (minority <= slips) this.mark = point.count > comma.count ? '.' : ',';
      else if (this.#delimiter === ',') this.mark = '.';
      else {
        const [one, two] = [point.first, comma.first].sort((a, b) => a.line - b.line);
        const place = (at: Sighting | undefined): string => (at ? `"${at.text}" in line ${at.line}, column ${at.column}` : '');
        throw question(point.first, `some decimals stand after a point and some after a comma: ${place(one)}, ${place(two)}`);
      }
    } else if (point) this.mark = '.';
    else if (comma && (this.#delimiter !== ',' || comma.count > slips * this.#numbers)) this.mark = ',';
    else if (either) throw twoReadings(either.first);
    else if (this.#delimiter === ',' && this.#numbers > 0) {
      // Points are what commas between cells leave; a lone comma in quotes is a slip of the pen, which becomes a refused row.
      this.mark = '.';
      this.#mixed = true;
    }
  }

  /** The number that a trimmed text spells, or undefined. Throws `ambiguous_file` where only an answer can tell. */
  read(text: string, line: number, column: string): number | undefined {
    if (this.mark === undefined) {
      const evidence = decimalEvidence(text);
      if (evidence === 'either' && !this.#isPlain(text)) throw twoReadings({ line, column, text });
      if (evidence === 'none' || evidence === 'no number') return readNumber(text, '.');
      this.mark = evidence === 'either' ? '.' : evidence;
    }
    if (this.#mixed && isGrouped(text, this.mark) && decimalEvidence(text) === 'either') return undefined;
    return readNumber(text, this.mark);
  }

  /** True where a text that was not read would be a number with the other mark: from then on no group of thousands is trusted. */
  fitsOther(text: string): boolean {
    const fits = readNumber(text, this.mark === ',' ? '.' : ',') !== undefined;
    this.#mixed ||= fits && !this.#told;
    return fits;
  }

  /** True for `1.250` between commas: a file that separates by commas has its decimals after points. */
  #isPlain(text: string): boolean {
    return (this.#delimiter === ',' || this.#delimiter === 'json') && /^[^,]*\.[^,]*$/.test(text);
  }
}

function twoReadings(at: Sighting): SpindleError {
  const [comma, point] = [readNumber(at.text, ','), readNumber(at.text, '.')];
  return question(at, `"${at.text.slice(0, 40)}" is ${comma} with a decimal comma and ${point} with a decimal point, and no number of the file settles it`);
}

function question({ line, column, text }: Sighting, what: string): SpindleError {
  const message = `line ${line}, column ${column}: ${what}`;
  const fix = 'add decimal=comma or decimal=point to the upload';
  return new SpindleError('ambiguous_file', `${message}; ${fix}`, { issues: [{ line, field: column, value: text.slice(0, 80), message, fix }] });
}
