import { type Problem } from '../problem.ts';
import { invalidInstance } from './invalid-instance.ts';

/** The parts of a problem that say which orders, operations and alternatives there are. */
type Routings = Pick<Problem, 'machineCount' | 'orderStart' | 'alternativeStart' | 'alternativeMachine' | 'alternativeDuration'>;

/** Orders of operations of alternatives as the flat arrays of a problem. Throws `invalid_body` on an unknown machine or one named twice. */
export function routings(machineCount: number, orders: readonly (readonly (readonly { machine: number; duration: number }[])[])[]): Routings {
  const orderStart = [0];
  const alternativeStart = [0];
  const machines: number[] = [];
  const durations: number[] = [];
  for (const [j, operations] of orders.entries()) {
    for (const [k, alternatives] of operations.entries()) {
      const place = `jobs[${j}], operation ${k}`;
      const seen = new Set<number>();
      for (const { machine, duration } of alternatives) {
        if (machine >= machineCount) throw invalidInstance(place, `a machine from 0 to ${machineCount - 1}`, machine);
        if (seen.has(machine)) throw invalidInstance(place, 'each machine once', machine);
        seen.add(machine);
        machines.push(machine);
        durations.push(duration);
      }
      if (seen.size === 0) throw invalidInstance(place, 'at least one machine', []);
      alternativeStart.push(machines.length);
    }
    orderStart.push(alternativeStart.length - 1);
  }
  return {
    machineCount,
    orderStart: Int32Array.from(orderStart),
    alternativeStart: Int32Array.from(alternativeStart),
    alternativeMachine: Int32Array.from(machines),
    alternativeDuration: Float64Array.from(durations),
  };
}

/** The pairs of a list [machine, duration, machine, duration, …]. Throws `invalid_body` where one is left over. */
export function machineDurationPairs(list: readonly number[], place: string): { machine: number; duration: number }[] {
  if (list.length % 2 !== 0) throw invalidInstance(place, 'machine and duration in turn', list);
  const pairs = [];
  for (let i = 0; i < list.length; i += 2) pairs.push({ machine: list[i] ?? 0, duration: list[i + 1] ?? 0 });
  return pairs;
}
