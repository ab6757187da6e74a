import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { BoundedWrites } from '../../../api/upload/bounded-writes.ts';

test('only a few writes run at a time, and adding waits for room', async () => {
  const writes = new BoundedWrites();
  const releases: (() => void)[] = [];
  let most = 0;
  let running = 0;
  const write = async (): Promise<void> => {
    most = Math.max(most, ++running);
    await new Promise<void>((resolve) => releases.push(resolve));
    running--;
  };
  const added = (async () => {
    for (let count = 0; count < 10; count++) await writes.add(write);
    await writes.finish();
  })();
  for (let done = 0; done < 10; done++) {
    while (releases.length <= done) await nextTurn();
    releases[done]?.();
  }
  await added;
  expect(most).toBe(4);
  expect(running).toBe(0);
});

test('the first failure stops the adding, and finishing tells it', async () => {
  const writes = new BoundedWrites();
  const failure = new Error('full');
  await writes.add(() => Promise.reject(failure));
  await nextTurn();
  await expect(writes.add(() => Promise.resolve())).rejects.toBe(failure);
  await expect(writes.finish()).rejects.toBe(failure);
});

test('settling waits for all writes and tells of none', async () => {
  const writes = new BoundedWrites();
  let done = false;
  await writes.add(async () => {
    await nextTurn();
    done = true;
  });
  await writes.add(() => Promise.reject(new Error('full')));
  await writes.settle();
  expect(done).toBe(true);
});
