import { RandomStream } from '../random-stream.ts';
import { type ParallelWork } from './parallel-work.ts';
import { type SearchBudget } from './search-budget.ts';

const stepsBetweenLooks = 1024;

/** The temperature falls from `hottest` to `coldest` times the mean load that a job makes. */
const hottest = 0.3;
const coldest = 0.01;

/** What the annealing starts from and looks at. */
export interface AssignmentSearch {
  readonly work: ParallelWork;
  /** Per job. */
  readonly machine: Int32Array;
  /** Per machine · jobs + job: 1 where the job may be there. */
  readonly open: Uint8Array;
  readonly lowerBound: number;
  readonly seed: number;
  readonly budget: SearchBudget;
  /** Shares of the budget between which the temperature falls. */
  readonly begin: number;
  readonly end: number;
  /** Called with each better assignment; the array is used on. */
  readonly onImproved: (machine: Int32Array, makespan: number) => void;
}

/** Simulated annealing of an assignment of jobs to unrelated machines: a job goes to another machine or two change places; the energy is Σ (load / best)^8. */
export function annealAssignment({ work, machine, open, lowerBound, seed, budget, begin, end, onImproved }: AssignmentSearch): void {
  const { jobs, machines, duration } = work;
  const random = new RandomStream(seed);
  const exponential = Float64Array.from({ length: 4096 }, (_, i) => -Math.log((i + 0.5) / 4096));
  const load = new Float64Array(machines);
  for (let job = 0; job < jobs; job++) load[machine[job] ?? 0] = (load[machine[job] ?? 0] ?? 0) + (duration[(machine[job] ?? 0) * jobs + job] ?? 0);
  const { list, start } = openMachines(open, jobs, machines);
  let best = load.reduce((most, sum) => Math.max(most, sum), 0);
  const scale = load.reduce((sum, ticks) => sum + ticks, 0) / Math.max(1, jobs);
  let temperature = hottest * scale;
  const energy = (sum: number): number => {
    const ratio = sum / best;
    const fourth = ratio * ratio * ratio * ratio;
    return (fourth * fourth * best) / 8;
  };
  for (let step = 0; best > lowerBound; step++) {
    if (step % stepsBetweenLooks === 0) {
      const { used } = budget;
      if (used >= end || !budget.spend(stepsBetweenLooks)) return;
      temperature = hottest * scale * (coldest / hottest) ** Math.max(0, (used - begin) / (end - begin));
    }
    const job = random.below(jobs);
    const from = machine[job] ?? 0;
    const first = start[job] ?? 0;
    const count = (start[job + 1] ?? 0) - first;
    if (count === 0) continue;
    const to = list[first + random.below(count)] ?? 0;
    if (to === from) continue;
    const partner = random.next() % 3 === 0 ? -1 : random.below(jobs);
    if (partner >= 0 && (machine[partner] !== to || open[from * jobs + partner] === 0)) continue;
    const loadFrom = load[from] ?? 0;
    const loadTo = load[to] ?? 0;
    const newFrom = loadFrom - (duration[from * jobs + job] ?? 0) + (partner < 0 ? 0 : (duration[from * jobs + partner] ?? 0));
    const newTo = loadTo + (duration[to * jobs + job] ?? 0) - (partner < 0 ? 0 : (duration[to * jobs + partner] ?? 0));
    const change = energy(newFrom) + energy(newTo) - energy(loadFrom) - energy(loadTo);
    if (change > 0 && change > temperature * (exponential[random.next() & 4095] ?? 0)) continue;
    load[from] = newFrom;
    load[to] = newTo;
    machine[job] = to;
    if (partner >= 0) machine[partner] = from;
    if (newFrom >= best || newTo >= best || (loadFrom < best && loadTo < best && step % 64 !== 0)) continue;
    let most = 0;
    for (let i = 0; i < machines; i++) most = Math.max(most, load[i] ?? 0);
    if (most >= best) continue;
    best = most;
    onImproved(machine, best);
  }
}

function openMachines(open: Uint8Array, jobs: number, machines: number): { list: Int32Array; start: Int32Array } {
  const list: number[] = [];
  const start = new Int32Array(jobs + 1);
  for (let job = 0; job < jobs; job++) {
    for (let machine = 0; machine < machines; machine++) if (open[machine * jobs + job] === 1) list.push(machine);
    start[job + 1] = list.length;
  }
  return { list: Int32Array.from(list), start };
}
