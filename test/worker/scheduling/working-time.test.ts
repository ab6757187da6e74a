import { describe, expect, it } from 'vitest';
import type { Calendar } from '../../../worker/scheduling/problem.ts';
import { RandomStream } from '../../../worker/scheduling/random-stream.ts';
import { WorkingTime } from '../../../worker/scheduling/working-time.ts';
import { randomCalendar } from './random-routings.ts';

/** Monday to Friday as five windows of 8 ticks a week of 7 days of 24. */
const week: Calendar = {
  starts: Float64Array.from({ length: 5 }, (_, day) => 24 * day + 6),
  ends: Float64Array.from({ length: 5 }, (_, day) => 24 * day + 14),
  repeatFrom: 0,
  period: 7 * 24,
  pausing: true,
};

/** The working ticks of the first 400, one by one: the number of their window through all periods, -1 in a break. */
function windowOfTicks({ starts, ends, repeatFrom, period }: Calendar): number[] {
  const ticks = Array.from({ length: 400 }, () => -1);
  for (let i = 0; i < starts.length; i++) {
    for (let round = 0; round < 100; round++) {
      if (round > 0 && (period === Infinity || (starts[i] ?? 0) < repeatFrom)) break;
      const shift = round === 0 ? 0 : round * period;
      for (let t = (starts[i] ?? 0) + shift; t < Math.min(400, (ends[i] ?? 0) + shift); t++) ticks[t] = round * starts.length + i;
    }
  }
  return ticks;
}

describe('working time', () => {
  it('starts work at once in a window and pauses over nights and weekends', () => {
    const time = new WorkingTime(week);
    expect(time.start(0, 1)).toBe(6);
    expect(time.start(10, 1)).toBe(10);
    expect(time.end(10, 4)).toBe(14);
    expect(time.end(10, 5)).toBe(24 + 7);
    // 40 working ticks are a week
    expect(time.end(6, 40)).toBe(4 * 24 + 14);
    expect(time.end(6, 41)).toBe(7 * 24 + 7);
    expect(time.between(0, 14 * 24)).toBe(80);
  });

  it('finds no start for work that fits no window', () => {
    const time = new WorkingTime({ ...week, pausing: false });
    expect(time.start(10, 8)).toBe(24 + 6);
    expect(time.start(0, 9)).toBe(Infinity);
  });

  it('agrees with counting ticks', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new RandomStream(seed);
      const calendar = randomCalendar(random);
      const ticks = windowOfTicks(calendar);
      const time = new WorkingTime(calendar);
      for (let trial = 0; trial < 20; trial++) {
        const ready = random.below(100);
        const work = 1 + random.below(9);
        let start = ready;
        const fits = (from: number): boolean => ticks[from] !== -1 && (calendar.pausing || ticks[from] === ticks[from + work - 1]);
        while (!fits(start)) start++;
        let end = start;
        for (let left = work; left > 0; end++) if (ticks[end] !== -1) left--;
        expect(time.start(ready, work), `seed ${seed}, ready ${ready}, work ${work}`).toBe(start);
        expect(time.end(start, work), `seed ${seed}, start ${start}, work ${work}`).toBe(end);
        expect(time.between(ready, end)).toBe(ticks.slice(ready, end).filter((window) => window !== -1).length);
      }
    }
  });
});
