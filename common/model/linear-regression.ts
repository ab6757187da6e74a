import { z } from 'zod';
import { atomSchema, evaluateAtom } from './atom.ts';
import type { Inputs } from './inputs.ts';

/** intercept + Σ coefficient · Π atoms: a linear model in functions of single inputs and in their products. */
export const linearModelSchema = z.strictObject({
  kind: z.literal('linear'),
  intercept: z.number(),
  atoms: z.array(atomSchema),
  terms: z.array(z.strictObject({ atoms: z.array(z.int().min(0)).min(1).max(3), coefficient: z.number() })),
});

export type LinearModel = z.infer<typeof linearModelSchema>;

/** Evaluates a linear model. */
export class LinearRegression {
  readonly #model: LinearModel;

  constructor(model: LinearModel) {
    for (const { atoms } of model.terms) for (const atom of atoms) if (!model.atoms[atom]) throw new RangeError(`a linear term names atom ${atom} of ${model.atoms.length}`);
    this.#model = model;
  }

  /** Predictions for all rows. */
  predict(inputs: Inputs): Float64Array {
    const { intercept, atoms, terms } = this.#model;
    const out = new Float64Array(inputs.rows).fill(intercept);
    const values = atoms.map((atom) => evaluateAtom(atom, inputs));
    for (const { atoms: factors, coefficient } of terms) {
      const [first = 0, second, third] = factors;
      const a = values[first] ?? out;
      if (second === undefined) {
        for (let row = 0; row < out.length; row++) out[row] = (out[row] ?? 0) + coefficient * (a[row] ?? 0);
        continue;
      }
      const b = values[second] ?? out;
      const c = third === undefined ? undefined : values[third];
      for (let row = 0; row < out.length; row++) out[row] = (out[row] ?? 0) + coefficient * (a[row] ?? 0) * (b[row] ?? 0) * (c ? (c[row] ?? 0) : 1);
    }
    return out;
  }
}
