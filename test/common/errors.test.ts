import { expect, test } from 'vitest';
import { z } from 'zod';
import { SpindleError, errorCodes, isErrorCode, messageOf } from '../../common/errors.ts';

test('an error is retryable exactly where its code says that waiting can help', () => {
  expect(new SpindleError('redis_unavailable', 'away').retryable).toBe(true);
  expect(new SpindleError('invalid_part', 'wrong').retryable).toBe(false);
});

test('every code has a title of its own that reads as a sentence', () => {
  const titles = Object.values(errorCodes).map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  expect(titles.filter((title) => !/^[A-Z][^.]+$/.test(title))).toEqual([]);
});

test('only codes of this program are codes', () => {
  expect(['not_found', 'toString', '__proto__', 'constructor', ''].map(isErrorCode)).toEqual([true, false, false, false, false]);
});

test('anything thrown has a message', () => {
  expect([messageOf(new Error('a')), messageOf('b'), messageOf(undefined), messageOf({ toString: () => 'c' })]).toEqual(['a', 'b', 'undefined', 'c']);
});

test('what does not have its shape is told in words, by field', () => {
  const { error } = z.strictObject({ interval: z.array(z.number()), kind: z.string() }).safeParse({ interval: [1, null], kind: 'a' });
  expect(messageOf(error)).toBe('interval.1: Invalid input: expected number, received null');
  const { error: many } = z.array(z.number()).safeParse(Array.from({ length: 7 }, () => null));
  expect(messageOf(many)).toMatch(/^0: .*; 4: [^;]*; and 2 more$/);
});
