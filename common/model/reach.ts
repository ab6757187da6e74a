import type { Inputs, InputSpace } from './inputs.ts';

/** Distance beyond the training range, in ranges, at which the weights for outside have taken over by 1 - 1/e. */
const handover = 0.1;
/** No distance is larger: what training saw as good as constant has ranges of any smallness. */
const farthest = 1e15;

/** How far each row is outside what training saw, in ranges: Σ_d relevance_d · distance beyond d's range / range; 0 inside all ranges. */
export function distanceBeyond(space: InputSpace, inputs: Inputs): Float64Array {
  const out = new Float64Array(inputs.rows);
  for (const [d, { min, max, relevance = 1 }] of space.numbers.entries()) {
    const values = inputs.numbers[d];
    if (!values) continue;
    const unit = relevance / (max - min);
    for (let row = 0; row < inputs.rows; row++) {
      const x = values[row] ?? 0;
      if (x < min) out[row] = Math.min(farthest, (out[row] ?? 0) + (min - x) * unit);
      else if (x > max) out[row] = Math.min(farthest, (out[row] ?? 0) + (x - max) * unit);
    }
  }
  return out;
}

/** The share by which the weights for outside have taken over at a distance in ranges: 0 inside, towards 1 far away. */
export function reachOf(distance: number): number {
  return distance > 0 ? -Math.expm1(-distance / handover) : 0;
}

/** Inputs with every number brought to the nearest that training saw. */
export function atTheEnds(space: InputSpace, inputs: Inputs): Inputs {
  return { ...inputs, numbers: inputs.numbers.map((values, d) => values.map((x) => Math.max(space.numbers[d]?.min ?? -Infinity, Math.min(space.numbers[d]?.max ?? Infinity, x)))) };
}
