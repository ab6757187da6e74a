/**
 * What stretches of a machine's sequence cost when all their jobs end later, or earlier, by one shift. Late is then who has less slack than the shift: sums of weight and
 * of weight · slack, kept by place and by rank of slack, give the cost in O(log jobs).
 */
export class ShiftCosts {
  /** By job. */
  readonly #due: Float64Array;
  readonly #weightOf: Float64Array;
  readonly #jobs: number;
  readonly #width: number;
  /** By place: the cost of all jobs before it. */
  readonly #costBefore: Float64Array;
  /** By rank, the least slack first: slack and place; and by place the rank. */
  readonly #slack: Float64Array;
  readonly #placeOf: Int32Array;
  readonly #rankOf: Int32Array;
  /** At place · width + m: Σ weight, and Σ weight · slack, of the jobs from the place on that are among the m with the least slack. */
  readonly #weight: Float64Array;
  readonly #weightedSlack: Float64Array;
  /** By place: Σ weight of the jobs from there on that are late without a shift. */
  readonly #lateWeight: Float64Array;

  constructor(due: Float64Array, weight: Float64Array) {
    const jobs = due.length;
    this.#due = due;
    this.#weightOf = weight;
    this.#jobs = jobs;
    this.#width = jobs + 1;
    this.#costBefore = new Float64Array(jobs + 1);
    this.#lateWeight = new Float64Array(jobs + 1);
    this.#slack = new Float64Array(jobs);
    this.#placeOf = new Int32Array(jobs);
    this.#rankOf = new Int32Array(jobs);
    this.#weight = new Float64Array(this.#width * this.#width);
    this.#weightedSlack = new Float64Array(this.#width * this.#width);
  }

  /** Takes over a sequence of all jobs with their ends by place. */
  load(sequence: Int32Array, end: Float64Array): void {
    for (let place = 0; place < this.#jobs; place++) {
      const job = sequence[place] ?? 0;
      const slack = (this.#due[job] ?? 0) - (end[place] ?? 0);
      this.#costBefore[place + 1] = (this.#costBefore[place] ?? 0) + (slack < 0 ? -slack * (this.#weightOf[job] ?? 0) : 0);
      this.#rank(place, slack);
    }
    for (let rank = 0; rank < this.#jobs; rank++) this.#rankOf[this.#placeOf[rank] ?? 0] = rank;
    for (let place = this.#jobs - 1; place >= 0; place--) this.#sum(place, sequence[place] ?? 0);
    const late = this.#lateWith(0);
    for (let place = 0; place <= this.#jobs; place++) this.#lateWeight[place] = this.#weight[place * this.#width + late] ?? 0;
  }

  /** Cost of the jobs at `from` to `to` - 1 as they are. */
  costAsIs(from: number, to: number): number {
    return (this.#costBefore[to] ?? 0) - (this.#costBefore[from] ?? 0);
  }

  /** What they cost more when they end `shift` later. */
  change(from: number, to: number, shift: number): number {
    if (shift === 0 || from === to) return 0;
    const late = this.#lateWith(shift);
    const first = from * this.#width + late;
    const end = to * this.#width + late;
    const cost = shift * ((this.#weight[first] ?? 0) - (this.#weight[end] ?? 0)) - ((this.#weightedSlack[first] ?? 0) - (this.#weightedSlack[end] ?? 0));
    return cost - this.costAsIs(from, to);
  }

  /** A lower bound of `change`, in O(1): the tangent of a convex function. */
  leastChange(from: number, to: number, shift: number): number {
    return shift * ((this.#lateWeight[from] ?? 0) - (this.#lateWeight[to] ?? 0));
  }

  /** The number of jobs that are late when all end `shift` later. */
  #lateWith(shift: number): number {
    let low = 0;
    let high = this.#jobs;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#slack[middle] ?? 0) < shift) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Puts the job at a place among those before it by its slack. */
  #rank(place: number, slack: number): void {
    let rank = place;
    for (; rank > 0 && (this.#slack[rank - 1] ?? 0) > slack; rank--) {
      this.#slack[rank] = this.#slack[rank - 1] ?? 0;
      this.#placeOf[rank] = this.#placeOf[rank - 1] ?? 0;
    }
    this.#slack[rank] = slack;
    this.#placeOf[rank] = place;
  }

  /** Fills a place's row of sums from the row of the place behind it. */
  #sum(place: number, job: number): void {
    const weights = this.#weight;
    const weightedSlacks = this.#weightedSlack;
    const row = place * this.#width;
    const behind = row + this.#width;
    const rank = this.#rankOf[place] ?? 0;
    const slack = this.#slack[rank] ?? 0;
    // Without a due date never late; 0 · Infinity would be no number.
    const weight = slack === Infinity ? 0 : (this.#weightOf[job] ?? 0);
    const weightedSlack = slack === Infinity ? 0 : weight * slack;
    for (let m = 0; m <= rank; m++) {
      weights[row + m] = weights[behind + m] ?? 0;
      weightedSlacks[row + m] = weightedSlacks[behind + m] ?? 0;
    }
    for (let m = rank + 1; m <= this.#jobs; m++) {
      weights[row + m] = (weights[behind + m] ?? 0) + weight;
      weightedSlacks[row + m] = (weightedSlacks[behind + m] ?? 0) + weightedSlack;
    }
  }
}
