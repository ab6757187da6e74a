import type { Member } from './member.ts';
import { weightsFor } from './member-weights.ts';
import { squaredErrors } from './stack-weights.ts';

/** Weights for beyond the data, by member, and by which factor errors at held-out ends are larger than those within. */
export interface BeyondWeights {
  weights: number[];
  factor: number;
}

const largestFactor = 10;

/**
 * Weights from the errors at held-out ends of the data: those who predict best within may do worst beyond. Trees have none: they are constant there.
 * `inside` holds each member's weight within the data; errors count by the doubt of each row.
 */
export function beyondWeights(members: readonly Member[], inside: readonly number[], ends: readonly Uint32Array[], target: Float64Array, trusted: Uint32Array, doubts: Float64Array): BeyondWeights {
  const smooth = members.filter(({ model, beyond }) => model.kind !== 'boosted-trees' && beyond.every((values) => values.every(Number.isFinite)));
  if (ends.length === 0 || smooth.length === 0) return { weights: [...inside], factor: 1 };
  const may = new Set(trusted);
  const used = ends.map((rows) => [...rows.keys()].filter((i) => may.has(rows[i] ?? 0)));
  const flat = (values: readonly Float64Array[]): Float64Array => Float64Array.from(used.flatMap((positions, e) => positions.map((i) => values[e]?.[i] ?? 0)));
  const ofTarget = flat(ends.map((rows) => Float64Array.from(rows, (row) => target[row] ?? 0)));
  if (ofTarget.length === 0) return { weights: [...inside], factor: 1 };
  const predictions = smooth.map(({ beyond }) => flat(beyond));
  const ofDoubt = flat(ends.map((rows) => Float64Array.from(rows, (row) => doubts[row] ?? 1)));
  const inDoubts = (values: Float64Array): Float64Array => values.map((value, i) => value / (ofDoubt[i] ?? 1));
  const weights = weightsFor(predictions.map(inDoubts), inDoubts(ofTarget));
  const mixed = ofTarget.map((_, row) => predictions.reduce((sum, values, m) => sum + (weights[m] ?? 0) * (values[row] ?? 0), 0));
  const within = flat(ends.map((rows) => Float64Array.from(rows, (row) => members.reduce((sum, { outOfFold }, m) => sum + (inside[m] ?? 0) * (outOfFold[row] ?? 0), 0))));
  const [outside = 0] = squaredErrors([mixed], ofTarget);
  const [inner = 0] = squaredErrors([within], ofTarget);
  return { weights: members.map((member) => weights[smooth.indexOf(member)] ?? 0), factor: inner > 0 ? Math.max(1, Math.min(largestFactor, Math.sqrt(outside / inner))) : 1 };
}
