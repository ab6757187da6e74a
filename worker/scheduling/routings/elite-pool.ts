import { type Plan, copyOf, copyPlan } from './plan.ts';

/** Plans that agree in more than this share of their neighbours on machines count as the same. */
const sameShare = 0.95;

/** A few good plans that differ from each other. */
export class ElitePool {
  readonly plans: Plan[] = [];
  readonly #size: number;
  readonly #machines: number;

  constructor(size: number, machines: number) {
    this.#size = size;
    this.#machines = machines;
  }

  get isFull(): boolean {
    return this.plans.length === this.#size;
  }

  /** Takes a copy of a plan: in place of one that is like it and no better, else of the worst. False where it is no gain. */
  enter(plan: Plan): boolean {
    const neighbours = this.#neighbours(plan);
    const like = this.plans.find((other) => this.#agreement(neighbours, other) > sameShare);
    if (like === undefined && !this.isFull) {
      this.plans.push(copyOf(plan));
      return true;
    }
    const worst = this.plans.reduce((x, y) => (y.makespan > x.makespan ? y : x));
    const place = like ?? worst;
    if (plan.makespan > place.makespan || (like !== undefined && plan.makespan === like.makespan)) return false;
    const isGain = plan.makespan < place.makespan;
    copyPlan(plan, place);
    return isGain;
  }

  /** The operation before each on its machine, -1 - machine for the first. */
  #neighbours({ machine, sequence }: Plan): Int32Array {
    const before = new Int32Array(machine.length);
    const last = Int32Array.from({ length: this.#machines }, (_, k) => -1 - k);
    for (const o of sequence) {
      const k = machine[o] ?? 0;
      before[o] = last[k] ?? 0;
      last[k] = o;
    }
    return before;
  }

  #agreement(neighbours: Int32Array, other: Plan): number {
    const others = this.#neighbours(other);
    let same = 0;
    for (let o = 0; o < neighbours.length; o++) if (neighbours[o] === others[o]) same++;
    return same / neighbours.length;
  }
}
