import { durationText } from './duration-text.ts';
import { timeText } from './gantt-axis.ts';
import type { Schedule } from './schedule.ts';
import type { Shop } from './shop.ts';
import { fitted, text } from './svg.ts';
import type { ZonedClock } from './zoned-clock.ts';

/** The head of a chart: shop and span of time, then what the plan is worth, in words. */
export function ganttTitle(schedule: Schedule, shop: Shop, clock: ZonedClock, x: number, width: number): { svg: string; height: number } {
  const { figures, simulation, unplanned } = schedule;
  const span = `${timeText(clock, Date.parse(schedule.start))} to ${timeText(clock, Date.parse(figures.finish))} ${new Date(Date.parse(figures.finish)).getUTCFullYear()} (${schedule.time_zone})`;
  const facts = [
    `${figures.operations} operations of ${figures.orders} orders`,
    figures.late_orders === 0 ? 'none late' : `${figures.late_orders} late, ${durationText(figures.tardiness_min)} weighted`,
    objectiveText(schedule),
    ...(simulation ? [`all on time with probability ${percent(simulation.all_on_time)}`] : []),
    ...(figures.bottleneck === null ? [] : [`bottleneck ${figures.bottleneck}`]),
    ...(unplanned.length === 0 ? [] : [`${unplanned.length} not planned`]),
  ];
  const room = width - 2 * x;
  return {
    svg: text(fitted(`${shop.name ?? 'Schedule'}: ${span}`, 17, room), { x, y: 28, size: 17, weight: 'bold' }) + text(fitted(facts.join('  ·  '), 11.5, room), { x, y: 48, size: 11.5, fill: '#3b434d' }),
    height: 58,
  };
}

function objectiveText({ objective_name: name, objective, lower_bound: bound, status }: Schedule): string {
  if (status === 'optimal') return `${name} proven optimal`;
  if (bound <= 0) return `${name} without a bound above 0`;
  return objective <= 2 * bound ? `${name} at most ${percent(objective / bound - 1)} above the least possible` : `${name} of at least ${durationText(bound)} proven`;
}

function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 1 ? value.toFixed(1) : Math.round(value)} %`;
}
