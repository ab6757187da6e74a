import { expect, test } from 'vitest';
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
