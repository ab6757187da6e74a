/** The mark before the decimals of a number. */
export type DecimalMark = '.' | ',';

/** What a number's text says about the decimal mark of its file: which one it must be, that it fits both alike (`none`), or that it is another number under each (`either`). */
export type DecimalEvidence = DecimalMark | 'none' | 'either' | 'no number';

// Thousands are grouped by the other mark, an apostrophe or a space of any kind: strictly by three, and with one mark throughout.
const withPoint = /^[+-]?(?:[1-9]\d{0,2}([,'’ \u00a0\u202f\u2009])\d{3}(?:\1\d{3})*(?:\.\d*)?|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)$/;
const withComma = /^[+-]?(?:[1-9]\d{0,2}([.'’ \u00a0\u202f\u2009])\d{3}(?:\1\d{3})*(?:,\d*)?|\d+(?:,\d*)?(?:[eE][+-]?\d+)?|,\d+(?:[eE][+-]?\d+)?)$/;
const wholeNumber = /^[+-]?\d+$/;
const groupMarks = { '.': /[,'’ \u00a0\u202f\u2009]/g, ',': /[.'’ \u00a0\u202f\u2009]/g } as const;

// As copied from web pages: zero-width spaces, marks of direction.
const invisible = /\p{Cf}/gu;

/** A cell's text without what nobody sees: spaces around it, and letters without width. */
export function visible(cell: string): string {
  return cell.replace(invisible, '').trim();
}

/** The number that a trimmed text spells with this decimal mark, or undefined. */
export function readNumber(text: string, decimal: DecimalMark): number | undefined {
  const plain = text.startsWith('−') ? `-${text.slice(1)}` : text; // the minus sign of typesetters
  if (!(decimal === '.' ? withPoint : withComma).test(plain)) return undefined;
  const digits = plain.replace(groupMarks[decimal], '');
  const value = Number(decimal === '.' ? digits : digits.replace(',', '.'));
  return Number.isFinite(value) ? value : undefined;
}

/** What one cell, trimmed, tells about the decimal mark. */
export function decimalEvidence(text: string): DecimalEvidence {
  if (wholeNumber.test(text)) return 'none';
  const point = readNumber(text, '.');
  const comma = readNumber(text, ',');
  if (point === undefined) return comma === undefined ? 'no number' : ',';
  if (comma === undefined) return '.';
  return point === comma ? 'none' : 'either';
}

/** True where a text holds thousands in groups, read with this decimal mark. */
export function isGrouped(text: string, decimal: DecimalMark): boolean {
  return (decimal === '.' ? withPoint : withComma).exec(text)?.[1] !== undefined;
}

/** A number as text that no reader takes for another one, whatever it thinks of points and commas: where three decimals could be thousands, a zero is added. */
export function clearNumber(value: number, decimal: DecimalMark): string {
  const plain = String(value);
  const text = decimal === '.' ? plain : plain.replace('.', ',');
  return decimalEvidence(text) === 'either' ? `${text}0` : text;
}
