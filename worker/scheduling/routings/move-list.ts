/** The moves of a neighbourhood with their estimated makespans, kept in flat arrays that are used again. */
export class MoveList {
  count = 0;
  /** The operation that moves, */
  operation = new Int32Array(256);
  /** to this machine, */
  machine = new Int32Array(256);
  /** right after this operation there; N for the machine's beginning. */
  before = new Int32Array(256);
  /** Estimated longest path through what the move touches. */
  estimate = new Int32Array(256);
  /** The last operation that it passes on its own machine, N where it comes from another machine. */
  passed = new Int32Array(256);

  add(operation: number, machine: number, before: number, passed: number, estimate: number): void {
    const i = this.count++;
    if (i === this.operation.length) this.#grow();
    this.operation[i] = operation;
    this.machine[i] = machine;
    this.before[i] = before;
    this.passed[i] = passed;
    this.estimate[i] = estimate;
  }

  /** Takes out move i; the last takes its place. */
  remove(i: number): void {
    const last = --this.count;
    for (const values of [this.operation, this.machine, this.before, this.passed, this.estimate]) values[i] = values[last] ?? 0;
  }

  #grow(): void {
    const size = 2 * this.operation.length;
    const longer = (values: Int32Array): Int32Array<ArrayBuffer> => {
      const copy = new Int32Array(size);
      copy.set(values);
      return copy;
    };
    this.operation = longer(this.operation);
    this.machine = longer(this.machine);
    this.before = longer(this.before);
    this.passed = longer(this.passed);
    this.estimate = longer(this.estimate);
  }
}
