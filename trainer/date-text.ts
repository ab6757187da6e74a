const time = String.raw`\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]m|z|[+-]\d{2}:?\d{2})?`;
const month = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*';

/** Ways to write a date, alone or before a time: 2026-03-01, 01.03.2026, 3/1/26, 1 March 2026, March 1, 2026, and a duration or time of day with seconds. */
const patterns = [
  String.raw`(?:18|19|20|21)\d{2}([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])(?:[t ]\s*${time})?`,
  String.raw`(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|[12]\d|3[01])\2(?:18|19|20|21)\d{2}(?:,?\s+${time})?`,
  String.raw`(?:0?[1-9]|[12]\d|3[01])([/.])(?:0?[1-9]|[12]\d|3[01])\3\d{2}(?:,?\s+${time})?`,
  String.raw`\d{1,2}[ .-]+${month}[ .,-]+(?:\d{2}|\d{4})(?:,?\s+${time})?`,
  String.raw`${month}[ .-]+\d{1,2},?\s+\d{4}(?:,?\s+${time})?`,
  String.raw`\d{1,3}:\d{2}:\d{2}(?:[.,]\d+)?`,
  String.raw`(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])`,
];
const dateOrTime = new RegExp(`^(?:${patterns.join('|')})$`, 'i');

/** True for a text that looks like a date, also for eight digits that could be one. */
export function isDate(text: string): boolean {
  // Most cells are short numbers, which this settles without the pattern.
  return text.length >= 6 && text.length <= 40 && dateOrTime.test(text);
}
