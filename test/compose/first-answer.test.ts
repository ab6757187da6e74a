import { expect, test } from 'vitest';
import { exampleQuery } from '../../compose/first-answer.ts';
import type { Feature } from '../../common/part-schema.ts';

test('the example is a part from the middle of what was learned, under the short names', () => {
  const features: Feature[] = [
    { name: 'x_cm', kind: 'number', unit: 'cm', above: 0, learned: { min: 10.02, max: 49.9 } },
    { name: 'material', kind: 'category', levels: ['steel & co', 'copper'] },
    { name: 'complexity', kind: 'integer', min: 1, max: 10, learned: { min: 1, max: 9 } },
  ];
  expect(exampleQuery(features)).toBe('x=30&material=steel+%26+co&complexity=5');
});

test('names that are equal without their units are given in full, and narrow ranges are kept', () => {
  const features: Feature[] = [
    { name: 'size_cm', kind: 'number', unit: 'cm', learned: { min: 0.1, max: 0.4 } },
    { name: 'size_in', kind: 'number', unit: 'in', above: 3 },
  ];
  expect(exampleQuery(features)).toBe('size_cm=0.25&size_in=4');
});
