import { leastSetups } from './least-setups.ts';
import { type MachineGroup, machineGroups } from './machine-groups.ts';
import { type ParallelWork } from './parallel-work.ts';

/**
 * A lower bound on the setup ticks of all machines, for each group of machines that share jobs: of each family one job at least comes behind another family
 * that is made on its machine or first there, every other behind any job; the dearest may be the first of the machines, where these need no setup.
 */
export function leastSetupBound(work: ParallelWork): number {
  if (work.familyCount === 0) return 0;
  const behindAny = leastSetups(work);
  return machineGroups(work).reduce((sum, group) => sum + groupBound(work, group, behindAny), 0);
}

function groupBound(work: ParallelWork, { machines, jobs }: MachineGroup, behindAny: Float64Array): number {
  const { duration, family, familyCount, initial } = work;
  const entry = new Float64Array(familyCount).fill(Infinity);
  const others = new Float64Array(work.jobs).fill(Infinity);
  let freeFirsts = 0;
  for (const machine of machines) {
    const made = new Set<number>();
    for (const job of jobs) {
      const at = machine * work.jobs + job;
      if ((duration[at] ?? Infinity) === Infinity) continue;
      made.add(family[job] ?? 0);
      others[job] = Math.min(others[job] ?? Infinity, behindAny[at] ?? 0);
    }
    if (made.size > 0 && initial[machine] === undefined) freeFirsts++;
    for (const one of made) entry[one] = Math.min(entry[one] ?? Infinity, cheapestEntry(work, machine, one, made));
  }
  // What each job costs at least: one of a family enters it, the others follow any job.
  const costs: number[] = [];
  const entered = new Set<number>();
  for (const job of [...jobs].sort((a, b) => (others[b] ?? 0) - (others[a] ?? 0))) {
    const own = family[job] ?? 0;
    costs.push(entered.has(own) ? (others[job] ?? 0) : Math.max(others[job] ?? 0, entry[own] ?? 0));
    entered.add(own);
  }
  // A family that follows none and needs nothing as the first is Infinity: it is one of the firsts.
  const dearest = costs.sort((a, b) => b - a).slice(freeFirsts);
  return dearest.reduce((sum, cost) => sum + (cost === Infinity ? 0 : cost), 0);
}

/** The least setup into a family from another of those made on a machine, or as the first where that needs one; Infinity where it can only be the first, without a setup. */
function cheapestEntry(work: ParallelWork, machine: number, family: number, made: ReadonlySet<number>): number {
  const between = work.between[machine];
  if (between === undefined) return 0;
  let least = work.initial[machine]?.[family] ?? Infinity;
  for (const other of made) if (other !== family) least = Math.min(least, between[other * work.familyCount + family] ?? 0);
  return least;
}
