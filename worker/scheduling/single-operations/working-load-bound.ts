import { leastSetups } from './least-setups.ts';
import { type ParallelWork } from './parallel-work.ts';

const iterations = 200;

/** Releases from which on the work that is left is looked at, at most. */
const releasesAtMost = 8;

/**
 * A lower bound on the makespan: no job ends before it could alone, and from any release on, the work that arrives then or later, with the
 * least setups, fits into the machines' working time. Work is shared out among unlike machines in fractions at the best prices of their
 * time: Σ_j min_i price_i · p_ij ≤ Σ_i price_i · time_i (dual of the assignment programme, prices by a multiplicative subgradient).
 * Ends early with what it has where `goOn`, asked before each round of prices, tells that there is no time for another.
 */
export function workingLoadBound(work: ParallelWork, upper: number, goOn: () => boolean): number {
  let bound = 0;
  for (let job = 0; job < work.jobs; job++) bound = Math.max(bound, earliestEnd(work, job));
  const releases = [...new Set(work.release)].sort((a, b) => a - b);
  const every = Math.max(1, Math.ceil(releases.length / releasesAtMost));
  const setups = leastSetups(work);
  for (let k = 0; k < releases.length && bound < upper && goOn(); k += every) bound = Math.max(bound, loadBound(work, setups, releases[k] ?? 0, bound, upper, goOn));
  return bound;
}

/** When a job would end at the earliest if it were alone. */
export function earliestEnd(work: ParallelWork, job: number): number {
  const locked = work.lockedStart[job] ?? -1;
  const ready = locked >= 0 ? locked : (work.release[job] ?? 0);
  let earliest = Infinity;
  for (let k = work.eligibleStart[job] ?? 0; k < (work.eligibleStart[job + 1] ?? 0); k++) {
    const machine = work.eligible[k] ?? 0;
    const ticks = work.duration[machine * work.jobs + job] ?? Infinity;
    earliest = Math.min(earliest, work.clocks[machine]?.endAfter(ready, ticks) ?? ready + ticks);
  }
  return earliest === Infinity ? 0 : earliest;
}

function loadBound(work: ParallelWork, setups: Float64Array, from: number, lower: number, upper: number, goOn: () => boolean): number {
  const { jobs, machines, duration } = work;
  const arriving = Array.from({ length: jobs }, (_, job) => job).filter((job) => (work.release[job] ?? 0) >= from);
  const before = Float64Array.from(work.clocks, (clock) => clock?.workBefore(from) ?? from);
  // The first of these jobs may have its setup before `from`.
  const spare = new Float64Array(machines);
  for (const job of arriving) {
    for (let machine = 0; machine < machines; machine++) {
      if (work.initial[machine] === undefined || from > 0) spare[machine] = Math.max(spare[machine] ?? 0, setups[machine * jobs + job] ?? 0);
    }
  }
  const timeAt = (machine: number, makespan: number): number =>
    Math.max(0, (work.clocks[machine]?.workBefore(makespan) ?? makespan) - (before[machine] ?? 0)) + (spare[machine] ?? 0);
  const price = new Float64Array(machines).fill(1 / machines);
  const load = new Float64Array(machines);
  let bound = lower;
  for (let round = 0; round < iterations && bound < upper && (round === 0 || goOn()); round++) {
    load.fill(0);
    let needed = 0;
    for (const job of arriving) {
      let least = Infinity;
      let chosen = 0;
      for (let machine = 0; machine < machines; machine++) {
        const ticks = (price[machine] ?? 0) * ((duration[machine * jobs + job] ?? Infinity) + (setups[machine * jobs + job] ?? 0));
        if (ticks < least) {
          least = ticks;
          chosen = machine;
        }
      }
      if (least === Infinity) continue;
      needed += least;
      load[chosen] = (load[chosen] ?? 0) + (duration[chosen * jobs + job] ?? 0) + (setups[chosen * jobs + job] ?? 0);
    }
    bound = leastMakespan(price, timeAt, needed * (1 - 1e-9), bound, upper);
    changePrices(price, load, (machine) => timeAt(machine, bound), 0.5 / (1 + 0.1 * round));
  }
  return bound;
}

/** The least makespan from `lower` to `upper` at which the priced time reaches what is needed. */
function leastMakespan(price: Float64Array, timeAt: (machine: number, makespan: number) => number, needed: number, lower: number, upper: number): number {
  let low = lower;
  let high = upper;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const time = price.reduce((sum, each, machine) => sum + each * timeAt(machine, middle), 0);
    if (time < needed) low = middle + 1;
    else high = middle;
  }
  return low;
}

function changePrices(price: Float64Array, load: Float64Array, timeOf: (machine: number) => number, step: number): void {
  let total = 0;
  for (let machine = 0; machine < price.length; machine++) {
    const time = Math.max(1, timeOf(machine));
    const over = Math.max(-1, Math.min(1, ((load[machine] ?? 0) - time) / time));
    price[machine] = Math.max(1e-9, (price[machine] ?? 0) * Math.exp(step * over));
    total += price[machine] ?? 0;
  }
  for (let machine = 0; machine < price.length; machine++) price[machine] = (price[machine] ?? 0) / total;
}
