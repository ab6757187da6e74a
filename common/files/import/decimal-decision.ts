import { SpindleError } from '../../errors.ts';
import type { Delimiter } from './delimiter.ts';
import { type DecimalMark, decimalEvidence, isGrouped, readNumber } from './number-text.ts';

/** The share of numbers that may disagree with the others: slips of the pen, which become refused rows. */
const slips = 0.1;

/** From here on numbers are written with groups of thousands: beside nothing but such whole numbers, `1.250` may be one of them. */
const large = 100;

/** What the numbers of one column tell, and the kind of unit that it shares with others. */
interface ColumnSeen {
  kind: string | undefined;
  /** The first number of which either mark could be right. */
  either: Sighting | undefined;
  marks: Set<DecimalMark>;
  hasSmall: boolean;
}

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
  readonly #columns = new Map<string, ColumnSeen>();
  /** Three decimals after this mark were seen for sure: the file writes them so. */
  readonly #threeDecimals = new Set<DecimalMark>();
  #numbers = 0;
  /** True where a group of thousands may be a decimal: some numbers were written with the other mark, or none has settled the mark. */
  #mixed = false;

  /** The mark that was told, if any, and the file's delimiter: cells between commas hold points, and so do JSON's texts unless one of them shows otherwise. */
  constructor(told: DecimalMark | undefined, delimiter: Delimiter | 'json' | undefined) {
    this.mark = told;
    this.#told = told !== undefined;
    this.#delimiter = delimiter;
  }

  /** Takes a number of the file's beginning into account; columns of one kind of unit are written alike. */
  observe(text: string, line: number, column: string, kind?: string): void {
    const evidence = decimalEvidence(text);
    if (evidence !== 'no number') {
      this.#numbers++;
      this.#observeColumn(text, evidence, { line, column, text }, kind);
    }
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
    const doubtful = this.mark && this.#doubtful(this.mark);
    if (doubtful) throw twoReadings(doubtful, 'no number of its kind settles it');
  }

  #observeColumn(text: string, evidence: DecimalMark | 'none' | 'either', at: Sighting, kind: string | undefined): void {
    const seen = this.#columns.get(at.column) ?? { kind, either: undefined, marks: new Set(), hasSmall: false };
    this.#columns.set(at.column, seen);
    if (evidence === 'none') seen.hasSmall ||= Math.abs(readNumber(text, '.') ?? 0) < large;
    else if (evidence === 'either') {
      if (!this.#isPlain(text)) seen.either ??= at;
    } else {
      seen.marks.add(evidence);
      if (/[.,]\d{3}$/.test(text)) this.#threeDecimals.add(evidence);
    }
  }

  /**
   * A number that is a decimal only because numbers of another kind say so, in a column that has nothing else than large whole numbers: `1.250` above `980`, and
   * hours of `0.5` beside them. Programs that write lengths in one way and hours in another are not rare.
   */
  #doubtful(mark: DecimalMark): Sighting | undefined {
    if (this.#threeDecimals.has(mark)) return undefined;
    const columns = [...this.#columns.values()];
    const isSettled = (one: ColumnSeen): boolean => columns.some((other) => other.marks.has(mark) && (other === one || (other.kind !== undefined && other.kind === one.kind)));
    return columns.find((one) => one.either && !one.hasSmall && !isGrouped(one.either.text, mark) && !isSettled(one))?.either;
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

function twoReadings(at: Sighting, why = 'no number of the file settles it'): SpindleError {
  const [comma, point] = [readNumber(at.text, ','), readNumber(at.text, '.')];
  return question(at, `"${at.text.slice(0, 40)}" is ${comma} with a decimal comma and ${point} with a decimal point, and ${why}`);
}

function question({ line, column, text }: Sighting, what: string): SpindleError {
  const message = `line ${line}, column ${column}: ${what}`;
  const fix = 'add decimal=comma or decimal=point to the upload';
  return new SpindleError('ambiguous_file', `${message}; ${fix}`, { issues: [{ line, field: column, value: text.slice(0, 80), message, fix }] });
}
