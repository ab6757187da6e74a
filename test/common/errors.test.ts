import { expect, test } from 'vitest';
import { errorText } from '../../common/error-text.ts';
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

test('a command prints the sentence and the first ten issues, each with its fix once', () => {
  const issues = Array.from({ length: 12 }, (_, index) => ({ line: index + 2, field: 'x_cm', value: 'a', message: `line ${index + 2}, column x_cm: expected a number`, fix: 'use a number' }));
  const lines = errorText(new SpindleError('invalid_csv', 'the file has problems', { issues })).split('\n');
  expect(lines).toHaveLength(12);
  expect(lines.slice(0, 2)).toEqual(['the file has problems', '  - line 2, column x_cm: expected a number; use a number']);
  expect(lines.at(-1)).toBe('  and 2 more');
});

test('a file that cannot be opened is named with the reason', () => {
  expect(errorText(Object.assign(new Error('ENOENT: no such file or directory'), { code: 'ENOENT', path: 'parts.csv' }))).toBe('parts.csv: there is no such file or folder');
});
