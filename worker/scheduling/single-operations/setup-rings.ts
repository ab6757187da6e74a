import { type MachineSequences } from '../problem.ts';
import { type ParallelWork, setupTicks } from './parallel-work.ts';

/**
 * The sequences of machines as rings of jobs, so that a job is taken out and put in at any place in O(1), with the load that each machine has
 * from durations and setups. Nodes are the jobs, then the head of each machine's ring.
 */
export class SetupRings {
  readonly next: Int32Array;
  readonly previous: Int32Array;
  readonly machineOf: Int32Array;
  readonly load: Float64Array;
  /** Where `bestPlace` would put the job: behind this node. */
  place = 0;
  readonly #work: ParallelWork;
  readonly #jobs: number;
  /** Setups of machine i from a to b at (i · (jobs + 1) + a) · (jobs + 1) + b, where `jobs` stands for the begin as a and for the end as b. */
  readonly #setup: Float64Array;

  constructor(work: ParallelWork) {
    const { jobs, machines } = work;
    this.#work = work;
    this.#jobs = jobs;
    this.#setup = setupsWithEnds(work);
    this.next = new Int32Array(jobs + machines);
    this.previous = new Int32Array(jobs + machines);
    this.machineOf = new Int32Array(jobs + machines);
    this.load = new Float64Array(machines);
  }

  /** Takes over all sequences. */
  take(sequences: MachineSequences): void {
    for (const [machine, sequence] of sequences.entries()) {
      const head = this.#jobs + machine;
      this.machineOf[head] = machine;
      let before = head;
      let load = 0;
      for (const job of sequence) {
        this.link(before, job);
        load += this.between(machine, before, job) + this.durationOn(machine, job);
        this.machineOf[job] = machine;
        before = job;
      }
      this.link(before, head);
      this.load[machine] = load;
    }
  }

  /** The sequences as they stand. */
  sequences(): MachineSequences {
    return Array.from(this.load, (_, machine) => {
      const sequence: number[] = [];
      for (let job = this.next[this.#jobs + machine] ?? 0; job < this.#jobs; job = this.next[job] ?? 0) sequence.push(job);
      return Int32Array.from(sequence);
    });
  }

  makespan(): number {
    let latest = 0;
    for (let machine = 0; machine < this.load.length; machine++) latest = Math.max(latest, this.load[machine] ?? 0);
    return latest;
  }

  durationOn(machine: number, job: number): number {
    return this.#work.duration[machine * this.#jobs + job] ?? Infinity;
  }

  /** Setup ticks on a machine between two nodes. */
  between(machine: number, a: number, b: number): number {
    const jobs = this.#jobs;
    const side = jobs + 1;
    return this.#setup[(machine * side + (a < jobs ? a : jobs)) * side + (b < jobs ? b : jobs)] ?? 0;
  }

  link(a: number, b: number): void {
    this.next[a] = b;
    this.previous[b] = a;
  }

  /** Takes a job out of its machine's ring; gives the change of the setups. */
  takeOut(job: number, machine: number): number {
    const before = this.previous[job] ?? 0;
    const after = this.next[job] ?? 0;
    this.link(before, after);
    return this.between(machine, before, after) - this.between(machine, before, job) - this.between(machine, job, after);
  }

  /** Moves the jobs from `first` to `last` to the best other place of their machine where `accepts` takes the change of the setups; tells whether it did. */
  moveSegment(first: number, last: number, machine: number, accepts: (change: number) => boolean): boolean {
    const { next } = this;
    const before = this.previous[first] ?? 0;
    const after = next[last] ?? 0;
    this.link(before, after);
    const saved = this.between(machine, before, after) - this.between(machine, before, first) - this.between(machine, last, after);
    let least = Infinity;
    let place = before;
    for (let a = after; a !== before; a = next[a] ?? 0) {
      const b = next[a] ?? 0;
      const change = this.between(machine, a, first) + this.between(machine, last, b) - this.between(machine, a, b);
      if (change >= least) continue;
      least = change;
      place = a;
    }
    const accepted = accepts(saved + least);
    if (!accepted) place = before;
    this.link(last, next[place] ?? 0);
    this.link(place, first);
    return accepted;
  }

  putBehind(place: number, job: number): void {
    const after = this.next[place] ?? 0;
    this.link(place, job);
    this.link(job, after);
  }

  /** The least change of setups by a job put on a machine; `place` is what it comes behind. */
  bestPlace(machine: number, job: number): number {
    const jobs = this.#jobs;
    const side = jobs + 1;
    const setup = this.#setup;
    const next = this.next;
    const base = machine * side;
    const head = jobs + machine;
    const row = (base + job) * side;
    let place = head;
    let least = Infinity;
    let a = head;
    let from = jobs;
    do {
      const b = next[a] ?? 0;
      const to = b < jobs ? b : jobs;
      const start = (base + from) * side;
      const change = (setup[start + job] ?? 0) + (setup[row + to] ?? 0) - (setup[start + to] ?? 0);
      if (change < least) {
        least = change;
        place = a;
      }
      a = b;
      from = to;
    } while (a !== head);
    this.place = place;
    return least;
  }
}

function setupsWithEnds(work: ParallelWork): Float64Array {
  const side = work.jobs + 1;
  const setup = new Float64Array(work.machines * side * side);
  for (let machine = 0; machine < work.machines; machine++) {
    for (let a = 0; a < side; a++) {
      for (let b = 0; b < work.jobs; b++) setup[(machine * side + a) * side + b] = setupTicks(work, machine, a === work.jobs ? -1 : a, b);
    }
  }
  return setup;
}
