import { type MachineSequences } from '../problem.ts';
import { type ParallelWork } from './parallel-work.ts';
import { SequenceStep } from './sequence-step.ts';

const none = new Int32Array();

/**
 * The sequences of all machines with the end of each job and the cost up to it, kept while an engine changes them. A change puts a list of
 * jobs in the place of a stretch of a machine; it is evaluated from the first changed job on, until the ends are as before.
 */
export class MachinePlan {
  readonly work: ParallelWork;
  readonly machineOf: Int32Array;
  readonly positionOf: Int32Array;
  /** Per machine: the tick at which its last job ends, and the cost of its jobs. */
  readonly machineEnd: Float64Array;
  readonly machineCost: Float64Array;
  readonly lengths: Int32Array;
  /** Per job of the sequences: its end in the scale of its machine, the cost of the machine up to and with it, the job that ran last then, and the locked ones that had run. */
  readonly end: Float64Array;
  readonly cost: Float64Array;
  readonly last: Int32Array;
  readonly passed: Int32Array;
  readonly step: SequenceStep;
  /** The jobs that may change places. */
  readonly movable: readonly number[];
  /** What `evaluate` found for the machine as changed. */
  newEnd = 0;
  newCost = 0;
  readonly #sequences: Int32Array[];
  /** Per machine: 1 where a later start only moves all that follows. */
  readonly #shifts: Uint8Array;

  constructor(work: ParallelWork) {
    const { jobs, machines, problem } = work;
    this.work = work;
    this.machineOf = new Int32Array(jobs);
    this.positionOf = new Int32Array(jobs);
    this.machineEnd = new Float64Array(machines);
    this.machineCost = new Float64Array(machines);
    this.lengths = new Int32Array(machines);
    this.#sequences = Array.from({ length: machines }, () => new Int32Array(4));
    this.end = new Float64Array(jobs);
    this.cost = new Float64Array(jobs);
    this.last = new Int32Array(jobs);
    this.passed = new Int32Array(jobs);
    this.step = new SequenceStep(work);
    this.movable = [...work.lockedStart.keys()].filter((job) => this.step.countsSetups || (work.lockedStart[job] ?? -1) < 0);
    const timed = problem.objective === 'tardiness' || problem.objective === 'finish';
    const free = !timed && work.release.every((release) => release === 0) && work.lockedStart.every((start) => start < 0);
    this.#shifts = Uint8Array.from(work.clocks, (clock) => (free && clock === undefined ? 1 : 0));
  }

  /** Takes over all sequences. Jobs with a locked start stay in them where setups are counted, or where what follows would come out worse before them. */
  load(sequences: MachineSequences): void {
    this.lengths.fill(0);
    for (let machine = 0; machine < this.work.machines; machine++) this.#loadMachine(machine, sequences[machine] ?? none);
  }

  #loadMachine(machine: number, sequence: Int32Array): void {
    this.#setMachine(machine, sequence);
    if (this.step.countsSetups || !this.step.hasLocked(machine)) return;
    const end = this.machineEnd[machine] ?? 0;
    const cost = this.machineCost[machine] ?? 0;
    this.#setMachine(machine, sequence.filter((job) => (this.work.lockedStart[job] ?? -1) < 0));
    if ((this.machineEnd[machine] ?? 0) > end || (this.machineCost[machine] ?? 0) > cost) this.#setMachine(machine, sequence);
  }

  #setMachine(machine: number, sequence: Int32Array): void {
    this.replace(machine, 0, this.lengths[machine] ?? 0, sequence, 0, sequence.length);
  }

  /** Cost of all machines' jobs. */
  totalCost(): number {
    return this.machineCost.reduce((sum, cost) => sum + cost, 0);
  }

  /** Tick at which the last job of all ends. */
  latestEnd(): number {
    return this.machineEnd.reduce((latest, end) => Math.max(latest, end), 0);
  }

  /** The jobs of all machines, also the locked ones, in the order in which they run. */
  sequences(): MachineSequences {
    return this.#sequences.map((_, machine) => (this.step.hasLocked(machine) ? this.#runOrder(machine) : this.sequence(machine)));
  }

  /** The same jobs, each locked one where it runs. */
  #runOrder(machine: number): Int32Array {
    const locked = this.step.lockedOf(machine);
    const order: number[] = [];
    let passed = 0;
    for (const job of this.sequence(machine)) {
      while (passed < (this.passed[job] ?? 0)) order.push(locked[passed++] ?? 0);
      if ((this.work.lockedStart[job] ?? -1) < 0) order.push(job);
    }
    return Int32Array.from([...order, ...locked.subarray(passed)]);
  }

  /** A copy of a machine's sequence. */
  sequence(machine: number): Int32Array {
    return this.sequenceOf(machine).slice(0, this.lengths[machine]);
  }

  /** A machine's jobs as they stand, followed by what is not in use; valid until the next change. */
  sequenceOf(machine: number): Int32Array {
    return this.#sequences[machine] ?? none;
  }

  jobAt(machine: number, position: number): number {
    return this.#sequences[machine]?.[position] ?? 0;
  }

  /** The tick at which a job ends. */
  endOf(job: number): number {
    return this.step.timeOf(this.machineOf[job] ?? 0, this.end[job] ?? 0);
  }

  /**
   * What it costs more to have list[first] to list[first + count - 1] instead of the jobs at `from` to `to` - 1 of the machine; Infinity
   * where it cannot be, or where it is certain to cost more than `limit`. Sets `newEnd` and `newCost`.
   */
  evaluate(machine: number, from: number, to: number, list: Int32Array, first: number, count: number, limit: number): number {
    const sequence = this.#sequences[machine] ?? list;
    const length = this.lengths[machine] ?? 0;
    const oldCost = this.machineCost[machine] ?? 0;
    const step = this.step;
    this.#beginAt(machine, from);
    step.run(list, first, first + count);
    if (step.end === Infinity) return Infinity;
    const shifts = this.#shifts[machine] === 1;
    // A job that follows at once and only moves tells all.
    const settled = shifts ? to : step.run(sequence, to, length, this, limit);
    if (shifts && to < length) step.run(sequence, to, to + 1);
    if (step.end === Infinity) return Infinity;
    if (settled === length) {
      step.finish();
      if (step.end === Infinity) return Infinity;
      this.newEnd = step.timeOf(machine, step.end);
      this.newCost = step.cost;
      return step.cost - oldCost;
    }
    const job = sequence[settled] ?? 0;
    const oldEnd = this.end[job] ?? 0;
    if (step.end !== oldEnd && !shifts) return Infinity;
    this.newEnd = (this.machineEnd[machine] ?? 0) + step.end - oldEnd;
    this.newCost = oldCost + step.cost - (this.cost[job] ?? 0);
    return this.newCost - oldCost;
  }

  /** The most that a change from `position` on can save. */
  costFrom(machine: number, position: number): number {
    return (this.machineCost[machine] ?? 0) - (position === 0 ? 0 : (this.cost[this.jobAt(machine, position - 1)] ?? 0));
  }

  /** Puts list[first] to list[first + count - 1] in the place of the jobs at `from` to `to` - 1 of the machine. */
  replace(machine: number, from: number, to: number, list: Int32Array, first: number, count: number): void {
    const length = this.lengths[machine] ?? 0;
    const changed = length - to + from + count;
    const sequence = this.#withRoom(machine, changed);
    if (count !== to - from) sequence.copyWithin(from + count, to, length);
    for (let i = 0; i < count; i++) sequence[from + i] = list[first + i] ?? 0;
    this.lengths[machine] = changed;
    const step = this.step;
    this.#beginAt(machine, from);
    for (let position = from; position < changed; position++) {
      const job = sequence[position] ?? 0;
      step.run(sequence, position, position + 1);
      const isAsBefore = step.end === this.end[job] && step.cost === this.cost[job] && step.last === this.last[job] && step.passed === this.passed[job];
      if (position >= to && count === to - from && isAsBefore) return;
      this.end[job] = step.end;
      this.cost[job] = step.cost;
      this.last[job] = step.last;
      this.passed[job] = step.passed;
      this.machineOf[job] = machine;
      this.positionOf[job] = position;
    }
    step.finish();
    this.machineEnd[machine] = step.timeOf(machine, step.end);
    this.machineCost[machine] = step.cost;
  }

  #beginAt(machine: number, position: number): void {
    this.step.begin(machine, position > 0 ? this.jobAt(machine, position - 1) : -1, this);
  }

  #withRoom(machine: number, length: number): Int32Array {
    const sequence = this.#sequences[machine] ?? new Int32Array();
    if (length <= sequence.length) return sequence;
    const larger = new Int32Array(Math.max(length, 2 * sequence.length));
    larger.set(sequence);
    this.#sequences[machine] = larger;
    return larger;
  }
}
