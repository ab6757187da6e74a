import { type ParallelWork } from './parallel-work.ts';

/** The least setup that a job can have on a machine, at machine · jobs + job, behind any job that can run there or, where there are setups before the first job, as the first. */
export function leastSetups(work: ParallelWork): Float64Array {
  const { jobs, machines, duration, family, familyCount } = work;
  const least = new Float64Array(jobs * machines);
  for (let machine = 0; machine < machines; machine++) {
    const between = work.between[machine];
    if (between === undefined) continue;
    // Jobs of each family on the machine: a job does not follow itself.
    const count = new Int32Array(familyCount);
    for (let job = 0; job < jobs; job++) if ((duration[machine * jobs + job] ?? Infinity) < Infinity) count[family[job] ?? 0] = (count[family[job] ?? 0] ?? 0) + 1;
    const ofFamily = new Float64Array(familyCount);
    for (let own = 0; own < familyCount; own++) {
      let ticks = work.initial[machine]?.[own] ?? Infinity;
      for (let other = 0; other < familyCount; other++) {
        if ((count[other] ?? 0) > (other === own ? 1 : 0)) ticks = Math.min(ticks, between[other * familyCount + own] ?? 0);
      }
      ofFamily[own] = ticks === Infinity ? 0 : ticks;
    }
    for (let job = 0; job < jobs; job++) least[machine * jobs + job] = ofFamily[family[job] ?? 0] ?? 0;
  }
  return least;
}
