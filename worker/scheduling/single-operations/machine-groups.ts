import { type ParallelWork } from './parallel-work.ts';

/** Machines that share jobs, directly or through others, and these jobs: what happens in one group leaves the others alone. */
export interface MachineGroup {
  readonly machines: readonly number[];
  readonly jobs: readonly number[];
}

/** The groups of machines that have jobs. */
export function machineGroups({ jobs, machines, eligible, eligibleStart }: ParallelWork): MachineGroup[] {
  const parent = Int32Array.from({ length: machines }, (_, machine) => machine);
  const rootOf = (machine: number): number => {
    let root = machine;
    while (parent[root] !== root) root = parent[root] ?? root;
    return root;
  };
  const groupOf = (job: number): number => rootOf(eligible[eligibleStart[job] ?? 0] ?? 0);
  for (let job = 0; job < jobs; job++) {
    for (let k = eligibleStart[job] ?? 0; k < (eligibleStart[job + 1] ?? 0); k++) parent[rootOf(eligible[k] ?? 0)] = groupOf(job);
  }
  const groups = Array.from({ length: machines }, () => ({ machines: new Array<number>(), jobs: new Array<number>() }));
  for (let machine = 0; machine < machines; machine++) groups[rootOf(machine)]?.machines.push(machine);
  for (let job = 0; job < jobs; job++) groups[groupOf(job)]?.jobs.push(job);
  return groups.filter((group) => group.jobs.length > 0);
}
