import type { Inputs, InputSpace } from '../../common/model/inputs.ts';
import { inputRows } from '../../common/model/inputs.ts';
import { boostedTreesFamily, shallowTrees } from './boosted-trees-family.ts';
import { type Candidate, quickFamilies } from './family-list.ts';
import { dealFolds } from './folds.ts';
import { fitMember } from './member.ts';

/** Local standard deviations from which a target is a gross error: hardly one part in a million even where errors have the long tails of Laplace's law. */
const gross = 8;
const maxRounds = 4;
/** More than this cannot be errors: the data are that way. */
const maxShare = 0.12;

const shallow: Candidate = { name: 'trees', family: boostedTreesFamily({ ...shallowTrees, trees: 150, rate: 0.2, repeats: 1 }), scale: 'plain', price: 0 };
const shallowLog: Candidate = { ...shallow, scale: 'log' };

/**
 * Rows whose target no family can explain: 1 where the error out of fold is gross for all that fit well, in units of a local robust deviation.
 * Again and again without those found, since an error spoils the fit beside it, until none is added (as least trimmed squares does: Rousseeuw, 1984, doi:10.1080/01621459.1984.10477105).
 */
export function grossErrors(space: InputSpace, inputs: Inputs, target: Float64Array, seed: number): Uint8Array {
  const outlying = new Uint8Array(target.length);
  if (target.length < 30) return outlying;
  for (let round = 0; round < maxRounds; round++) {
    const kept = Uint32Array.from(outlying.keys()).filter((row) => outlying[row] === 0);
    const found = outlyingNow(space, inputs, target, kept, seed);
    let changed = 0;
    let count = 0;
    for (let row = 0; row < found.length; row++) {
      if (found[row] !== outlying[row]) changed++;
      count += found[row] ?? 0;
    }
    if (count > maxShare * target.length) return new Uint8Array(target.length);
    outlying.set(found);
    if (changed <= 0.002 * target.length) break;
  }
  return outlying;
}

function outlyingNow(space: InputSpace, inputs: Inputs, target: Float64Array, kept: Uint32Array, seed: number): Uint8Array {
  const some = inputRows(inputs, kept);
  const ofTarget = Float64Array.from(kept, (row) => target[row] ?? 0);
  const folds = dealFolds(kept.length, 5, seed);
  const scores = [...quickFamilies, shallow, shallowLog].flatMap((candidate) => {
    const member = fitMember(candidate, { space, inputs: some, folds, ends: [], seed }, ofTarget);
    if (!member) return [];
    const predicted = member.predict(inputs);
    for (const [i, row] of kept.entries()) predicted[row] = member.outOfFold[i] ?? 0;
    return [outlyingness(predicted, target)];
  });
  const best = Math.min(...scores.map(({ typical }) => typical));
  const good = scores.filter(({ typical }) => typical <= 1.5 * best);
  return Uint8Array.from(target, (_, row) => (good.every(({ sizes }) => (sizes[row] ?? 0) > gross) ? 1 : 0));
}

/** Sizes of errors in units of the median size among rows of similar predictions, × 1.4826 so that it estimates a normal deviation; and the median size of all. */
export function outlyingness(predicted: Float64Array, target: Float64Array): { sizes: Float64Array; typical: number } {
  const n = target.length;
  const sizes = target.map((value, row) => Math.abs(value - (predicted[row] ?? 0)));
  const typical = Float64Array.from(sizes).sort()[n >> 1] ?? 0;
  const order = Uint32Array.from(target.keys()).sort((a, b) => (predicted[a] ?? 0) - (predicted[b] ?? 0) || a - b);
  const half = Math.max(12, Math.round(n / 16));
  const out = new Float64Array(n);
  const stride = Math.max(1, half >> 2);
  let local = 0;
  for (let at = 0; at < n; at++) {
    if (at % stride === 0) {
      const from = Math.max(0, Math.min(n - 2 * half, at - half));
      const near = Float64Array.from(order.subarray(from, from + 2 * half), (row) => sizes[row] ?? 0).sort();
      local = Math.max(near[near.length >> 1] ?? 0, 0.25 * typical);
    }
    const row = order[at] ?? 0;
    out[row] = local > 0 ? (sizes[row] ?? 0) / (1.4826 * local) : 0;
  }
  return { sizes: out, typical };
}
