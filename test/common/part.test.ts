import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FeatureReader, PartReader, canonical, decimal, presentable } from '../../common/part.ts';
import type { Feature } from '../../common/part-schema.ts';
import { partSchema } from '../support/model-versions.ts';

const size = new FeatureReader({ name: 'x_cm', kind: 'number', unit: 'cm', above: 0 });
const complexity = new FeatureReader({ name: 'complexity', kind: 'integer', min: 1, max: 10 });
const material = new FeatureReader({ name: 'material', kind: 'category', levels: ['steel', 'aluminum', 'toString', '__proto__'] });

describe('a text is a number', () => {
  test.each<[string, number]>([['30', 30], ['30.5', 30.5], ['.5', 0.5], ['5.', 5], ['+5', 5], ['1e2', 100], ['0030', 30], ['1E-3', 0.001]])('where it is %j', (text, value) => {
    expect(decimal(text)).toBe(value);
  });

  test.each(['', ' ', 'abc', '0x1E', '1,5', '1_000', 'Infinity', '-Infinity', 'NaN', '1e999', '٣', '1 2', '--1', '.', 'e5', 'true', 'null', '30cm', '½'])('but not where it is %j', (text) => {
    expect(decimal(text)).toBeUndefined();
  });

  test('for every finite number that JavaScript writes', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(decimal(String(value))).toBe(value === 0 ? 0 : value);
    }));
  });
});

describe('a value of a feature', () => {
  test('may have spaces around it in a file, and none of the wrong kind anywhere', () => {
    expect([size.fromText(' 30 '), complexity.fromText('\t5'), material.fromText(' steel ')]).toEqual([30, 5, 'steel']);
    expect([material.fromJson(' steel '), material.fromText('Steel'), material.fromJson(1), size.fromJson('30'), size.fromJson(true), size.fromJson(null), size.fromJson([30])]).toEqual(Array(7).fill(undefined));
  });

  test('keeps to its bounds', () => {
    expect([0, -1, -0, 1e-300].map((value) => size.fromJson(value))).toEqual([undefined, undefined, undefined, 1e-300]);
    expect([0, 1, 10, 11, 2.5, NaN, Infinity].map((value) => complexity.fromJson(value))).toEqual([undefined, 1, 10, undefined, undefined, undefined, undefined]);
  });

  test('is not so large that powers of it leave the range of a double', () => {
    expect(['1e15', '1e16', '1e300'].map((text) => size.fromText(text))).toEqual([1e15, undefined, undefined]);
    expect(size.issue('1e300', 'line 2, column x_cm')).toMatchObject({ value: '1e300', fix: 'use a number of at most 1000000000000000 in size' });
  });

  test('may be a word that means something to JavaScript only where it is a level', () => {
    expect(['toString', '__proto__', 'constructor'].map((word) => material.fromText(word))).toEqual(['toString', '__proto__', undefined]);
  });

  test('is the same zero with and without a minus', () => {
    const any = new FeatureReader({ name: 'offset', kind: 'number' });
    expect(Object.is(any.fromText('-0'), 0) && Object.is(any.fromJson(-0), 0)).toBe(true);
  });
});

describe('an issue names place, expectation, value and fix', () => {
  test.each<[FeatureReader, unknown, string, string]>([
    [size, 'abc', 'line 14, column x_cm: expected a number above 0, got "abc"', 'use a number above 0'],
    [size, '', 'line 14, column x_cm: expected a number above 0, got ""', 'give x_cm a value'],
    [size, undefined, 'line 14, column x_cm: expected a number above 0, got nothing', 'give x_cm a value'],
    [size, '1,5', 'line 14, column x_cm: expected a number above 0, got "1,5"', 'write the decimals after a point, not a comma'],
    [size, '30', 'line 14, column x_cm: expected a number above 0, got "30"', 'send the number without quotes'],
    [complexity, 11, 'line 14, column x_cm: expected a whole number from 1 to 10, got 11', 'use a whole number from 1 to 10'],
    [material, 'stel', 'line 14, column x_cm: expected one of steel, aluminum, toString, __proto__, got "stel"', 'did you mean "steel"?'],
    [material, 'wood', 'line 14, column x_cm: expected one of steel, aluminum, toString, __proto__, got "wood"', 'use one of steel, aluminum, toString, __proto__'],
  ])('%#', (reader, value, message, fix) => {
    expect(reader.issue(value, 'line 14, column x_cm')).toMatchObject({ message, fix });
  });

  test('whatever the value is', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    for (const value of [deep, { toString: 1 }, { valueOf: null }, Infinity, NaN, [], {}]) {
      for (const reader of [size, complexity, material]) expect(reader.issue(value, 'x').message).toMatch(/^x: expected /);
    }
  });
});

test('equal parts, and only those, have one canonical text', () => {
  const part = fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }), fc.string(), fc.constantFrom(null, 'null', '')), { maxLength: 4 });
  fc.assert(fc.property(part, part, (a, b) => {
    expect(canonical(a) === canonical(b)).toBe(a.length === b.length && a.every((value, index) => value === b[index]));
  }));
});

test('parts become columns of numbers, a category the index of its level', () => {
  const { rows, columns } = new PartReader(partSchema).toColumns([[30, 15, 10, 'aluminum', 5, 'milling'], [1, 2, 3, 'steel', 4, 'turning']]);
  expect(rows).toBe(2);
  expect(columns.map((column) => [...column])).toEqual([[30, 1], [15, 2], [10, 3], [1, 0], [5, 4], [2, 0]]);
});

test('a value of the wrong kind cannot become a row', () => {
  expect(() => new PartReader(partSchema).toColumns([['30', 15, 10, 'steel', 5, 'milling']])).toThrow('x_cm cannot be "30"');
  expect(() => new PartReader(partSchema).toColumns([[30, 15, 10, 7, 5, 'milling']])).toThrow('material cannot be 7');
});

test('a missing value is NaN in a column, an unknown level -1 with its text beside it', () => {
  const { columns, unknown } = new PartReader(partSchema).toColumns([[null, 15, 10, 'wood', 5, null], [1, 2, 3, 'steel', 4, 'sawing']]);
  expect(columns.map((column) => [...column])).toEqual([[NaN, 1], [15, 2], [10, 3], [-1, 0], [5, 4], [NaN, -1]]);
  expect(unknown).toEqual({ 3: { 0: 'wood' }, 5: { 1: 'sawing' } });
});

describe('a missing value', () => {
  const optional = new FeatureReader({ name: 'x_cm', kind: 'number', optional: true });
  const coating = new FeatureReader({ name: 'coating', kind: 'category', levels: ['zinc'], optional: true });
  const spelt = ['', '  ', undefined] as const;

  test('is accepted where training had some, in every spelling', () => {
    for (const reader of [optional, coating]) {
      expect([...spelt.map((text) => reader.fromText(text)), ...[...spelt, null].map((value) => reader.fromJson(value))]).toEqual(Array(7).fill(null));
      expect([reader.fromCell(''), reader.fromCell(' ')]).toEqual([NaN, NaN]);
    }
  });

  test('is refused where training had none, unless the caller asks for an estimate', () => {
    for (const reader of [size, material]) {
      expect([...spelt.map((text) => reader.fromText(text)), reader.fromJson(null), reader.fromCell('')]).toEqual(Array(5).fill(undefined));
      expect([...spelt.map((text) => reader.fromText(text, 'estimate')), reader.fromJson(null, 'estimate')]).toEqual(Array(4).fill(null));
      expect(reader.fromCell('', 'estimate')).toBeNaN();
    }
  });
});

describe('a level that the schema does not have', () => {
  test('is refused, unless the caller asks for an estimate', () => {
    expect([material.fromText('wood'), material.fromJson('wood'), material.fromCell('wood')]).toEqual([undefined, undefined, undefined]);
    expect([material.fromText(' wood', 'estimate'), material.fromJson('wood ', 'estimate'), material.fromCell('wood', 'estimate')]).toEqual(['wood', 'wood', -1]);
    expect([material.fromText(' steel', 'estimate'), material.fromJson(' steel', 'estimate'), material.fromCell(' steel', 'estimate')]).toEqual(['steel', 'steel', 0]);
  });

  test('is no number: that is refused whatever the caller asks for, and text in a number column too', () => {
    expect([material.fromJson(7, 'estimate'), material.fromJson(true, 'estimate'), size.fromJson('30', 'estimate'), size.fromText('abc', 'estimate'), size.fromCell('?', 'estimate'), size.fromCell('-1', 'estimate')]).toEqual(Array(6).fill(undefined));
  });

  test('is carried in at most some eighty characters, none of them half, and is never mistaken for a known level', () => {
    expect(material.unknownLevel('x'.repeat(500))).toBe(`${'x'.repeat(80)}…`);
    expect(material.unknownLevel(`${'x'.repeat(79)}😀y`)).toBe(`${'x'.repeat(79)}…`);
    const long = 'x'.repeat(150);
    const tricky = new FeatureReader({ name: 'm', kind: 'category', levels: [`${'x'.repeat(80)}…`, 'steel'] });
    expect(tricky.fromText(long, 'estimate')).toBe(`${'x'.repeat(80)}……`);
    expect(tricky.unknownLevel(tricky.unknownLevel(long))).toBe(tricky.unknownLevel(long));
  });
});

test('what a file spells and what JSON says is the same part', () => {
  const features = partSchema.features.map((feature) => new FeatureReader(feature));
  fc.assert(
    fc.property(fc.tuple(...features.map(({ feature }) => valueOf(feature))), (part) => {
      for (const [index, reader] of features.entries()) expect(reader.fromText(String(part[index]))).toEqual(reader.fromJson(part[index]));
    }),
  );
});

function valueOf({ kind, levels }: Feature): fc.Arbitrary<number | string> {
  if (kind === 'category') return fc.constantFrom(...(levels ?? []), 'wood');
  return kind === 'integer' ? fc.integer({ min: -2, max: 12 }) : fc.double({ noNaN: true, noDefaultInfinity: true });
}

test('an error repeats scalars as they are, and long or nested values shortened', () => {
  expect([presentable(null), presentable(undefined), presentable(5), presentable(false), presentable('a')]).toEqual([null, null, 5, false, 'a']);
  expect(presentable('x'.repeat(1_000))).toBe(`${'x'.repeat(80)}…`);
  expect(presentable({ a: [1] })).toBe('{"a":[1]}');
  expect(presentable(Infinity)).toBe('Infinity');
});
