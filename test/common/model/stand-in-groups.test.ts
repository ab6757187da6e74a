import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Inputs } from '../../../common/model/inputs.ts';
import { expectedOfGroups } from '../../../common/model/stand-in-groups.ts';

import { seededRandom, standardNormal } from '../../../common/seeded-random.ts';

const row: Inputs = { rows: 1, numbers: [], categories: [Int32Array.of(-1)] };
const known = (effects: readonly number[]) => (inputs: Inputs) => ({ value: Float64Array.from(inputs.categories[0] ?? [], (group) => effects[group] ?? NaN), spread: new Float64Array(inputs.rows) });

/** The expectation of a group never seen where those seen have these effects, equally often. */
function expected(effects: readonly number[]) {
  const { value, below, above } = expectedOfGroups([effects.map((_, group) => ({ group, weight: 1 / effects.length }))], [effects.length], row, known(effects));
  const center = value[0] ?? NaN;
  return { center, low: center - (below?.[0] ?? NaN), high: center + (above?.[0] ?? NaN) };
}

describe('expectedOfGroups', () => {
  it('lies between the smallest and the largest of the known groups', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -100, max: 1_000, noNaN: true }), { minLength: 1, maxLength: 8 }), (effects) => {
        const { center, low, high } = expected(effects);
        expect(center).toBeGreaterThanOrEqual(Math.min(...effects) - 1e-9);
        expect(center).toBeLessThanOrEqual(Math.max(...effects) + 1e-9);
        expect(low).toBeLessThanOrEqual(center);
        expect(high).toBeGreaterThanOrEqual(center);
      }),
    );
  });

  it('leaves rows without an unknown group as they are', () => {
    const seen = { ...row, categories: [Int32Array.of(1)] };
    expect(expectedOfGroups([[{ group: 0, weight: 1 }]], [2], seen, known([3, 7]))).toEqual({ value: Float64Array.of(7), spread: Float64Array.of(0) });
  });

  it.each([3, 5, 8])('holds about 90 %% of new groups whose effects are drawn as those of %i known ones were', (groups) => {
    const random = seededRandom(groups);
    const laws = [() => Math.exp(0.4 * standardNormal(random)), () => 10 + 2 * standardNormal(random)];
    for (const draw of laws) {
      const draws = 4_000;
      let inside = 0;
      for (let trial = 0; trial < draws; trial++) {
        const { low, high } = expected(Array.from({ length: groups }, draw));
        const next = draw();
        if (next >= low && next <= high) inside++;
      }
      expect(inside / draws).toBeGreaterThan(0.88);
      expect(inside / draws).toBeLessThan(0.93);
    }
  });
});
