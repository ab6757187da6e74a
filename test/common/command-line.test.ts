import { expect, test } from 'vitest';
import { readArguments } from '../../common/command-line.ts';

const options = { data: { type: 'string' }, out: { type: 'string', multiple: true }, json: { type: 'boolean' } } as const;

test('an option of several values may be repeated, a switch too', () => {
  expect(readArguments(['--data', 'a', '--out', 'b', '--out=c', '--json', '--json'], options, 'usage')).toMatchObject({ data: 'a', out: ['b', 'c'], json: true });
});

test.each([[['--data', 'a', '--data', 'b']], [['--data', 'a', '--json', '--data=a']]])('an option of one value may not be repeated: %j', (args) => {
  expect(() => readArguments(args, options, 'usage')).toThrow(expect.objectContaining({ code: 'invalid_configuration', message: '--data is given twice, and takes one value\nusage' }));
});

test('an unknown option is told with the nearest one', () => {
  expect(() => readArguments(['--dat', 'a'], options, 'usage')).toThrow(/'--dat'; did you mean --data\?\nusage/);
});
