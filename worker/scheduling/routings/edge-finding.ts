/** Operations of one machine as flat arrays that are used again: `count` of them with release, duration and deadline. */
export interface MachineWindow {
  count: number;
  readonly operation: Int32Array;
  readonly release: Float64Array;
  readonly duration: Float64Array;
  readonly deadline: Float64Array;
  /** What edge finding proves: no start is before it. */
  readonly earliest: Float64Array;
  /** Room to work in. */
  readonly reached: Float64Array;
}

/** A window for so many operations at most. */
export function machineWindow(size: number): MachineWindow {
  const ticks = (): Float64Array => new Float64Array(size);
  return { count: 0, operation: new Int32Array(size), release: ticks(), duration: ticks(), deadline: ticks(), earliest: ticks(), reached: ticks() };
}

/**
 * Edge finding on one machine (Carlier and Pinson, 1989, doi:10.1287/mnsc.35.2.164, in the O(n²) form of Baptiste, Le Pape and Nuijten, 2001): raises `earliest` of each operation
 * that must follow a set of others, since with it in front or between they could not meet their deadlines. Operations must stand in the order of
 * their releases. False where even without it some set cannot meet its deadlines: this includes Jackson's preemptive bound.
 */
export function findEdges({ count, release, duration, deadline, earliest, reached }: MachineWindow): boolean {
  for (let i = 0; i < count; i++) earliest[i] = release[i] ?? 0;
  for (let k = 0; k < count; k++) {
    const limit = deadline[k] ?? 0;
    let work = 0;
    let latest = -Infinity;
    for (let i = count - 1; i >= 0; i--) {
      if ((deadline[i] ?? 0) <= limit) {
        work += duration[i] ?? 0;
        latest = Math.max(latest, (release[i] ?? 0) + work);
        if (latest > limit) return false;
      }
      reached[i] = latest;
    }
    let before = -Infinity;
    for (let i = 0; i < count; i++) {
      const own = duration[i] ?? 0;
      if ((deadline[i] ?? 0) <= limit) {
        before = Math.max(before, (release[i] ?? 0) + work);
        work -= own;
        continue;
      }
      if ((release[i] ?? 0) + work + own > limit) earliest[i] = Math.max(earliest[i] ?? 0, reached[i] ?? 0);
      if (before + own > limit) earliest[i] = Math.max(earliest[i] ?? 0, latest);
    }
  }
  return true;
}
