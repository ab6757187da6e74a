import type { Report } from '../common/model/report.ts';
import { type Evaluated, rounded } from './evaluate.ts';

const nominals = [0.5, 0.8, 0.9, 0.95, 0.99];

/**
 * How intervals of other coverages would do: each row's residual in units of its own 90 % interval on that side, and for each nominal coverage the factor that the other folds ask for
 * (their conformal quantile, with one more row that is anywhere), with the share of the held-out rows that it covers.
 */
export function calibrationTable({ actual, estimate, low, high }: Evaluated, folds: readonly Uint32Array[]): NonNullable<Report['calibration']> {
  const sizes = actual.map((value, row) => {
    const center = estimate[row] ?? 0;
    const side = value >= center ? (high[row] ?? 0) - center : center - (low[row] ?? 0);
    const size = Math.abs(value - center);
    return size === 0 ? 0 : size / side; // infinite where an interval has no width on that side
  });
  const order = Uint32Array.from(sizes.keys()).sort((a, b) => compare(sizes[a] ?? 0, sizes[b] ?? 0) || a - b);
  const foldOf = new Uint16Array(sizes.length);
  for (const [fold, rows] of folds.entries()) for (const row of rows) foldOf[row] = fold;
  const covered = nominals.map(() => 0);
  for (const [fold, rows] of folds.entries()) {
    const others = Float64Array.from(order.filter((row) => foldOf[row] !== fold), (row) => sizes[row] ?? 0);
    for (const [n, nominal] of nominals.entries()) {
      const factor = conformalQuantile(others, nominal);
      for (const row of rows) if ((sizes[row] ?? 0) <= factor) covered[n] = (covered[n] ?? 0) + 1;
    }
  }
  const all = Float64Array.from(order, (row) => sizes[row] ?? 0);
  return nominals.map((nominal, n) => {
    const factor = conformalQuantile(all, nominal);
    return { nominal, observed: rounded((covered[n] ?? 0) / sizes.length), factor: Number.isFinite(factor) ? rounded(factor) : null };
  });
}

/** The smallest of ascending values that is no less than the given share of them and one more. */
function conformalQuantile(ascending: Float64Array, share: number): number {
  return ascending[Math.min(ascending.length, Math.ceil(share * (ascending.length + 1) - 1e-9)) - 1] ?? 0;
}

/** Infinities are equal, where their difference is no number. */
const compare = (a: number, b: number): number => (a === b ? 0 : a - b);
