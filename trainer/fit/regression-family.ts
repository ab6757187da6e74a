import type { FamilyModel } from '../../common/model/combined-model.ts';
import type { Inputs, InputSpace } from '../../common/model/inputs.ts';

/** What a family learns from. The target is brought to mean 0 and variance 1 by the caller, its logarithm taken where that is asked for. */
export interface Problem {
  space: InputSpace;
  inputs: Inputs;
  target: Float64Array;
  /** Every row in one fold. */
  folds: readonly Uint32Array[];
  /** Sets of rows at the ends of the data; each is predicted from all other rows, to learn how far a family can be trusted beyond what it has seen. */
  ends: readonly Uint32Array[];
  seed: number;
  /** Told the share of the fit that is done, 0 to 1, by a family that takes long. */
  onProgress?: ((fraction: number) => void) | undefined;
}

/** A fit to all rows, with its predictions for rows that it did not see. */
export interface FamilyFit {
  model: FamilyModel;
  /** By row: from a fit to the other folds. */
  outOfFold: Float64Array;
  /** By row: what weights beside other families are learned from, where `outOfFold` does the model of all rows no justice; else that is. */
  forWeights?: Float64Array;
  /** By set of `ends`, in its order of rows: from a fit to all rows but the set. */
  beyond: Float64Array[];
  /** What was chosen, in words. */
  note: string;
}

/** A kind of regression. Deterministic: the same problem gives the same fit. */
export interface RegressionFamily {
  name: string;
  /** A fit, or undefined where the family does not apply to the problem. */
  fit(problem: Problem): FamilyFit | undefined;
}

/** The rows that are not in a set of ascending rows, ascending. */
export function otherRows(rows: number, set: Uint32Array): Uint32Array {
  const inSet = new Uint8Array(rows);
  for (const row of set) inSet[row] = 1;
  const others = new Uint32Array(rows - set.length);
  let at = 0;
  for (let row = 0; row < rows; row++) if (inSet[row] === 0) others[at++] = row;
  return others;
}
