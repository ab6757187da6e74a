import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type JobName, chunkJobId, chunkPriority, finishJobId, isJobName, jobs, parsePayload, queueNames } from '../../common/jobs.ts';

test('jobs, their payloads and results are what other releases know', async () => {
  const contracts = Object.fromEntries(Object.entries(jobs).map(([name, { queue, payload, result, options }]) => [name, { queue, payload: z.toJSONSchema(payload), result: z.toJSONSchema(result), options }]));
  await expect(`${JSON.stringify(contracts, null, 2)}\n`).toMatchFileSnapshot('jobs.snapshot.json');
});

test('every job has one queue, and interactive work one of its own', () => {
  expect(queueNames).toEqual(['estimates', 'explanations', 'batches', 'schedules', 'training', 'switching']);
});

test('only names in the map are jobs', () => {
  expect(['estimate-parts', 'toString', '__proto__', ''].map(isJobName)).toEqual([true, false, false, false]);
});

test.each<[JobName, unknown]>([
  ['estimate-parts', { replyTo: 'c', version: '20261122T000000Z-aaaaaa', parts: [], requestIds: [] }],
  ['estimate-parts', { replyTo: 'c', version: '../../etc', parts: [[1]], requestIds: [] }],
  ['estimate-parts', { replyTo: 'c', version: '20261122T000000Z-aaaaaa', parts: Array.from({ length: 257 }, () => [1]), requestIds: [] }],
  ['explain-parts', { replyTo: 'c', version: '20261122T000000Z-aaaaaa', parts: Array.from({ length: 9 }, () => [1]), deadline: 1, requestIds: [] }],
  ['estimate-chunk', { batchId: 'not an id', chunk: 0 }],
  ['estimate-chunk', { batchId: randomUUID(), chunk: -1 }],
  ['estimate-chunk', { batchId: randomUUID(), chunk: 0, extra: true }],
  ['finish-batch', undefined],
  ['set-current', { version: 'current' }],
])('%s refuses %j and names itself', (name, payload) => {
  expect(() => parsePayload(name, payload)).toThrow(expect.objectContaining({ code: 'invalid_body', message: expect.stringMatching(`^job ${name}: `) as string }));
});

test('ids of a batch\'s jobs follow from the batch, and are such as BullMQ takes', () => {
  const id = randomUUID();
  const ids = [finishJobId(id), chunkJobId(id, 0), chunkJobId(id, 1), chunkJobId(id, 10)];
  expect(new Set(ids).size).toBe(4);
  expect(ids.filter((one) => /:|^\d+$/.test(one))).toEqual([]);
});

test('a chunk comes after those before it in its batch, and its priority is one that BullMQ takes', () => {
  expect([0, 1, 999, 5_000_000].map(chunkPriority)).toEqual([1, 2, 1_000, 2 ** 21]);
});
