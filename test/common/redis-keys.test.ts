import { expect, test } from 'vitest';
import { queueNames } from '../../common/jobs.ts';
import { RedisKeys } from '../../common/redis-keys.ts';

test('no key is another, and none can be taken for one that BullMQ keeps for a queue', () => {
  const keys = new RedisKeys('p');
  const makers = Object.values(keys as unknown as Record<string, string | ((id: string, chunk: number) => string)>);
  const names = makers.flatMap((make) => (typeof make === 'function' ? [make('id', 0)] : []));
  expect(names.length).toBeGreaterThan(10);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !name.startsWith('p:') || queueNames.some((queue) => name === `p:${queue}` || name.startsWith(`p:${queue}:`)))).toEqual([]);
});
