import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { partFromJson, partFromQuery } from '../../api/part-input.ts';
import { SpindleError } from '../../common/errors.ts';
import { PartReader } from '../../common/part.ts';
import { examplePart, partSchema } from '../support/model-versions.ts';

const reader = new PartReader(partSchema);
const part = [30, 15, 10, 'steel', 5, 'milling'];
const query = { x: '30', y: '15', z: '10', material: 'steel', complexity: '5', process: 'milling' };

function refusal(read: () => unknown): SpindleError {
  try {
    read();
  } catch (error) {
    if (error instanceof SpindleError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a query', () => {
  test('may spell a feature with or without its unit', () => {
    expect(partFromQuery(query, reader)).toEqual(part);
    const { x, y, z, ...rest } = query;
    expect(partFromQuery({ x_cm: x, y_cm: y, z_cm: z, ...rest }, reader)).toEqual(part);
  });

  test('must use the whole name where two features are the same without their units', () => {
    const two = new PartReader({ features: [{ name: 'd_cm', kind: 'number', unit: 'cm' }, { name: 'd_in', kind: 'number', unit: 'in' }], target: { name: 't' } });
    expect(partFromQuery({ d_cm: '1', d_in: '2' }, two)).toEqual([1, 2]);
    expect(refusal(() => partFromQuery({ d: '1' }, two)).message).toBe('unknown query parameter d: known are d_cm, d_in');
  });

  test.each<[string, Record<string, unknown>, string, string]>([
    ['an unknown parameter', { ...query, metrial: 'steel' }, 'invalid_query', 'unknown query parameter metrial: did you mean material?'],
    ['a parameter twice', { ...query, x: ['30', '31'] }, 'invalid_query', 'query parameter x is given more than once'],
    ['a parameter under both its names', { ...query, x_cm: '30' }, 'invalid_query', 'query parameter x_cm is given more than once'],
    ['a value that is none', { ...query, x: 'abc' }, 'invalid_part', 'query parameter x_cm: expected a number above 0, got "abc"'],
    ['several wrong values', { ...query, x: '0', y: '', complexity: '2.5' }, 'invalid_part', 'query parameter x_cm: expected a number above 0, got "0" (and 2 more)'],
  ])('with %s is refused by name', (_name, given, code, message) => {
    expect(refusal(() => partFromQuery(given, reader))).toMatchObject({ code, message });
  });

  test('lists everything that is missing', () => {
    const { issues } = refusal(() => partFromQuery({ x: '30' }, reader));
    expect(issues.map(({ field, value, fix }) => [field, value, fix])).toEqual(['y_cm', 'z_cm', 'material', 'complexity', 'process'].map((name) => [name, null, `give ${name} a value`]));
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('does not know %s', (name) => {
    const given: Record<string, unknown> = Object.assign(Object.create(null) as Record<string, unknown>, query);
    Object.defineProperty(given, name, { value: '1', enumerable: true });
    expect(refusal(() => partFromQuery(given, reader)).code).toBe('invalid_query');
  });
});

describe('a JSON part', () => {
  test('may carry planning columns, which are no features', () => {
    expect(partFromJson(examplePart, reader)).toEqual({ part, planning: {} });
    expect(partFromJson({ ...examplePart, part_id: 7, due: '2026-12-01' }, reader)).toEqual({ part, planning: { part_id: 7, due: '2026-12-01' } });
  });

  test.each<[string, unknown, RegExp]>([
    ['quantity', [3], /whole number of pieces from 1/],
    ['quantity', 2.5, /whole number of pieces from 1/],
    ['quantity', '3', /whole number of pieces from 1/],
    ['priority', 0, /the most urgent/],
    ['setup_min', -1, /minutes from 0/],
    ['due', '03/04/2026', /a date such as 2026-04-03/],
    ['due', '2026-02-30', /a date such as 2026-04-03/],
    ['release', 46115, /a date such as 2026-04-03/],
    ['part_id', 'x'.repeat(201), /at most 200 characters/],
  ])('whose %s is %j is refused as a file\'s would be', (field, value, says) => {
    expect(partFromJson({ ...examplePart, [field]: value }, reader)).toMatchObject([{ field, message: expect.stringMatching(says) as string }]);
  });

  test('cannot be released after it is due', () => {
    const dates = (release: string, due: string): unknown => partFromJson({ ...examplePart, release, due }, reader);
    expect(dates('2026-04-04', '2026-04-03')).toMatchObject([{ field: 'release', message: 'release: expected one not after due, 2026-04-03' }]);
    expect(dates('2026-04-03T10:00Z', '2026-04-03T09:00Z')).toMatchObject([{ field: 'release' }]);
    for (const release of ['2026-04-03', '2026-04-03T23:00-05:00']) expect(dates(release, '2026-04-03')).toMatchObject({ planning: { release } });
  });

  test.each<[string, unknown, object]>([
    ['an unknown field', { ...examplePart, colour: 'red' }, { field: 'colour', value: 'red', message: 'parts[3].colour: unknown field', fix: 'leave it out' }],
    ['a field as the query would spell it', { x: 30, ...examplePart, x_cm: undefined }, { field: 'x', fix: 'leave it out' }],
    ['a number in quotes', { ...examplePart, x_cm: '30' }, { field: 'x_cm', value: '30', fix: 'send the number without quotes' }],
    ['a list for a number', { ...examplePart, x_cm: [30] }, { field: 'x_cm', value: '[30]' }],
    ['an infinite number', JSON.parse('{"x_cm":1e999}'), { field: 'x_cm', value: 'Infinity' }],
    ['an id that is too long', { ...examplePart, part_id: 'x'.repeat(201) }, { field: 'part_id' }],
    ['an infinite id', { ...examplePart, part_id: Infinity }, { field: 'part_id', value: 'Infinity' }],
    ['no object at all', 5, { field: '', value: 5 }],
    ['a list', [examplePart], { field: '' }],
    ['null', null, { field: '', value: null }],
  ])('with or as %s is refused with place, value and fix', (_name, value, expected) => {
    const read = partFromJson(value, reader, 'reject', 3);
    expect(Array.isArray(read) ? read[0] : read).toMatchObject({ part: 3, ...expected });
  });

  test.each(['__proto__', 'constructor', 'toString', 'valueOf'])('does not take %s for a field of its own', (name) => {
    const whole: unknown = JSON.parse(JSON.stringify(examplePart).replace('{', `{"${name}":{"x_cm":1},`));
    expect(partFromJson(whole, reader)).toMatchObject([{ field: name, message: `${name}: unknown field` }]);
    const inherited: unknown = JSON.parse(`{"__proto__":${JSON.stringify(examplePart)}}`);
    expect(partFromJson(inherited, reader)).toHaveLength(7); // the unknown one, and the six that are missing
  });

  test('of any shape is read or refused, never a crash', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.record(Object.fromEntries([...Object.keys(examplePart), 'part_id'].map((name) => [name, fc.jsonValue()])), { requiredKeys: [] })), (value) => {
        const read = partFromJson(value, reader, 'reject', 0);
        expect(Array.isArray(read) ? read.every(({ message }) => message.startsWith('parts[0]')) : read.part.length === 6).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

test('what JSON and query say of the same part is the same', () => {
  const values = fc.record({
    x_cm: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
    y_cm: fc.integer({ min: 1, max: 1_000 }),
    z_cm: fc.float({ min: 1, max: 100, noNaN: true }),
    material: fc.constantFrom('steel', 'aluminum', 'copper'),
    complexity: fc.integer({ min: 1, max: 10 }),
    process: fc.constantFrom('turning', 'drilling', 'milling'),
  });
  fc.assert(
    fc.property(values, (value) => {
      const texts = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, String(one)]));
      expect(partFromJson(value, reader)).toEqual({ part: partFromQuery(texts, reader), planning: {} });
    }),
  );
});
