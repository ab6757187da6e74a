import { type EngineOptions, type Problem, type Solution } from '../problem.ts';
import { RandomStream } from '../random-stream.ts';
import { bestDispatch } from './best-dispatch.ts';
import { type ParallelWork, parallelWork } from './parallel-work.ts';
import { scheduleOfSequences, sequencesOf } from './schedule-of-sequences.ts';
import { SearchBudget } from './search-budget.ts';

/** Perturbations from one local optimum before the search goes back to the best. */
const walk = 8;

/** True for one machine without setups, releases, calendars and locked starts, and total weighted tardiness or completion. */
export function isOneMachineTardiness(work: ParallelWork): boolean {
  const { problem } = work;
  return work.machines === 1 && (problem.objective === 'tardiness' || problem.objective === 'finish') && work.familyCount === 0 &&
    work.between.every((between) => between === undefined) && work.release.every((release) => release === 0) &&
    work.clocks.every((clock) => clock === undefined) && work.lockedStart.every((start) => start < 0);
}

/**
 * Iterated dynasearch for one machine and total weighted tardiness: of all swaps and insertions the best set of independent ones is found by
 * dynamic programming and carried out at once, until none helps; then some jobs change places at random (Congram, Potts & van de
 * Velde 2002; insertions: Grosso, Della Croce & Tadei 2004). An iteration is one pass over the neighbourhood.
 */
export function dynasearch(problem: Problem, options: EngineOptions): Solution {
  const work = parallelWork(problem);
  return new Dynasearch(work, options).run();
}

class Dynasearch {
  readonly #work: ParallelWork;
  readonly #options: EngineOptions;
  readonly #budget: SearchBudget;
  readonly #random: RandomStream;
  readonly #jobs: number;
  readonly #ticks: Float64Array;
  readonly #due: Float64Array;
  /** The order that the search stands at, by position, with what its jobs need. */
  readonly #order: Int32Array;
  readonly #p: Float64Array;
  readonly #w: Float64Array;
  readonly #d: Float64Array;
  /** By position + 1: the end of the job there, and the weighted tardiness up to it. */
  readonly #end: Float64Array;
  readonly #late: Float64Array;
  /** The least change by independent moves within the first k positions, and the last of them: 0 none, 1 swap, 2 first to last, 3 last to first. */
  readonly #gain: Float64Array;
  readonly #kind: Uint8Array;
  readonly #from: Int32Array;

  constructor(work: ParallelWork, options: EngineOptions) {
    const { jobs } = work;
    this.#work = work;
    this.#options = options;
    this.#budget = new SearchBudget(options);
    this.#random = new RandomStream(options.seed);
    this.#jobs = jobs;
    this.#ticks = work.duration;
    this.#due = work.problem.objective === 'finish' ? new Float64Array(jobs) : work.due;
    this.#order = new Int32Array(jobs);
    this.#p = new Float64Array(jobs);
    this.#w = new Float64Array(jobs);
    this.#d = new Float64Array(jobs);
    this.#end = new Float64Array(jobs + 1);
    this.#late = new Float64Array(jobs + 1);
    this.#gain = new Float64Array(jobs + 1);
    this.#kind = new Uint8Array(jobs + 1);
    this.#from = new Int32Array(jobs + 1);
  }

  run(): Solution {
    const { incumbent } = this.#options;
    const [start = []] = incumbent === undefined ? bestDispatch(this.#work) : sequencesOf(this.#work, incumbent);
    this.#order.set(start);
    const best = this.#order.slice();
    let solution = scheduleOfSequences(this.#work, [best]);
    this.#options.onImproved?.(solution);
    let least = this.#measure();
    const bound = this.#options.lowerBound ?? 0;
    for (let round = 0; least > bound && this.#jobs > 1 && !this.#budget.ended; round++) {
      const found = this.#descend();
      if (found < least) {
        least = found;
        best.set(this.#order);
        solution = scheduleOfSequences(this.#work, [best]);
        this.#options.onImproved?.(solution);
        round = 0;
      } else if (round % walk === walk - 1) {
        this.#order.set(best);
      }
      this.#perturb();
    }
    return solution;
  }

  #perturb(): void {
    const swaps = 3 + this.#random.below(5);
    const reach = Math.max(2, Math.min(this.#jobs, 30));
    for (let i = 0; i < swaps; i++) {
      const a = this.#random.below(this.#jobs);
      const b = Math.max(0, Math.min(this.#jobs - 1, a + 1 + this.#random.below(reach) - (reach >> 1)));
      const job = this.#order[a] ?? 0;
      this.#order[a] = this.#order[b] ?? 0;
      this.#order[b] = job;
    }
  }

  /** Goes to a local optimum; gives its weighted tardiness. */
  #descend(): number {
    let total = this.#measure();
    while (this.#budget.spend()) {
      this.#findMoves();
      if ((this.#gain[this.#jobs] ?? 0) > -1e-9) return total;
      this.#carryOut();
      total = this.#measure();
    }
    return total;
  }

  #measure(): number {
    let end = 0;
    let late = 0;
    for (let k = 0; k < this.#jobs; k++) {
      const job = this.#order[k] ?? 0;
      const ticks = this.#ticks[job] ?? 0;
      const weight = this.#work.weight[job] ?? 0;
      const due = this.#due[job] ?? 0;
      this.#p[k] = ticks;
      this.#w[k] = weight;
      this.#d[k] = due;
      end += ticks;
      if (end > due) late += weight * (end - due);
      this.#end[k + 1] = end;
      this.#late[k + 1] = late;
    }
    return late;
  }

  #findMoves(): void {
    const gain = this.#gain;
    gain.fill(Infinity);
    gain[0] = 0;
    for (let i = 0; i < this.#jobs; i++) {
      // No move ends here: the job stays.
      const so_far = gain[i] ?? 0;
      if (so_far < (gain[i + 1] ?? 0)) this.#take(i + 1, so_far, 0, i);
      this.#movesFrom(i, so_far);
    }
  }

  #take(to: number, value: number, kind: number, from: number): void {
    this.#gain[to] = value;
    this.#kind[to] = kind;
    this.#from[to] = from;
  }

  /** All moves whose first position is i, with the last position j growing. */
  #movesFrom(i: number, base: number): void {
    const p = this.#p;
    const w = this.#w;
    const d = this.#d;
    const end = this.#end;
    const late = this.#late;
    const gain = this.#gain;
    const jobs = this.#jobs;
    const start = end[i] ?? 0;
    const pi = p[i] ?? 0;
    const wi = w[i] ?? 0;
    const di = d[i] ?? 0;
    const lateBefore = late[i] ?? 0;
    // Weighted tardiness of the jobs i + 1 … j when they run pi earlier.
    let earlier = 0;
    for (let j = i + 1; j < jobs; j++) {
      const ends = end[j + 1] ?? 0;
      const pj = p[j] ?? 0;
      const wj = w[j] ?? 0;
      const dj = d[j] ?? 0;
      const sumBefore = (late[j + 1] ?? 0) - lateBefore;
      const lateI = ends > di ? wi * (ends - di) : 0;
      const early = start + pj;
      const lateJ = early > dj ? wj * (early - dj) : 0;
      let best = (gain[j + 1] ?? 0) - base;

      // Job i behind j.
      const advanced = ends - pi - dj;
      const middle = earlier;
      if (advanced > 0) earlier += wj * advanced;
      const forward = earlier + lateI - sumBefore;
      if (forward < best && forward < 0) {
        best = forward;
        this.#take(j + 1, base + forward, 2, i);
      }
      if (best > 0) best = 0;

      // Job j before i: those between run pj later, and at least as late as they were.
      const staying = (late[j] ?? 0) - lateBefore;
      let change = lateJ + staying - sumBefore;
      if (change < best) {
        for (let k = i; k < j && change < best; k++) {
          const old = (end[k + 1] ?? 0) - (d[k] ?? 0);
          change += old > 0 ? (w[k] ?? 0) * pj : old + pj > 0 ? (w[k] ?? 0) * (old + pj) : 0;
        }
        if (change < best) {
          best = change;
          this.#take(j + 1, base + change, 3, i);
        }
      }

      // They change places: those between run pj - pi later.
      const shift = pj - pi;
      const between = (late[j] ?? 0) - (late[i + 1] ?? 0);
      if (shift >= 0) {
        let value = lateJ + lateI + between - sumBefore;
        for (let k = i + 1; k < j && value < best; k++) {
          const old = (end[k + 1] ?? 0) - (d[k] ?? 0);
          value += old > 0 ? (w[k] ?? 0) * shift : old + shift > 0 ? (w[k] ?? 0) * (old + shift) : 0;
        }
        if (value < best) this.#take(j + 1, base + value, 1, i);
      } else {
        // Not less than if they ran pi earlier.
        let value = lateJ + lateI - sumBefore;
        if (value + middle < best) {
          for (let k = i + 1; k < j && value < best; k++) {
            const moved = (end[k + 1] ?? 0) + shift - (d[k] ?? 0);
            if (moved > 0) value += (w[k] ?? 0) * moved;
          }
          if (value < best) this.#take(j + 1, base + value, 1, i);
        }
      }
    }
  }

  #carryOut(): void {
    const order = this.#order;
    for (let to = this.#jobs; to > 0; ) {
      const from = this.#from[to] ?? 0;
      const last = to - 1;
      const first = order[from] ?? 0;
      const end = order[last] ?? 0;
      switch (this.#kind[to]) {
        case 1:
          order[from] = end;
          order[last] = first;
          break;
        case 2:
          order.copyWithin(from, from + 1, to);
          order[last] = first;
          break;
        case 3:
          order.copyWithin(from + 1, from, last);
          order[from] = end;
          break;
        default:
      }
      to = from;
    }
  }
}
