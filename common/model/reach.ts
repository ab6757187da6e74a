import type { Inputs, InputSpace } from './inputs.ts';

/** Distance beyond the training range, in ranges, at which the weights for outside have taken over by 1 - 1/e. */
const handover = 0.1;

/** How far each row is outside what training saw: 0 inside all ranges, towards 1 far from them; 1 - exp(-Σ_d (distance beyond d's range / range) / 0.1). */
export function reachBeyond(space: InputSpace, inputs: Inputs, out = new Float64Array(inputs.rows)): Float64Array {
  out.fill(0);
  for (const [d, { min, max }] of space.numbers.entries()) {
    const values = inputs.numbers[d];
    if (!values) continue;
    const unit = 1 / ((max - min) * handover);
    for (let row = 0; row < inputs.rows; row++) {
      const x = values[row] ?? 0;
      if (x < min) out[row] = (out[row] ?? 0) + (min - x) * unit;
      else if (x > max) out[row] = (out[row] ?? 0) + (x - max) * unit;
    }
  }
  for (let row = 0; row < inputs.rows; row++) {
    const distance = out[row] ?? 0;
    if (distance > 0) out[row] = 1 - Math.exp(-distance);
  }
  return out;
}

/** The distance beyond the training ranges, in ranges, that a reach below 1 stands for. */
export function distanceOf(reach: number): number {
  return -handover * Math.log1p(-Math.min(reach, 1 - 1e-12));
}
