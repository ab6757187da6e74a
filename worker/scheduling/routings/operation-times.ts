import type { Problem } from '../problem.ts';
import { WorkingTime } from '../working-time.ts';
import { type RoutingData, setupBetween } from './routing-data.ts';

/** Starts and ends of operations on the machines' calendars, with their setups. */
export class OperationTimes {
  readonly #data: RoutingData;
  readonly #workingTimes: readonly (WorkingTime | undefined)[];

  constructor(problem: Problem, data: RoutingData) {
    this.#data = data;
    this.#workingTimes = problem.calendars.map((calendar) => (calendar === undefined ? undefined : new WorkingTime(calendar)));
  }

  /** When `ticks` of `o`, ready at `ready`, start on a machine that `last` (N for none) leaves at `free`; Infinity where they or the setup fit no window. */
  start(machine: number, last: number, o: number, free: number, ready: number, ticks: number): number {
    const setup = setupBetween(this.#data, machine, last, o);
    const workingTime = this.#workingTimes[machine];
    if (workingTime === undefined) return Math.max(ready, free + setup);
    const isSet = setup === 0 ? free : workingTime.end(workingTime.start(free, setup), setup);
    return workingTime.start(Math.max(ready, isSet), ticks);
  }

  /** When a machine works from `time` on. */
  opens(machine: number, time: number): number {
    return this.#workingTimes[machine]?.start(time, 1) ?? time;
  }

  /** When `ticks` that start at `start` end. */
  end(machine: number, start: number, ticks: number): number {
    return this.#workingTimes[machine]?.end(start, ticks) ?? start + ticks;
  }
}
