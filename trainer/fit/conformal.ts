/**
 * Half-width of the interval prediction ± h that covers a new part with at least this probability, from out-of-fold residuals:
 * the ⌈(n + 1) · coverage⌉-th smallest |residual|, or the largest where that is beyond n
 * (split conformal prediction: Lei et al., 2018, doi:10.1080/01621459.2017.1307116; on out-of-fold residuals: Vovk, 2015, doi:10.1007/s10472-013-9368-4).
 */
export function conformalHalfWidth(residuals: Float64Array, coverage: number): number {
  const sizes = residuals.map(Math.abs).sort();
  const rank = conformalRank(sizes.length, coverage);
  return sizes[Math.min(rank, sizes.length) - 1] ?? 0;
}

/** ⌈(n + 1) · coverage⌉, safe from binary fractions: 0.9 · 10 + rounding must not become 10. */
export function conformalRank(count: number, coverage: number): number {
  return Math.ceil((count + 1) * coverage - 1e-9);
}

/**
 * Which residuals lie within the half-width that all other folds' residuals give: an honest count, since no row has a say in its own interval.
 * Also from other folds' residuals comes each fold's half-width, by fold.
 */
export function crossConformal(residuals: Float64Array, folds: readonly Uint32Array[], coverage: number): { inside: Uint8Array; halfWidths: number[] } {
  const order = Uint32Array.from(residuals, (_, row) => row).sort((a, b) => Math.abs(residuals[a] ?? 0) - Math.abs(residuals[b] ?? 0));
  const foldOf = new Uint32Array(residuals.length);
  for (const [fold, rows] of folds.entries()) for (const row of rows) foldOf[row] = fold;
  const inside = new Uint8Array(residuals.length);
  const halfWidths = folds.map((rows, fold) => {
    const others = residuals.length - rows.length;
    let rank = Math.min(conformalRank(others, coverage), others);
    let halfWidth = 0;
    for (const row of order) {
      if (foldOf[row] === fold) continue;
      halfWidth = Math.abs(residuals[row] ?? 0);
      if (--rank <= 0) break;
    }
    for (const row of rows) inside[row] = Math.abs(residuals[row] ?? 0) <= halfWidth ? 1 : 0;
    return halfWidth;
  });
  return { inside, halfWidths };
}
