/** Jobs, or operations, by their keys, the highest on top, of equals the one of the lowest rank; those that no longer wait drop out when they come to the top. */
export class PriorityHeap {
  readonly #keys: Float64Array;
  readonly #rank: Int32Array;
  readonly #waits: Uint8Array;
  readonly #jobs: number[] = [];

  constructor(keys: Float64Array, rank: Int32Array, waits: Uint8Array) {
    this.#keys = keys;
    this.#rank = rank;
    this.#waits = waits;
  }

  /** The job on top, after all that are taken have been dropped; -1 where none is left. */
  top(): number {
    for (;;) {
      const job = this.#jobs[0] ?? -1;
      if (job < 0 || this.#waits[job] === 1) return job;
      this.pop();
    }
  }

  push(job: number): void {
    const jobs = this.#jobs;
    let at = jobs.length;
    for (let parent = (at - 1) >> 1; at > 0 && this.#precedes(job, jobs[parent] ?? 0); parent = (at - 1) >> 1) {
      jobs[at] = jobs[parent] ?? 0;
      at = parent;
    }
    jobs[at] = job;
  }

  pop(): void {
    const jobs = this.#jobs;
    const moved = jobs.pop() ?? 0;
    const count = jobs.length;
    if (count === 0) return;
    let at = 0;
    for (let child = 1; child < count; child = 2 * at + 1) {
      if (child + 1 < count && this.#precedes(jobs[child + 1] ?? 0, jobs[child] ?? 0)) child++;
      if (!this.#precedes(jobs[child] ?? 0, moved)) break;
      jobs[at] = jobs[child] ?? 0;
      at = child;
    }
    jobs[at] = moved;
  }

  /** True where a job goes first of two of the same priority. */
  isBefore(job: number, other: number): boolean {
    return other < 0 || (this.#rank[job] ?? 0) < (this.#rank[other] ?? 0);
  }

  #precedes(job: number, other: number): boolean {
    const key = this.#keys[job] ?? 0;
    const otherKey = this.#keys[other] ?? 0;
    return key > otherKey || (key === otherKey && this.isBefore(job, other));
  }
}
