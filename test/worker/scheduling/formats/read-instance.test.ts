import { describe, expect, it } from 'vitest';
import type { InstanceKind } from '../../../../worker/scheduling/formats/instance-shapes.ts';
import { readInstance } from '../../../../worker/scheduling/formats/read-instance.ts';

describe('reading benchmark instances', () => {
  it('reads a job shop', () => {
    const problem = readInstance('jsp', { name: 'x', m: 2, jobs: [[0, 3, 1, 2], [1, 4]] });
    expect(problem.machineCount).toBe(2);
    expect([...problem.orderStart]).toEqual([0, 2, 3]);
    expect([...problem.alternativeMachine]).toEqual([0, 1, 1]);
    expect([...problem.alternativeDuration]).toEqual([3, 2, 4]);
    expect(problem.objective).toBe('makespan');
  });

  it('reads a flexible job shop with setups', () => {
    const setup = [[[0, 1], [2, 0]], [[0, 3], [4, 0]]];
    const problem = readInstance('fjsp-sdst', { m: 2, jobs: [[[0, 3, 1, 2]], [[1, 4]]], setup });
    expect([...problem.alternativeStart]).toEqual([0, 2, 3]);
    expect([...problem.setupFamily]).toEqual([0, 1]);
    expect(problem.setups.map((setups) => [...(setups?.between ?? [])])).toEqual([[0, 1, 2, 0], [0, 3, 4, 0]]);
  });

  it('reads parallel machines, identical and unrelated, with setups', () => {
    expect([...readInstance('pcmax', { m: 2, p: [5, 6] }).alternativeDuration]).toEqual([5, 5, 6, 6]);
    expect([...readInstance('rcmax', { p: [[5, 7], [6, 8]] }).alternativeDuration]).toEqual([5, 7, 6, 8]);
    const problem = readInstance('upmsp-sdst', { p: [[5], [6]], s: [[[0, 1], [2, 0]]] });
    expect([...(problem.setups[0]?.between ?? [])]).toEqual([0, 1, 2, 0]);
    expect(problem.setups[0]?.initial).toBeUndefined();
  });

  it('reads one machine with weighted tardiness, with setups', () => {
    const problem = readInstance('wtsds', { p: [5, 6], w: [1, 2], d: [7, 8], s0: [3, 4], s: [[0, 1], [2, 0]] });
    expect(problem.objective).toBe('tardiness');
    expect([...problem.due]).toEqual([7, 8]);
    expect([...problem.weight]).toEqual([1, 2]);
    expect([...(problem.setups[0]?.initial ?? [])]).toEqual([3, 4]);
    expect(readInstance('wt', { p: [5, 6], w: [1, 2], d: [7, 8] }).setups).toEqual([undefined]);
  });

  it.each<[string, InstanceKind, unknown, string]>([
    ['no object', 'jsp', 7, 'the instance: expected object, got 7'],
    ['a missing key', 'jsp', { m: 2 }, 'jobs: is missing, expected array; add it'],
    ['a negative duration', 'jsp', { m: 2, jobs: [[0, -3]] }, 'jobs[0][1]: too small: expected number to be >=0, got -3; use at least 0'],
    ['half a tick', 'pcmax', { m: 1, p: [1.5] }, 'p[0]: expected int, got 1.5; correct the value'],
    ['half a pair', 'jsp', { m: 2, jobs: [[0, 3, 1]] }, 'jobs[0]: expected machine and duration in turn'],
    ['an unknown machine', 'jsp', { m: 2, jobs: [[0, 3, 2, 1]] }, 'jobs[0], operation 1: expected a machine from 0 to 1, got 2'],
    ['a machine twice', 'fjsp', { m: 2, jobs: [[[0, 3, 0, 4]]] }, 'jobs[0], operation 0: expected each machine once, got 0'],
    ['a short matrix', 'fjsp-sdst', { m: 1, jobs: [[[0, 3], [0, 4]]], setup: [[[0, 1]]] }, 'setup[0]: expected 2 entries, got 1'],
    ['rows of two lengths', 'rcmax', { p: [[1, 2], [3]] }, 'p[1]: expected 2 entries, got 1'],
    ['too few due dates', 'wt', { p: [1, 2], w: [1, 1], d: [3] }, 'd: expected 2 entries, got 1'],
  ])('says where the fault is: %s', (_, kind, instance, message) => {
    expect(() => readInstance(kind, instance)).toThrow(message);
  });
});
