import { type ParallelWork } from './parallel-work.ts';
import { leastSetups } from './least-setups.ts';

/**
 * A lower bound on the setup ticks of all machines: of each family one job at least comes behind another family or first on its machine, every
 * other behind any job; the dearest may be the first of the machines, where these need no setup.
 */
export function leastSetupBound(work: ParallelWork): number {
  const { jobs, machines, duration, family, familyCount } = work;
  if (familyCount === 0) return 0;
  const behindAny = leastSetups(work);
  const entry = new Float64Array(familyCount).fill(Infinity);
  const others = new Float64Array(jobs).fill(Infinity);
  const present = new Uint8Array(familyCount);
  let freeFirsts = 0;
  for (let machine = 0; machine < machines; machine++) {
    if (work.initial[machine] === undefined) freeFirsts++;
    const entered = new Uint8Array(familyCount);
    for (let job = 0; job < jobs; job++) {
      const at = machine * jobs + job;
      if ((duration[at] ?? Infinity) === Infinity) continue;
      const own = family[job] ?? 0;
      present[own] = 1;
      others[job] = Math.min(others[job] ?? Infinity, behindAny[at] ?? 0);
      if (entered[own] === 1) continue;
      entered[own] = 1;
      entry[own] = Math.min(entry[own] ?? Infinity, cheapestEntry(work, machine, own));
    }
  }
  // What each job costs at least: one of a family enters it, the others follow any job.
  const costs: number[] = [];
  const entered = new Uint8Array(familyCount);
  for (const job of Array.from({ length: jobs }, (_, k) => k).sort((a, b) => (others[b] ?? 0) - (others[a] ?? 0))) {
    const own = family[job] ?? 0;
    const follow = others[job] === Infinity ? 0 : (others[job] ?? 0);
    const enter = entry[own] === Infinity ? 0 : (entry[own] ?? 0);
    costs.push(entered[own] === 0 ? Math.max(follow, enter) : follow);
    entered[own] = 1;
  }
  return costs.sort((a, b) => b - a).slice(freeFirsts).reduce((sum, cost) => sum + cost, 0);
}

/** The least setup into a family from another, or as the first where that needs one. */
function cheapestEntry(work: ParallelWork, machine: number, family: number): number {
  const between = work.between[machine];
  if (between === undefined) return 0;
  let least = work.initial[machine]?.[family] ?? Infinity;
  for (let other = 0; other < work.familyCount; other++) if (other !== family) least = Math.min(least, between[other * work.familyCount + family] ?? 0);
  return least === Infinity ? 0 : least;
}
