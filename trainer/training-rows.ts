import type { TrainingRows } from '../common/model/model-file.ts';
import { packArray, unpackArray } from '../common/model/packed-array.ts';

/** What a model said of its training rows, to be stored with it: residuals actual - estimate out of fold, by the rows' fingerprints. */
export function packTrainingRows(fingerprints: Float64Array, residuals: Float64Array): TrainingRows {
  const order = ascending(fingerprints);
  return {
    fingerprints: packArray('u48', order.map((row) => fingerprints[row] ?? 0)),
    residuals: packArray('f32', order.map((row) => residuals[row] ?? 0)),
  };
}

/**
 * The stored residual of each row with one of these fingerprints; NaN for a row that is not among the training rows.
 * Equal rows take the residuals stored for them one after the other, and the last one again where there are more of them now.
 * Throws RangeError where the stored arrays are not of one length.
 */
export function storedResiduals(stored: TrainingRows, fingerprints: Float64Array): Float64Array {
  const keys = unpackArray(stored.fingerprints);
  const residuals = unpackArray(stored.residuals);
  if (keys.length !== residuals.length) throw new RangeError(`${keys.length} fingerprints of training rows, and ${residuals.length} residuals`);
  const found = new Float64Array(fingerprints.length).fill(NaN);
  let at = 0;
  let before = NaN;
  for (const row of ascending(fingerprints)) {
    const wanted = fingerprints[row] ?? 0;
    while (at < keys.length && (keys[at] ?? 0) < wanted) at++;
    if (keys[at] === wanted) found[row] = before = residuals[at++] ?? 0;
    else if (at > 0 && keys[at - 1] === wanted) found[row] = before;
  }
  return found;
}

/** Rows by ascending key, equal ones in their own order. */
function ascending(keys: Float64Array): number[] {
  return [...Uint32Array.from(keys.keys()).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b)];
}
