import { describe, expect, it } from 'vitest';
import { checkSchedule } from '../../../worker/scheduling/check-schedule.ts';
import type { Calendar, Problem, Solution } from '../../../worker/scheduling/problem.ts';
import { twoByTwo } from './small-shops.ts';

const right: Solution = {
  machine: Int32Array.of(0, 1, 1, 0),
  start: Float64Array.of(0, 3, 0, 3),
  end: Float64Array.of(3, 5, 2, 7),
  objective: 7,
  makespan: 7,
};

/** Works from 0 to 4 and from 6 on. */
const withBreak: Calendar = { starts: Float64Array.of(0, 6), ends: Float64Array.of(4, Infinity), repeatFrom: 0, period: Infinity, pausing: true };

function faultsOf(change: Partial<Solution>, problem: Partial<Problem> = {}, lowerBound?: number): string {
  return checkSchedule({ ...twoByTwo, ...problem }, { ...right, ...change }, lowerBound).faults.join('; ');
}

describe('the checker', () => {
  it('accepts a correct schedule and gives its figures', () => {
    expect(checkSchedule(twoByTwo, right, 7)).toEqual({ faults: [], objective: 7, makespan: 7 });
  });

  it.each<[string, Partial<Solution>, Partial<Problem>, string]>([
    ['an overlap', { start: Float64Array.of(0, 3, 0, 2), end: Float64Array.of(3, 5, 2, 6), objective: 6, makespan: 6 }, {}, 'operation 3 starts at 2 on machine 0, before 3'],
    ['a wrong order', { start: Float64Array.of(4, 2, 0, 0), end: Float64Array.of(7, 4, 2, 4) }, {}, 'operation 1 starts at 2, before 7'],
    ['a wrong duration', { end: Float64Array.of(3, 6, 2, 7) }, {}, 'operation 1 takes 3 ticks on machine 1 instead of 2'],
    ['a machine that cannot', { machine: Int32Array.of(1, 1, 1, 0) }, {}, 'operation 0 cannot be made on machine 1'],
    ['a start between ticks', { start: Float64Array.of(0, 3.5, 0, 3), end: Float64Array.of(3, 5.5, 2, 7) }, {}, 'starts at 3.5, not at a tick'],
    ['a start before the release', {}, { release: Float64Array.of(1, 0) }, 'operation 0 starts at 0, before 1'],
    ['a wrong objective', { objective: 6 }, {}, 'the objective is 7, not 6'],
    ['a wrong makespan', { makespan: 6 }, {}, 'the makespan is 7, not 6'],
    ['missing operations', { start: new Float64Array(3) }, {}, 'start has 3 entries for 4 operations'],
    ['another machine than the locked one', {}, { lockedMachine: Int32Array.of(-1, 0, -1, -1) }, 'operation 1 is on machine 1, locked on 0'],
    ['another start than the locked one', {}, { lockedStart: Float64Array.of(-1, 4, -1, -1) }, 'operation 1 starts at 3, locked at 4'],
    ['a missing setup', {}, { familyCount: 1, setups: [{ between: Float64Array.of(2) }, undefined] }, 'before 5, when operation 0 and a setup of 2 is done'],
    ['a missing first setup', {}, { familyCount: 1, setups: [undefined, { between: Float64Array.of(0), initial: Float64Array.of(1) }] }, 'before 1, when its first setup is done'],
    ['work in a break', {}, { calendars: [withBreak, undefined] }, 'operation 3 cannot run from 3 to 7 in the calendar of machine 0'],
    ['a pause where none may be', { end: Float64Array.of(3, 5, 2, 9), objective: 9, makespan: 9 }, { calendars: [{ ...withBreak, pausing: false }, undefined] }, 'operation 3 cannot run from 3 to 9'],
  ])('rejects %s', (_, change, problem, fault) => {
    expect(faultsOf(change, problem)).toContain(fault);
  });

  it('rejects a bound above the objective', () => {
    expect(faultsOf({}, {}, 8)).toBe('the lower bound 8 is above the objective 7');
  });

  it('accepts work that pauses over a break', () => {
    expect(faultsOf({ end: Float64Array.of(3, 5, 2, 9), objective: 9, makespan: 9 }, { calendars: [withBreak, undefined] })).toBe('');
  });

  it('computes tardiness, finish and setup objectives', () => {
    const due = Float64Array.of(4, 4);
    const weight = Float64Array.of(2, 3);
    // Order 0 ends at 5, order 1 at 7
    expect(checkSchedule({ ...twoByTwo, objective: 'tardiness', due, weight }, right).objective).toBe(2 * 1 + 3 * 3);
    expect(checkSchedule({ ...twoByTwo, objective: 'finish', due, weight }, right).objective).toBe(2 * 5 + 3 * 7);
    expect(checkSchedule({ ...twoByTwo, objective: 'setup', familyCount: 1, setups: [{ between: Float64Array.of(1) }, { between: Float64Array.of(4) }] }, right).objective).toBe(5);
  });
});
