import type { PieceMinutes } from './planned-work.ts';

/** The standard normal quantile at the upper end of an interval of the nominal coverage of 0.9: Φ⁻¹(0.95). */
const intervalEnd = 1.6448536269514722;

/** How much longer one side of an interval counts than the other at most: beyond, the tail would be a guess. */
const largestSkew = 10;

/** The distribution of one piece's time by its quantiles: q(z) = value + scale · (exp(bend · z) - 1) / bend for a standard normal z, or value + scale · z where bend is 0; never below 0. */
export interface ErrorCurve {
  readonly value: number;
  readonly scale: number;
  readonly bend: number;
}

/**
 * The curve through an estimate and the ends of its interval, which are its median, 5 % and 95 % quantiles: a three-parameter lognormal (Johnson, 1949,
 * doi:10.1093/biomet/36.1-2.149, system S_L). It is the normal where the interval is symmetric and the plain lognormal where it is so in ratio. Where the model cut
 * the lower end at 0 the side below says nothing, and is taken to be as long as that above.
 */
export function errorCurve({ value, low, high }: PieceMinutes): ErrorCurve {
  const above = high - value;
  const below = low <= 0 ? Math.max(value - low, above) : value - low;
  const longer = Math.max(above, below);
  if (longer <= 0) return { value, scale: 0, bend: 0 };
  const up = Math.max(above, longer / largestSkew);
  const down = Math.max(below, longer / largestSkew);
  const bend = Math.log(up / down) / intervalEnd;
  // Below this the lognormal is the normal to all digits, and its formula would divide by nearly 0.
  if (Math.abs(bend) < 1e-9) return { value, scale: up / intervalEnd, bend: 0 };
  return { value, scale: (up * bend) / Math.expm1(bend * intervalEnd), bend };
}

/** The curve's quantile at Φ(z). */
export function quantile({ value, scale, bend }: ErrorCurve, z: number): number {
  return Math.max(0, value + (bend === 0 ? scale * z : (scale * Math.expm1(bend * z)) / bend));
}

/**
 * How the error of a lot of `quantity` equal pieces comes about, for a shared share s of the variance: √s · Z of all parts of the plan, and of what is left one half of the
 * lot, whose pieces the model sees alike, and one half of each piece for itself. Per piece on average: z = shared · Z + own · ε + bend · shift, which has variance 1 for one piece.
 * The shift keeps the mean of a skewed curve, which averaging over pieces would otherwise lower.
 */
export interface LotError {
  readonly shared: number;
  readonly own: number;
  readonly shift: number;
}

/** The error of a lot by its quantity (1 or more) and the shared share of the variance (0 to 1). */
export function lotError(quantity: number, sharedShare: number): LotError {
  const ofPiece = (1 - sharedShare) / 2;
  const ofLot = 1 - sharedShare - ofPiece;
  return { shared: Math.sqrt(sharedShare), own: Math.sqrt(ofLot + ofPiece / quantity), shift: (ofPiece * (1 - 1 / quantity)) / 2 };
}
