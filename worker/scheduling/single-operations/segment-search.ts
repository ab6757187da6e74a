import { type EngineOptions, type MachineSequences, type Solution } from '../problem.ts';
import { RandomStream } from '../random-stream.ts';
import { MachineLine } from './machine-line.ts';
import { type ParallelWork } from './parallel-work.ts';
import { betterSchedule, scheduleOfSequences } from './schedule-of-sequences.ts';
import { SearchBudget } from './search-budget.ts';
import { SegmentMoves } from './segment-moves.ts';

/** The temperature falls from `hottest` to `coldest` times the best cost so far. */
const hottest = 0.02;
const coldest = 0.0005;

/** What the machine's end counts against cost: much less, but it leads where the cost is flat. */
const endShare = 1e-4;

/** A perturbation lets two neighbouring segments of up to this many jobs together change places. */
const reach = 40;

/** Families that occur, to a job, from which on setups are by and large between jobs; with few families annealing and ruining come as far. */
const leastFamilies = 0.5;

/** Jobs up to which there are enough descents in ten seconds. */
const mostJobs = 200;

/** True for total weighted tardiness on one machine with setups that differ from job to job, and without releases, calendars and locked starts. */
export function canSearchSegments(work: ParallelWork): boolean {
  return work.machines === 1 && work.problem.objective === 'tardiness' && work.jobs <= mostJobs && work.between[0] !== undefined &&
    new Set(work.family).size > leastFamilies * work.jobs && work.release.every((release) => release === 0) &&
    work.clocks[0] === undefined && work.lockedStart.every((start) => start < 0);
}

/**
 * Iterated local search over exchanges of segments for what `canSearchSegments` tells: goes to a local optimum, accepts it as in annealing, and lets two segments change places
 * at random (block insertions: Subramanian, Battarra & Potts 2014; Xu, Lü & Cheng 2014). An iteration is one move tried, or one job.
 */
export function segmentSearch(work: ParallelWork, start: MachineSequences, options: EngineOptions): Solution {
  return new SegmentSearch(work, start, options).run();
}

class SegmentSearch {
  readonly #work: ParallelWork;
  readonly #options: EngineOptions;
  readonly #budget: SearchBudget;
  readonly #random: RandomStream;
  readonly #line: MachineLine;
  readonly #moves: SegmentMoves;
  #best: Solution;

  constructor(work: ParallelWork, start: MachineSequences, options: EngineOptions) {
    this.#work = work;
    this.#options = options;
    this.#budget = new SearchBudget(options);
    this.#random = new RandomStream(options.seed);
    this.#line = new MachineLine(work, start[0] ?? new Int32Array());
    this.#moves = new SegmentMoves(this.#line);
    this.#best = scheduleOfSequences(work, start);
    options.onImproved?.(this.#best);
  }

  run(): Solution {
    const line = this.#line;
    let accepted = line.sequence();
    let acceptedEnergy = Infinity;
    while (this.#best.objective > (this.#options.lowerBound ?? 0) && this.#budget.look()) {
      this.#moves.endFactor = (endShare * this.#best.objective) / this.#best.makespan;
      this.#descend();
      if (line.cost <= this.#best.objective) this.#best = betterSchedule(this.#work, [line.sequence()], this.#best, this.#options.onImproved);
      const energy = line.cost + this.#moves.endFactor * line.endBefore(line.length);
      const temperature = hottest * this.#best.objective * (coldest / hottest) ** this.#budget.used;
      if (energy <= acceptedEnergy - temperature * Math.log(1 - this.#random.unit())) {
        acceptedEnergy = energy;
        accepted = line.sequence();
      } else {
        line.load(accepted);
      }
      if (line.length > 1) this.#perturb();
    }
    return this.#best;
  }

  /** Goes to a sequence that no move makes better, carrying out the best from each place as it comes. */
  #descend(): void {
    const moves = this.#moves;
    const { length } = this.#line;
    let place = this.#random.below(length);
    for (let without = 0; without < length; without++) {
      // What ends the machine no tick earlier at the same cost is a rounding error.
      moves.begin(-moves.endFactor / 2);
      moves.tryFrom(place);
      if (moves.found) {
        this.#line.exchange(moves.from, moves.to, moves.otherFrom, moves.otherTo);
        without = -1;
      }
      if (!this.#budget.spend(1 + moves.tried)) return;
      place = (place + 1) % length;
    }
  }

  /** Two neighbouring segments at random change places. */
  #perturb(): void {
    const { length } = this.#line;
    const from = this.#random.below(length - 1);
    const to = Math.min(length, from + 2 + this.#random.below(reach));
    const cut = from + 1 + this.#random.below(to - from - 1);
    this.#line.exchange(from, cut, cut, to);
  }
}
