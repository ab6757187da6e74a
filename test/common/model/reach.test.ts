import { expect, it } from 'vitest';
import type { InputSpace } from '../../../common/model/inputs.ts';
import { distanceBeyond } from '../../../common/model/reach.ts';

it('counts ranges beyond a number by how much that matters, wholly where a model does not tell', () => {
  const range = { fill: 0, min: 0, max: 10 };
  const space: InputSpace = { numbers: [{ feature: 'x', ...range }, { feature: 'year', ...range, relevance: 0.1 }], categories: [] };
  const inputs = { rows: 4, numbers: [Float64Array.of(5, 15, 5, -10), Float64Array.of(5, 5, 15, 30)], categories: [] };
  expect([...distanceBeyond(space, inputs)].map((distance) => Number(distance.toFixed(12)))).toEqual([0, 0.5, 0.05, 1.2]);
});
