import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../common/seeded-random.ts';
import { errorCurve, lotError, quantile } from '../../../worker/planning/estimate-error.ts';
import { listSchedule } from '../../../worker/planning/list-schedule.ts';
import { PlanTiming } from '../../../worker/planning/plan-timing.ts';
import { type SimulatedPlan, quantileOf, simulatePlan } from '../../../worker/planning/simulate-plan.ts';
import { operationCount } from '../../../worker/scheduling/problem.ts';
import { problemOf, partsOf, shopOf } from '../../support/planned-shops.ts';

/** Φ⁻¹(0.95) and Φ⁻¹(0.9). */
const z95 = 1.6448536269514722;
const z90 = 1.2815515655446004;

/** Φ by Zelen and Severo's approximation 26.2.17 of Abramowitz and Stegun, off by 7.5e-8 at most. */
function normalShare(z: number): number {
  if (z < 0) return 1 - normalShare(-z);
  const t = 1 / (1 + 0.2316419 * z);
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series;
}

describe('the distribution of a piece', () => {
  const interval = fc.tuple(fc.double({ min: 1, max: 1e4, noNaN: true }), fc.double({ min: 0.05, max: 0.9, noNaN: true }), fc.double({ min: 0.05, max: 0.9, noNaN: true }))
    .map(([value, below, above]) => ({ value, low: value * (1 - below), high: value * (1 + above) }));

  test('has the estimate and the ends of the interval as its median, 5 % and 95 % quantiles', () => {
    fc.assert(fc.property(interval.filter(({ low, value, high }) => Math.max(high - value, value - low) < 10 * Math.min(high - value, value - low)), (minutes) => {
      const curve = errorCurve(minutes);
      expect(quantile(curve, 0)).toBeCloseTo(minutes.value, 6);
      expect(quantile(curve, z95)).toBeCloseTo(minutes.high, 6);
      expect(quantile(curve, -z95)).toBeCloseTo(minutes.low, 6);
    }));
  });

  test('rises and is never below 0', () => {
    fc.assert(fc.property(interval, fc.double({ min: -5, max: 5, noNaN: true }), (minutes, z) => {
      const curve = errorCurve(minutes);
      expect(quantile(curve, z)).toBeGreaterThanOrEqual(0);
      expect(quantile(curve, z + 0.01)).toBeGreaterThanOrEqual(quantile(curve, z));
    }));
  });

  test('is the normal where the interval is symmetric, and the lognormal where it is so in ratio', () => {
    for (const z of [-2, -0.5, 1, 2.5]) {
      expect(quantile(errorCurve({ value: 100, low: 90, high: 110 }), z)).toBeCloseTo(100 + (10 / z95) * z, 9);
      expect(quantile(errorCurve({ value: 100, low: 80, high: 125 }), z)).toBeCloseTo(100 * Math.exp((Math.log(1.25) / z95) * z), 9);
    }
  });

  test('spreads below as above where the model cut the interval at 0, and not at all without an interval', () => {
    expect(quantile(errorCurve({ value: 2, low: 0, high: 5 }), -0.5)).toBeCloseTo(2 - (3 / z95) * 0.5, 9);
    expect(quantile(errorCurve({ value: 7, low: 7, high: 7 }), 3)).toBe(7);
  });
});

test('one piece keeps the variance of its own interval, whatever share is common to all', () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 1e6 }), (share, quantity) => {
    const one = lotError(1, share);
    expect(one.shared ** 2 + one.own ** 2).toBeCloseTo(1, 12);
    expect(one.shift).toBe(0);
    const lot = lotError(quantity, share);
    expect(lot.shared ** 2 + lot.own ** 2).toBeLessThanOrEqual(1 + 1e-12);
    expect(lot.shared ** 2 + lot.own ** 2).toBeGreaterThanOrEqual(share);
  }));
});

const draws = 4_000;
/** Five standard deviations of an estimated share, and of a mean: a right simulation fails once in two million runs, and never with the seeds here. */
const shareError = (p: number): number => 5 * Math.sqrt((p * (1 - p)) / draws) + 1e-9;
const meanError = (sd: number): number => (5 * sd) / Math.sqrt(draws);

function simulated(csv: string, { shop = shopOf([{ name: 'M', processes: ['p'] }]), sharedError = 0, seed = 1 } = {}): SimulatedPlan {
  const laid = problemOf(shop, partsOf(csv));
  const count = operationCount(laid.problem);
  const solution = listSchedule(laid.problem, Int32Array.from({ length: count }, (_, i) => i), new Int32Array(count).fill(-1), laid.working);
  return simulatePlan(laid, new PlanTiming(laid.problem, solution), { draws, sharedError, random: seededRandom(seed) });
}

const moments = (values: Float64Array): { mean: number; sd: number } => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, sd: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
};

describe('one machine without breaks', () => {
  // Standard deviations of 10 and 20 min: 90 % intervals of z95 times that to either side.
  const normals = `part_id,process,time_min,time_min_low,time_min_high,due\nA,p,100,${100 - 10 * z95},${100 + 10 * z95},2026-11-23T07:50Z\nB,p,200,${200 - 20 * z95},${200 + 20 * z95},2026-11-23T11:10Z`;

  test.each([0, 0.25, 1])('ends when a sum of normals does, with a share %d of the variance in common', (sharedError) => {
    const plan = simulated(normals, { sharedError });
    const sd = Math.sqrt((1 - sharedError) * (10 ** 2 + 20 ** 2) + sharedError * (10 + 20) ** 2);
    const found = moments(plan.makespan);
    expect(Math.abs(found.mean / 60 - 300)).toBeLessThan(meanError(sd));
    expect(Math.abs(found.sd / 60 / sd - 1)).toBeLessThan(5 / Math.sqrt(2 * draws));
    const [a = NaN, b = NaN] = plan.onTime;
    expect(Math.abs(a - normalShare(10 / 10))).toBeLessThan(shareError(0.84));
    expect(Math.abs(b - normalShare(10 / sd))).toBeLessThan(shareError(0.64));
    expect(Math.abs(quantileOf(plan.finish.subarray(draws), 0.9) / 60 - (300 + z90 * sd))).toBeLessThan((5 * sd * Math.sqrt(0.09)) / (0.1755 * Math.sqrt(draws)));
  });

  test('is late by the mean of a normal cut at its due date', () => {
    const plan = simulated(normals, { sharedError: 1 });
    // E max(0, X - d) = sd φ(h) - (d - mean) (1 - Φ(h)), h = (d - mean) / sd, for both orders.
    const late = (sd: number, slack: number): number => (sd * Math.exp(-((slack / sd) ** 2) / 2)) / Math.sqrt(2 * Math.PI) - slack * (1 - normalShare(slack / sd));
    expect(Math.abs(moments(plan.tardiness).mean / 60 - late(10, 10) - late(30, 10))).toBeLessThan(meanError(20));
  });

  test('is on time as often as a lognormal lies below the due date, in total log error where all share it', () => {
    const spread = (value: number, sigma: number): string => `${value},${value * Math.exp(-sigma * z95)},${value * Math.exp(sigma * z95)}`;
    const one = simulated(`process,time_min,time_min_low,time_min_high,due\np,${spread(100, 0.3)},2026-11-23T08:00Z`);
    const expected = normalShare(Math.log(1.2) / 0.3);
    expect(Math.abs((one.onTime[0] ?? NaN) - expected)).toBeLessThan(shareError(expected));
    const both = simulated(`process,time_min,time_min_low,time_min_high,due\np,${spread(60, 0.3)},\np,${spread(40, 0.3)},2026-11-23T08:00Z`, { sharedError: 1 });
    expect(Math.abs((both.onTime[1] ?? NaN) - expected)).toBeLessThan(shareError(expected));
  });

  test('makes lots whose pieces err together in the shared and the lot\'s half, and apart in the rest', () => {
    const csv = (quantity: number): string => `quantity,process,time_min,time_min_low,time_min_high\n${quantity},p,10,${10 - z95},${10 + z95}`;
    for (const [quantity, sharedError] of [[25, 0], [25, 0.5]] as const) {
      const sd = quantity * Math.sqrt(sharedError + (1 - sharedError) / 2 + (1 - sharedError) / 2 / quantity);
      expect(Math.abs(moments(simulated(csv(quantity), { sharedError }).makespan).sd / 60 / sd - 1)).toBeLessThan(5 / Math.sqrt(2 * draws));
    }
  });

  test('makes lots of skewed pieces as long on average as their pieces', () => {
    const sigma = 0.4;
    const plan = simulated(`quantity,process,time_min,time_min_low,time_min_high\n50,p,10,${10 * Math.exp(-sigma * z95)},${10 * Math.exp(sigma * z95)}`);
    const mean = 50 * 10 * Math.exp(sigma ** 2 / 2);
    expect(Math.abs(moments(plan.makespan).mean / 60 / mean - 1)).toBeLessThan(0.03);
  });

  test('takes setups and preparation as they are', () => {
    const shop = shopOf([{ name: 'M', processes: ['p'] }], { setups: [{ feature: 'm', default: 30 }] });
    const plan = simulated(`m,setup_min,process,time_min,time_min_low,time_min_high\na,15,p,100,${100 - 10 * z95},${100 + 10 * z95}\nb,5,p,100,100,100`, { shop });
    const found = moments(plan.makespan);
    expect(Math.abs(found.mean / 60 - 250)).toBeLessThan(meanError(10));
    expect(Math.abs(found.sd / 600 - 1)).toBeLessThan(5 / Math.sqrt(2 * draws));
  });
});

test('two machines are both on time as often as the product says when errors are independent, and as the worse when they are shared', () => {
  const shop = shopOf(['M1', 'M2'].map((name) => ({ name, processes: [name] })));
  const csv = `process,time_min,time_min_low,time_min_high,due\nM1,100,${100 - 10 * z95},${100 + 10 * z95},2026-11-23T07:45Z\nM2,200,${200 - 20 * z95},${200 + 20 * z95},2026-11-23T09:40Z`;
  const [p, q] = [normalShare(0.5), normalShare(1)];
  expect(Math.abs(simulated(csv, { shop }).allOnTime - p * q)).toBeLessThan(shareError(p * q));
  expect(Math.abs(simulated(csv, { shop, sharedError: 1 }).allOnTime - p)).toBeLessThan(shareError(p));
});

describe('breaks', () => {
  const calendars = { day: { weekly: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '06:00', to: '14:00' }] } };
  const csv = `process,time_min,time_min_low,time_min_high,due\np,480,${480 - 10 * z95},${480 + 10 * z95},2026-11-23T23:00Z`;

  test('pause what does not end before them until the next morning', () => {
    const plan = simulated(csv, { shop: shopOf([{ name: 'M', processes: ['p'], calendar: 'day' }], { calendars }) });
    expect(Math.abs((plan.onTime[0] ?? NaN) - 0.5)).toBeLessThan(shareError(0.5));
    expect(plan.finish.every((end) => end <= 8 * 3_600 || end > 24 * 3_600)).toBe(true);
  });

  test('are worked through where work must not pause', () => {
    const plan = simulated(csv, { shop: shopOf([{ name: 'M', processes: ['p'], calendar: 'day', pausing: false }], { calendars }) });
    expect(plan.onTime[0]).toBe(1);
    expect(Math.abs(moments(plan.makespan).mean / 60 - 480)).toBeLessThan(meanError(10));
  });
});

test('what waits for its release or a locked start does not start before it, however short the work before turns out', () => {
  const csv = 'part_id,process,time_min,time_min_low,time_min_high,release\nA,p,60,20,100,\nB,p,10,10,10,2026-11-23T08:00Z';
  const plan = simulated(csv);
  // B ends at 8:10, ten minutes and two hours after the start, or ten minutes after A.
  expect(quantileOf(plan.finish.subarray(draws), 0.01)).toBe(130 * 60);
});

test('the same seed draws the same, another seed something else', () => {
  const csv = 'process,time_min,time_min_low,time_min_high\np,60,20,100';
  const [a, b, c] = [1, 1, 2].map((seed) => simulated(csv, { seed }).makespan);
  expect(a).toEqual(b);
  expect(a).not.toEqual(c);
});
