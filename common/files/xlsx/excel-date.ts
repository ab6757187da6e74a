const dayMs = 86_400_000;

/**
 * A workbook's date number in ISO 8601 without a zone: `2026-04-03`, or `2026-04-03T14:30:00` where it has a time of day. Days count from 1 January 1900 as day 1,
 * with a 29 February 1900 that never was, or from 1 January 1904 as day 0. Undefined outside of 1900 to 9999.
 */
export function excelDate(serial: number, from1904: boolean): string | undefined {
  const days = from1904 ? serial + 1_462 : serial;
  if (!(days >= 61 && days < 2_958_466)) return undefined; // 1 March 1900 on; before it calendars disagree
  const ms = Math.round(days * dayMs); // to the millisecond, which a double holds
  const text = new Date(Date.UTC(1899, 11, 30) + Math.round(ms / 1_000) * 1_000).toISOString();
  return text.slice(11, 19) === '00:00:00' ? text.slice(0, 10) : text.slice(0, 19);
}

/** A workbook's duration in days as `30:00:00`, hours first. */
export function excelDuration(days: number): string {
  const seconds = Math.round(Math.abs(days) * 86_400);
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${days < 0 ? '-' : ''}${Math.floor(seconds / 3_600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** The date number, counted from 1900, of a day and its seconds since midnight. The inverse of `excelDate`. */
export function excelSerial(year: number, month: number, day: number, seconds: number): number {
  return (Date.UTC(year, month - 1, day) - Date.UTC(1899, 11, 30)) / dayMs + seconds / 86_400;
}
