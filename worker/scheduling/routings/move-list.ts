/** The moves of a neighbourhood with their estimated makespans, kept in flat arrays that are used again. */
export class MoveList {
  count = 0;
  /** Estimate and price of the best move to be made so far; those above are of no use. */
  least = Infinity;
  /** The operation that moves, */
  operation = new Int32Array(256);
  /** to this machine, */
  machine = new Int32Array(256);
  /** right after this operation there; N for the machine's beginning. */
  before = new Int32Array(256);
  /** Estimated longest path through what the move touches. */
  estimate = new Int32Array(256);
  /** What is added to the estimate where moves are compared, in ticks. */
  price = new Float64Array(256);
  /** The last operation that it passes on its own machine, N where it comes from another machine. */
  passed = new Int32Array(256);
  /** The operation that comes to its place in exchange, -1 where none does. */
  partner = new Int32Array(256);

  add(operation: number, machine: number, before: number, passed: number, estimate: number, price = 0, partner = -1): void {
    const i = this.count++;
    if (i === this.operation.length) this.#grow();
    this.operation[i] = operation;
    this.machine[i] = machine;
    this.before[i] = before;
    this.passed[i] = passed;
    this.estimate[i] = estimate;
    this.price[i] = price;
    this.partner[i] = partner;
  }

  /** Takes out move i; the last takes its place. */
  remove(i: number): void {
    const last = --this.count;
    for (const values of [this.operation, this.machine, this.before, this.passed, this.estimate, this.price, this.partner]) values[i] = values[last] ?? 0;
  }

  #grow(): void {
    this.operation = twice(this.operation);
    this.machine = twice(this.machine);
    this.before = twice(this.before);
    this.passed = twice(this.passed);
    this.partner = twice(this.partner);
    this.estimate = twice(this.estimate);
    const price = new Float64Array(2 * this.price.length);
    price.set(this.price);
    this.price = price;
  }
}

function twice(values: Int32Array): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(2 * values.length);
  longer.set(values);
  return longer;
}
