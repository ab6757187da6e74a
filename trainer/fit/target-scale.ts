import { type TargetScale, softened } from '../../common/model/combined-model.ts';

/** Brings targets to mean 0 and variance 1, as they are or as logarithms; undefined where logarithms do not exist or nothing varies. */
export function targetScale(target: Float64Array, kind: TargetScale['kind']): TargetScale | undefined {
  let smallest = Infinity;
  let largest = -Infinity;
  for (const value of target) {
    smallest = Math.min(smallest, value);
    largest = Math.max(largest, value);
  }
  if (!(largest > smallest)) return undefined;
  let offset = 0;
  if (kind === 'log') {
    if (smallest < 0) return undefined;
    const positive = target.filter((value) => value > 0).sort();
    if (positive.length < 0.5 * target.length) return undefined;
    offset = smallest > 0 ? 0 : (positive[positive.length >> 1] ?? 1) / 4;
  }
  const values = target.map((value) => (kind === 'log' ? Math.log(value + offset) : value));
  const center = values.reduce((mean, value, row) => mean + (value - mean) / (row + 1), 0);
  const scale = Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / values.length);
  if (!(scale > 1e-12 * Math.abs(center)) || !Number.isFinite(scale)) return undefined;
  if (kind === 'plain') return { kind, center, scale };
  const from = Math.log(smallest + offset);
  const to = Math.log(largest + offset);
  // Beyond the largest target by its whole range a logarithm says nothing any more: e to the power of a mistake.
  return { kind, center, scale, offset, smear: 1, lowest: (from - (to - from) - center) / scale, highest: (to + Math.max(1, 0.5 * (to - from)) - center) / scale };
}

/** Targets on a scale. */
export function scaled(target: Float64Array, scale: TargetScale): Float64Array {
  return target.map((value) => ((scale.kind === 'log' ? Math.log(value + scale.offset) : value) - scale.center) / scale.scale);
}

/**
 * A log scale whose back-transformed predictions are right on average: e^z is the median, and the mean is larger by
 * the mean of e^residual (Duan, 1983, doi:10.1080/01621459.1983.10478017).
 */
export function smeared(scale: TargetScale, target: Float64Array, predicted: Float64Array): TargetScale {
  if (scale.kind === 'plain') return scale;
  let sum = 0;
  for (let row = 0; row < target.length; row++) {
    const residual = (target[row] ?? 0) - softened(scale, predicted[row] ?? 0);
    sum += Math.exp(Math.max(-2, Math.min(2, residual * scale.scale)));
  }
  return { ...scale, smear: Math.max(0.7, Math.min(1.5, sum / target.length)) };
}
