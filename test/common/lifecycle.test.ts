import { describe, expect, test, vi } from 'vitest';
import { Shutdown, byDeadline } from '../../common/lifecycle.ts';
import { silentLog } from '../support/test-connections.ts';

const never = new Promise<never>(() => {});

describe('a promise with a deadline', () => {
  test('gives its value, or undefined once the time has come', async () => {
    expect(await byDeadline(Promise.resolve(5), Date.now() + 1_000)).toBe(5);
    expect(await byDeadline(never, Date.now() + 20)).toBeUndefined();
    expect(await byDeadline(never, Date.now() - 1_000)).toBeUndefined();
  });

  test('passes its failure on', async () => {
    await expect(byDeadline(Promise.reject(new Error('broken')), Date.now() + 1_000)).rejects.toThrow('broken');
  });

  test('keeps no timer running', async () => {
    vi.useFakeTimers();
    await byDeadline(Promise.resolve(), Date.now() + 60_000);
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });
});

describe('a shutdown', () => {
  test('runs its steps in order, each once, also when it is asked for twice', async () => {
    const steps: string[] = [];
    const shutdown = new Shutdown(silentLog);
    for (const name of ['intake', 'work', 'connections']) shutdown.add(name, () => steps.push(name));
    const deadline = Date.now() + 1_000;
    expect(await Promise.all([shutdown.run(deadline), shutdown.run(deadline)])).toEqual([true, true]);
    expect(steps).toEqual(['intake', 'work', 'connections']);
  });

  test('runs every step even where one fails, and says that it was not clean', async () => {
    const steps: string[] = [];
    const shutdown = new Shutdown(silentLog);
    shutdown.add('throws', () => {
      throw new Error('broken');
    });
    shutdown.add('rejects', () => Promise.reject(new Error('broken')));
    shutdown.add('last', () => steps.push('last'));
    expect(await shutdown.run(Date.now() + 1_000)).toBe(false);
    expect(steps).toEqual(['last']);
  });

  test('is over soon after the deadline, whatever its steps do', async () => {
    const steps: string[] = [];
    const shutdown = new Shutdown(silentLog);
    shutdown.add('hangs', () => never);
    shutdown.add('hangs, too', () => never);
    shutdown.add('last', () => steps.push('last'));
    const start = Date.now();
    expect(await shutdown.run(start + 50)).toBe(false);
    expect(Date.now() - start).toBeLessThan(1_500);
    expect(steps).toEqual(['last']);
  });
});
