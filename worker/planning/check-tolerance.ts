/** Seconds and minutes are written rounded: what may differ by that, in min. */
export const rounding = 0.011;

/** What sums of rounded minutes may differ by, in min. */
export function sumRounding(terms: number): number {
  return rounding + terms / 1_000;
}
