import { describe, expect, it } from 'vitest';
import { type Calendar } from '../../../../worker/scheduling/problem.ts';
import { RandomStream } from '../../../../worker/scheduling/random-stream.ts';
import { MachineClock } from '../../../../worker/scheduling/single-operations/machine-clock.ts';
import { WorkingTime } from '../../../../worker/scheduling/working-time.ts';

/** A calendar of a few windows, the later ones repeating, or the last one without end. */
function randomCalendar(random: RandomStream, pausing: boolean): Calendar {
  const starts: number[] = [];
  const ends: number[] = [];
  let time = random.below(5);
  const count = 1 + random.below(5);
  const endless = random.below(4) === 0;
  for (let i = 0; i < count; i++) {
    starts.push(time);
    time += 1 + random.below(12);
    ends.push(endless && i === count - 1 ? Infinity : time);
    time += random.below(8);
  }
  const first = starts[random.below(count)] ?? 0;
  return { starts: Float64Array.from(starts), ends: Float64Array.from(ends), repeatFrom: endless ? 0 : first, period: endless ? Infinity : time - first + 1, pausing };
}

describe.each([true, false])('a machine clock whose work may pause: %s', (pausing) => {
  it('ends work when the calendar does, within its tables and beyond', () => {
    const random = new RandomStream(7);
    for (let round = 0; round < 200; round++) {
      const calendar = randomCalendar(random, pausing);
      const time = new WorkingTime(calendar);
      const clock = new MachineClock(calendar, random.below(100));
      for (let i = 0; i < 50; i++) {
        const ready = random.below(150);
        const ticks = random.below(pausing ? 60 : 10);
        const start = time.start(ready, ticks);
        expect(clock.endAfter(ready, ticks)).toBe(start === Infinity ? Infinity : time.end(start, ticks));
      }
    }
  });
});

it('tells working ticks and the time at which they end', () => {
  const random = new RandomStream(8);
  for (let round = 0; round < 200; round++) {
    const calendar = randomCalendar(random, true);
    const time = new WorkingTime(calendar);
    const clock = new MachineClock(calendar, random.below(60));
    for (let i = 0; i < 30; i++) {
      const moment = random.below(200);
      const work = 1 + random.below(100);
      expect(clock.workBefore(moment)).toBe(time.between(0, moment));
      expect(clock.timeOfWork(work)).toBe(time.end(time.start(0, work), work));
    }
  }
});

it('says of endless work, and of work that is never ready, that it never ends, also where the last window is endless', () => {
  for (const pausing of [true, false]) {
    const calendar = { starts: Float64Array.of(0, 50), ends: Float64Array.of(20, Infinity), repeatFrom: 0, period: Infinity, pausing };
    const clock = new MachineClock(calendar, 100);
    expect([clock.endAfter(0, Infinity), clock.endAfter(Infinity, 1), clock.startAfter(Infinity, 1), clock.timeOfWork(Infinity)]).toEqual([Infinity, Infinity, Infinity, Infinity]);
  }
});
