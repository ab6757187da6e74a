import { expect, test, vi } from 'vitest';
import type { WorkState } from '../../common/work-records.ts';
import { CancelWatch } from '../../common/cancel-watch.ts';

test('the signal fires once the work is cancelled, through errors of whoever is asked', async () => {
  const answers: (WorkState | Error)[] = ['running', new Error('Redis is away'), 'running', 'cancelled', 'running'];
  const watch = new CancelWatch(async () => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return Promise.resolve(answer);
  });
  await new Promise((resolve) => watch.signal.addEventListener('abort', resolve));
  expect(watch.signal.reason).toMatchObject({ message: 'it was cancelled' });
  expect(answers).toEqual(['running']); // it looks no more
});

test('once ended it neither looks nor fires', async () => {
  vi.useFakeTimers();
  try {
    const state = vi.fn<() => Promise<WorkState>>(() => Promise.resolve('cancelled'));
    const watch = new CancelWatch(state);
    watch.end();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(state).not.toHaveBeenCalled();
    expect(watch.signal.aborted).toBe(false);
  } finally {
    vi.useRealTimers();
  }
});
