import { expect, it } from 'vitest';
import { RandomStream } from '../../../../worker/scheduling/random-stream.ts';
import { binCompletion } from '../../../../worker/scheduling/single-operations/bin-completion.ts';
import { binPackingBound } from '../../../../worker/scheduling/single-operations/bin-packing-bound.ts';

/** The least largest load over all assignments. */
function leastMakespan(sizes: Float64Array, machines: number): number {
  const load = new Float64Array(machines);
  const place = (item: number, best: number): number => {
    if (item === sizes.length) return Math.min(best, Math.max(...load));
    let least = best;
    for (let machine = 0; machine < machines; machine++) {
      load[machine] = (load[machine] ?? 0) + (sizes[item] ?? 0);
      if ((load[machine] ?? 0) < least) least = place(item + 1, least);
      load[machine] = (load[machine] ?? 0) - (sizes[item] ?? 0);
      if (load[machine] === 0) break;
    }
    return least;
  };
  return place(0, Infinity);
}

it('packs into the least capacity that enumeration finds, proves that less is too little, and no bound is above it', () => {
  const random = new RandomStream(21);
  for (let round = 0; round < 400; round++) {
    const machines = 2 + random.below(4);
    const long = 5 + random.below(60);
    const nearlyEqual = random.below(2) === 0;
    const sizes = Float64Array.from({ length: 3 + random.below(7) }, () => (nearlyEqual && random.below(5) > 0 ? long - random.below(1 + (long >> 3)) : 1 + random.below(long))).sort().reverse();
    const least = leastMakespan(sizes, machines);
    expect(binPackingBound(sizes, machines, 10 * long)).toBeLessThanOrEqual(least);
    expect(binCompletion(sizes, machines, least - 1, 1e6).state).toBe('none');
    const packing = binCompletion(sizes, machines, least, 1e6);
    if (packing.state !== 'found') throw new Error('a packing that exists was not found');
    const load = new Float64Array(machines);
    for (const [item, bin] of packing.bin.entries()) load[bin] = (load[bin] ?? 0) + (sizes[item] ?? 0);
    expect(Math.max(...load)).toBeLessThanOrEqual(least);
  }
});

it('packs more items than a call stack is deep, into bins without and with room to spare', () => {
  const random = new RandomStream(22);
  const sizes = Float64Array.from({ length: 20_000 }, () => 200 + 2 * random.below(900)).sort().reverse();
  const capacity = Math.ceil(sizes.reduce((sum, size) => sum + size, 0) / 3);
  for (const room of [0, 1]) expect(binCompletion(sizes, 3, capacity + room, 1e6).state).toBe('found');
});
