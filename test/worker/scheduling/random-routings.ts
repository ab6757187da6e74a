import { type Calendar, type MachineSetups, type Objective, type Problem, makeProblem } from '../../../worker/scheduling/problem.ts';
import { RandomStream } from '../../../worker/scheduling/random-stream.ts';

/** What a random problem has besides operations and machines. */
export interface Features {
  readonly flexible?: boolean;
  readonly setups?: boolean;
  readonly releases?: boolean;
  readonly calendars?: boolean;
  readonly objective?: Objective;
}

/** A tiny problem of two or three orders, the first of more than one operation, and up to six operations on two or three machines, repeatable by seed. */
export function randomRoutings(seed: number, features: Features): Problem {
  const random = new RandomStream(seed);
  const between = (low: number, high: number): number => low + random.below(high - low + 1);
  const machineCount = between(2, 3);
  const orders = between(2, 3);
  const orderStart = [0];
  for (let j = 0; j < orders; j++) orderStart.push((orderStart[j] ?? 0) + between(j === 0 ? 2 : 1, 6 / orders));
  const operations = orderStart[orders] ?? 0;
  const alternativeStart = [0];
  const machines: number[] = [];
  const durations: number[] = [];
  for (let o = 0; o < operations; o++) {
    const first = random.below(machineCount);
    machines.push(first);
    durations.push(between(1, 9));
    if (features.flexible === true && random.unit() < 0.6) {
      machines.push((first + 1) % machineCount);
      durations.push(between(1, 9));
    }
    alternativeStart.push(machines.length);
  }
  const familyCount = features.setups === true ? 3 : 0;
  const setupsOf = (): MachineSetups | undefined => {
    if (features.setups !== true || random.unit() < 0.2) return undefined;
    const between9 = Float64Array.from({ length: 9 }, () => random.below(5));
    return random.unit() < 0.5 ? { between: between9 } : { between: between9, initial: Float64Array.from({ length: 3 }, () => random.below(4)) };
  };
  const everyOrder = (value: () => number): Float64Array => Float64Array.from({ length: orders }, value);
  return makeProblem({
    objective: features.objective ?? 'makespan',
    machineCount,
    orderStart: Int32Array.from(orderStart),
    alternativeStart: Int32Array.from(alternativeStart),
    alternativeMachine: Int32Array.from(machines),
    alternativeDuration: Float64Array.from(durations),
    release: everyOrder(() => (features.releases === true ? random.below(12) : 0)),
    due: everyOrder(() => (random.unit() < 0.8 ? between(3, 20) : Infinity)),
    weight: everyOrder(() => between(1, 5)),
    familyCount,
    setupFamily: Int32Array.from({ length: operations }, () => (familyCount > 0 ? random.below(familyCount) : 0)),
    setups: Array.from({ length: machineCount }, setupsOf),
    calendars: Array.from({ length: machineCount }, () => (features.calendars === true && random.unit() < 0.8 ? randomCalendar(random) : undefined)),
  });
}

/** Windows with breaks, once or periodic, pausing or with a window long enough for any operation. */
export function randomCalendar(random: RandomStream): Calendar {
  const starts: number[] = [];
  const ends: number[] = [];
  let time = random.below(4);
  for (let i = 0; i < 3; i++) {
    starts.push(time);
    time += 2 + random.below(9);
    ends.push(time);
    time += 1 + random.below(4);
  }
  const pausing = random.unit() < 0.5;
  if (!pausing) {
    // The longest operation must fit somewhere.
    ends[2] = (starts[2] ?? 0) + 10;
    time = ends[2] + 2;
  }
  const isPeriodic = random.unit() < 0.5;
  if (!isPeriodic) ends[2] = Infinity;
  const repeatFrom = isPeriodic ? (starts[random.below(3)] ?? 0) : 0;
  return { starts: Float64Array.from(starts), ends: Float64Array.from(ends), repeatFrom, period: isPeriodic ? time - repeatFrom : Infinity, pausing };
}
