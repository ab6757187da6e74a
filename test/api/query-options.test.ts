import { expect, test } from 'vitest';
import { z } from 'zod';
import { batchListOptionsSchema, batchOptionsSchema } from '../../api/routes/batches.ts';
import { noOptions, readOptions } from '../../api/query-options.ts';

test('a switch is on or off, or left out', () => {
  expect([readOptions({}, batchOptionsSchema), readOptions({ dry_run: 'true' }, batchOptionsSchema), readOptions({ dry_run: 'false' }, batchOptionsSchema)]).toEqual([{}, { dry_run: true }, { dry_run: false }]);
});

test.each(['1', 'yes', 'TRUE', '', 'true '])('a switch is not %j', (text) => {
  expect(() => readOptions({ dry_run: text }, batchOptionsSchema)).toThrow(
    expect.objectContaining({ code: 'invalid_query', message: `query parameter dry_run: expected true or false, got "${text}"`, issues: [expect.objectContaining({ field: 'dry_run', value: text })] }),
  );
});

test('an option given twice is refused', () => {
  expect(() => readOptions({ dry_run: ['true', 'false'] }, batchOptionsSchema)).toThrow(expect.objectContaining({ code: 'invalid_query' }));
});

test.each(['0', '1001', '-1', '1.5', '1e2', '٣', ' 5'])('a limit is not %j', (limit) => {
  expect(() => readOptions({ limit }, batchListOptionsSchema)).toThrow('expected a whole number from 1 to 1000');
});

test('an unknown option is refused with the nearest known one', () => {
  expect(() => readOptions({ dryrun: 'true' }, batchOptionsSchema)).toThrow('unknown query parameter dryrun: did you mean dry_run?');
  expect(() => readOptions({ a: '1' }, noOptions)).toThrow('unknown query parameter a: leave it out');
});

test.each(['__proto__', 'constructor', 'toString'])('%s is no option', (name) => {
  const query = Object.defineProperty(Object.create(null) as Record<string, unknown>, name, { value: 'true', enumerable: true });
  expect(() => readOptions(query, z.strictObject({}))).toThrow(expect.objectContaining({ code: 'invalid_query' }));
});
