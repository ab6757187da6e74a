import { SpindleError } from '../../common/errors.ts';
import { issueAt } from '../../common/scheduling/shape-issues.ts';
import type { Shop } from '../../common/scheduling/shop.ts';
import { type Problem, operationCount } from '../scheduling/problem.ts';
import { minutesOf } from './ticks.ts';

/**
 * Throws `invalid_shop` where a setup that a plan may need, between two operations that can follow each other on a machine or ahead of its first, fits between no two breaks and work
 * must not pause there. `running` are the operations under way, which follow none; `room` the longest time without a break of each machine on which work must not pause.
 */
export function checkSetupsFit(problem: Problem, shop: Shop, running: ReadonlySet<number>, room: readonly (number | undefined)[]): void {
  for (const [machine, window] of room.entries()) {
    const setups = problem.setups[machine];
    if (window === undefined || !setups) continue;
    const { before, after } = familiesOn(problem, machine, running);
    const needed = [...after].flatMap(([to, followers]) => [
      setups.initial?.[to] ?? 0,
      // A family follows itself where it has two operations.
      ...[...before].map(([from, count]) => (from === to && count === 1 && followers === 1 ? 0 : (setups.between[from * problem.familyCount + to] ?? 0))),
    ]);
    const longest = needed.reduce((most, ticks) => Math.max(most, ticks), 0);
    if (longest <= window) continue;
    const what = `a setup of ${minutesOf(longest)} min on ${shop.machines[machine]?.name} fits between no two breaks, and work must not pause there`;
    throw new SpindleError('invalid_shop', what, { issues: [issueAt(`machines[${machine}]`, what, null, 'shorten the setup, or set pausing to true')] });
  }
}

/** The setup families of what can be made on a machine, with their numbers of operations: of all, and of those that may come after another. */
function familiesOn(problem: Problem, machine: number, running: ReadonlySet<number>): { before: Map<number, number>; after: Map<number, number> } {
  const before = new Map<number, number>();
  const after = new Map<number, number>();
  for (let operation = 0; operation < operationCount(problem); operation++) {
    const locked = problem.lockedMachine[operation] ?? -1;
    const able = problem.alternativeMachine.subarray(problem.alternativeStart[operation], problem.alternativeStart[operation + 1]).includes(machine);
    if (!able || (locked >= 0 && locked !== machine)) continue;
    const family = problem.setupFamily[operation] ?? 0;
    before.set(family, (before.get(family) ?? 0) + 1);
    if (!running.has(operation)) after.set(family, (after.get(family) ?? 0) + 1);
  }
  return { before, after };
}
