import { type Calendar, type MachineSetups, type Objective, type Problem, makeProblem } from '../../../../worker/scheduling/problem.ts';
import { RandomStream } from '../../../../worker/scheduling/random-stream.ts';
import { WorkingTime } from '../../../../worker/scheduling/working-time.ts';

/** What a tiny problem is made of. */
export interface Features {
  readonly objective: Objective;
  readonly machines: 'identical' | 'unrelated' | 'some';
  readonly setups: boolean;
  readonly initial: boolean;
  readonly releases: boolean;
  readonly calendar: 'none' | 'pausing' | 'fitting';
  readonly locks: boolean;
}

/** Features one by one and all together, by what they are called. */
export const featureMixes: [string, Partial<Features>][] = [
  ['identical machines', { machines: 'identical' }],
  ['unrelated machines', {}],
  ['machines that not every job can use', { machines: 'some' }],
  ['setups', { setups: true }],
  ['setups before the first job', { setups: true, initial: true }],
  ['releases', { releases: true }],
  ['calendars with breaks', { calendar: 'pausing' }],
  ['calendars whose windows work must fit into', { calendar: 'fitting' }],
  ['locked jobs', { locks: true, releases: true }],
  ['everything, with breaks', { machines: 'some', setups: true, initial: true, releases: true, calendar: 'pausing', locks: true }],
  ['everything, with windows', { machines: 'some', setups: true, initial: true, releases: true, calendar: 'fitting', locks: true }],
];

/** A random problem of up to five single operations on up to three machines with just these features. */
export function tinyProblem(features: Features, seed: number): Problem {
  const random = new RandomStream(seed);
  const machineCount = 1 + random.below(3);
  const jobs = 1 + random.below(machineCount === 3 ? 4 : 5);
  const alternativeStart = [0];
  const alternativeMachine: number[] = [];
  const alternativeDuration: number[] = [];
  for (let job = 0; job < jobs; job++) {
    const ticks = random.below(10) === 0 && features.machines !== 'identical' ? 0 : 1 + random.below(9);
    const sure = random.below(machineCount);
    for (let machine = 0; machine < machineCount; machine++) {
      if (features.machines === 'some' && machine !== sure && random.below(2) === 0) continue;
      alternativeMachine.push(machine);
      alternativeDuration.push(features.machines === 'identical' ? ticks : ticks + random.below(4));
    }
    alternativeStart.push(alternativeMachine.length);
  }
  const familyCount = features.setups ? 1 + random.below(3) : 0;
  const lockedMachine = new Int32Array(jobs).fill(-1);
  const lockedStart = new Float64Array(jobs).fill(-1);
  const calendars = Array.from({ length: machineCount }, () => (features.calendar === 'none' || random.below(4) === 0 ? undefined : tinyCalendar(random, features.calendar === 'pausing')));
  if (features.locks) {
    lockedMachine[0] = alternativeMachine[0] ?? 0;
    const calendar = calendars[lockedMachine[0]];
    if (random.below(2) === 0 && calendar?.pausing !== false) {
      const start = 3 + random.below(8);
      lockedStart[0] = calendar === undefined ? start : new WorkingTime(calendar).start(start, 1);
    }
  }
  const release = Float64Array.from({ length: jobs }, () => (features.releases ? random.below(15) : 0));
  if ((lockedStart[0] ?? -1) >= 0) release[0] = 0;
  return makeProblem({
    objective: features.objective,
    machineCount,
    orderStart: Int32Array.from({ length: jobs + 1 }, (_, order) => order),
    alternativeStart: Int32Array.from(alternativeStart),
    alternativeMachine: Int32Array.from(alternativeMachine),
    alternativeDuration: Float64Array.from(alternativeDuration),
    release,
    due: Float64Array.from({ length: jobs }, () => (random.below(6) === 0 ? Infinity : random.below(25))),
    weight: Float64Array.from({ length: jobs }, () => random.below(5)),
    familyCount,
    setupFamily: Int32Array.from({ length: jobs }, () => (familyCount === 0 ? 0 : random.below(familyCount))),
    setups: Array.from({ length: machineCount }, () => (features.setups ? tinySetups(random, familyCount, features.initial) : undefined)),
    calendars,
    lockedMachine,
    lockedStart,
  });
}

function tinySetups(random: RandomStream, families: number, initial: boolean): MachineSetups {
  const between = Float64Array.from({ length: families * families }, () => random.below(5));
  return initial ? { between, initial: Float64Array.from({ length: families }, () => random.below(5)) } : { between };
}

/** Windows of at least 12 ticks, so that all work and setups fit into one. */
function tinyCalendar(random: RandomStream, pausing: boolean): Calendar {
  const start = random.below(6);
  const long = pausing ? 2 + random.below(6) : 13 + random.below(6);
  const breakTicks = 1 + random.below(7);
  return { starts: Float64Array.of(start), ends: Float64Array.of(start + long), repeatFrom: start, period: long + breakTicks, pausing };
}
