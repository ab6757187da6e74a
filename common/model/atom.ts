import { z } from 'zod';
import { power } from './basis.ts';
import type { Inputs } from './inputs.ts';

const standard = { center: z.number(), scale: z.number().positive() };

/**
 * A function of one input that linear models weigh, brought to (f - center) / scale.
 * power: sign(x) · |x / unit|^exponent. log: ln(x + offset), continued by its tangent below `floor`, where it would fall off a cliff, and from 0 on by a logarithm once more: straight on, squares of it explode.
 * level: 1 for the group, 0 for others; a group never seen counts as the average part.
 */
export const atomSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('power'), input: z.int().min(0), exponent: z.number(), unit: z.number().positive(), ...standard }),
  z.strictObject({ kind: z.literal('log'), input: z.int().min(0), offset: z.number(), floor: z.number().positive(), ...standard }),
  z.strictObject({ kind: z.literal('level'), input: z.int().min(0), group: z.int().min(0), ...standard }),
]);

export type Atom = z.infer<typeof atomSchema>;

/** The atom's values for all rows of the inputs. */
export function evaluateAtom(atom: Atom, inputs: Inputs, out = new Float64Array(inputs.rows)): Float64Array {
  const { center, scale } = atom;
  switch (atom.kind) {
    case 'power': {
      const values = inputs.numbers[atom.input] ?? new Float64Array(inputs.rows);
      const { exponent, unit } = atom;
      for (let row = 0; row < inputs.rows; row++) out[row] = (power((values[row] ?? 0) / unit, exponent) - center) / scale;
      return out;
    }
    case 'log': {
      const values = inputs.numbers[atom.input] ?? new Float64Array(inputs.rows);
      const { offset, floor } = atom;
      for (let row = 0; row < inputs.rows; row++) out[row] = (continuedLog((values[row] ?? 0) + offset, floor) - center) / scale;
      return out;
    }
    case 'level': {
      const groups = inputs.categories[atom.input] ?? new Int32Array(inputs.rows);
      const { group } = atom;
      const yes = (1 - center) / scale;
      const no = -center / scale;
      for (let row = 0; row < inputs.rows; row++) out[row] = groups[row] === group ? yes : (groups[row] ?? -1) < 0 ? 0 : no;
      return out;
    }
    default:
      return atom satisfies never;
  }
}

/** ln(x) from `floor` on, its tangent from there to 0, and ln(floor) - 1 - ln(1 - x / floor) below: smooth everywhere. */
function continuedLog(x: number, floor: number): number {
  if (x >= floor) return Math.log(x);
  return Math.log(floor) - (x >= 0 ? 1 - x / floor : 1 + Math.log(1 - x / floor));
}
