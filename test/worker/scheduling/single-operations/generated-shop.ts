import { type Calendar, type Objective, type Problem, makeProblem } from '../../../../worker/scheduling/problem.ts';
import { RandomStream } from '../../../../worker/scheduling/random-stream.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Two shifts a day from 6 to 22 o'clock, Monday to Friday, for ever; a tick is a second. */
export function twoShiftCalendar(pausing: boolean): Calendar {
  const starts = [0, 1, 2, 3, 4].map((weekday) => weekday * day + 6 * hour);
  return { starts: Float64Array.from(starts), ends: Float64Array.from(starts, (start) => start + 16 * hour), repeatFrom: 0, period: 7 * day, pausing };
}

/** A machine shop: parts of three processes and four materials on machines of differing speed, with setups by material, releases, due dates and two-shift calendars. */
export function generatedShop(parts: number, machines: number, seed: number, objective: Objective = 'tardiness', pausing = true): Problem {
  const random = new RandomStream(seed);
  const process = Array.from({ length: machines }, (_, machine) => machine % 3);
  const speed = Array.from({ length: machines }, () => 0.8 + 0.5 * random.unit());
  const alternativeStart = [0];
  const alternativeMachine: number[] = [];
  const alternativeDuration: number[] = [];
  let load = 0;
  const minutes: number[] = [];
  for (let part = 0; part < parts; part++) {
    const needs = random.below(3);
    const length = 15 + 400 * random.unit() ** 2;
    minutes.push(length);
    load += length;
    for (let machine = 0; machine < machines; machine++) {
      if (process[machine] !== needs && random.below(6) > 0) continue;
      if (process[machine] !== needs && process.includes(needs)) continue;
      alternativeMachine.push(machine);
      alternativeDuration.push(Math.round((length * minute) / (speed[machine] ?? 1)));
    }
    if (alternativeMachine.length === alternativeStart.at(-1)) {
      alternativeMachine.push(0);
      alternativeDuration.push(Math.round(length * minute));
    }
    alternativeStart.push(alternativeMachine.length);
  }
  // The time that the work takes when shared out evenly, with the hours off.
  const span = ((load * minute) / machines) * (7 / 5) * (24 / 16);
  const release = Float64Array.from({ length: parts }, () => (random.below(2) === 0 ? 0 : Math.round(0.5 * span * random.unit())));
  const families = 4;
  const between = Float64Array.from({ length: families * families }, (_, i) => (i % (families + 1) === 0 ? 0 : (10 + 5 * random.below(7)) * minute));
  return makeProblem({
    objective,
    machineCount: machines,
    orderStart: Int32Array.from({ length: parts + 1 }, (_, order) => order),
    alternativeStart: Int32Array.from(alternativeStart),
    alternativeMachine: Int32Array.from(alternativeMachine),
    alternativeDuration: Float64Array.from(alternativeDuration),
    release,
    due: release.map((arrival, part) => Math.round(arrival + (minutes[part] ?? 0) * minute + 1.1 * span * random.unit())),
    weight: Float64Array.from({ length: parts }, () => 1 + random.below(5)),
    familyCount: families,
    setupFamily: Int32Array.from({ length: parts }, () => random.below(families)),
    setups: Array.from({ length: machines }, () => ({ between })),
    calendars: Array.from({ length: machines }, () => twoShiftCalendar(pausing)),
  });
}
