import { describe, expect, test } from 'vitest';
import { type Feature, expectation, partSchemaSchema, planningColumns, shortName } from '../../common/part-schema.ts';
import { partSchema } from '../support/model-versions.ts';

const number = (name: string): Feature => ({ name, kind: 'number' });
const target = { name: 'time_min', unit: 'min' };
const messages = (schema: unknown): string[] => partSchemaSchema.safeParse(schema).error?.issues.map(({ message }) => message) ?? [];

describe('a schema is refused', () => {
  test.each<[string, unknown, RegExp]>([
    ['with two features of one name', { features: [number('x'), number('x')], target }, /two features have the same name/],
    ['whose target is a feature', { features: [number('time_min')], target }, /the target time_min is also a feature/],
    ['with a category without levels', { features: [{ name: 'material', kind: 'category' }], target }, /category material needs levels/],
    ['with a number with levels', { features: [{ name: 'x', kind: 'number', levels: ['1'] }], target }, /number x cannot have levels/],
    ['with a level twice', { features: [{ name: 'm', kind: 'category', levels: ['a', 'a'] }], target }, /m repeats a level/],
    ['with bounds the wrong way round', { features: [{ name: 'x', kind: 'number', min: 2, max: 1 }], target }, /x has min above max/],
    ['without features', { features: [], target }, /Too small/],
    ['with a field that nobody knows', { features: [number('x')], target, extra: 1 }, /Unrecognized key/],
  ])('%s', (_name, schema, expected) => {
    expect(messages(schema).join('; ')).toMatch(expected);
  });

  test.each(planningColumns)('that learns from %s, which plans the work', (column) => {
    expect(messages({ features: [number(column)], target })).toEqual([`${column} plans the work and cannot be a feature`]);
  });
});

test('the first model has a schema that is accepted', () => {
  expect(messages(partSchema)).toEqual([]);
});

test('a short name is the name without its own unit', () => {
  expect(partSchema.features.map(shortName)).toEqual(['x', 'y', 'z', 'material', 'complexity', 'process']);
  expect(shortName({ name: 'length_in', kind: 'number', unit: 'cm' })).toBe('length_in');
  expect(shortName(number('x_cm'))).toBe('x_cm');
});

test('what a value must be is said in words', () => {
  expect(partSchema.features.map(expectation)).toEqual([
    'a number above 0',
    'a number above 0',
    'a number above 0',
    'one of steel, aluminum, copper',
    'a whole number from 1 to 10',
    'one of turning, drilling, milling',
  ]);
  expect(expectation({ name: 'x', kind: 'number', min: 3 })).toBe('a number of at least 3');
  expect(expectation({ name: 'x', kind: 'integer', max: 3 })).toBe('a whole number of at most 3');
  expect(expectation({ name: 'm', kind: 'category', levels: Array.from({ length: 14 }, (_, index) => `m${index}`) })).toBe('one of m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11 and 2 more');
});
