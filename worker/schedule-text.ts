import { issueText } from '../common/errors.ts';
import { durationText } from '../common/scheduling/duration-text.ts';
import type { Schedule } from '../common/scheduling/schedule.ts';

/** Lines of a kind at most. */
export const listed = 10;

/** A schedule in words, for a terminal: what it is worth, who is late and why, what would help, what is left out. */
export function scheduleText({ figures, objective_name: name, objective, lower_bound: bound, gap, status, simulation, orders, late, extra_hours: hours, unplanned, warnings, runtime_s: runtime }: Schedule): string {
  const lines = [
    `${figures.operations} operations of ${figures.orders} orders, until ${local(figures.finish)} (${durationText(figures.makespan_min)})`,
    `${name} ${value(name, objective)}, no schedule below ${value(name, bound)} (${status}, gap ${(100 * gap).toFixed(1)} %) after ${runtime} s`,
    figures.late_orders === 0 ? 'no order is late' : `${figures.late_orders} orders are late, the latest by ${durationText(figures.largest_late_min)}`,
  ];
  if (simulation) {
    const doubtful = orders.filter(({ late_min: minutes, on_time: chance }) => minutes === 0 && chance !== null && chance < 0.9).length;
    lines.push(`probability that none is late ${percent(simulation.all_on_time)}; ${doubtful} on time by the estimates but with a probability below 90 %`);
  }
  lines.push('', 'machine: used, of that setup, until');
  for (const { machine, utilisation, changeover_share: share, finish } of figures.machines) lines.push(`  ${machine}: ${percent(utilisation)}, ${percent(share)}, ${finish === null ? '-' : local(finish)}`);
  if (figures.bottleneck !== null) lines.push(`bottleneck: ${figures.bottleneck}`);
  const [help] = hours;
  if (help?.after && (help.tardiness_gain_min > 0 || help.makespan_gain_min > 0)) {
    lines.push(`an hour more of ${help.group} after ${local(help.after)} would save ${help.tardiness_gain_min > 0 ? `${weighted(help.tardiness_gain_min)} of lateness` : `${durationText(help.makespan_gain_min)} in all`}`);
  }
  lines.push(...section('late:', late.map(({ order_id: id, text }) => `${id}: ${text}`)));
  lines.push(...section('not planned:', unplanned.map(({ line, part_id: part, reason, fix }) => `${part}${line === null ? '' : ` (line ${line})`}: ${reason}; ${fix}`)));
  lines.push(...section('to look at:', warnings.map(issueText)));
  return `${lines.join('\n')}\n`;
}

/** Lines of a list below its title, cut where it is long; none for an empty list. */
export function section(title: string, entries: readonly string[]): string[] {
  if (entries.length === 0) return [];
  return ['', title, ...entries.slice(0, listed).map((entry) => `  ${entry}`), ...(entries.length > listed ? [`  and ${entries.length - listed} more`] : [])];
}

/** Sums of minutes that count by weight are no duration. */
export const weighted = (minutes: number): string => `${Math.round(minutes).toLocaleString('en')} weighted minutes`;
const value = (name: Schedule['objective_name'], minutes: number): string => (name === 'tardiness' || name === 'finish' ? weighted(minutes) : durationText(minutes));
/** A time of the shop to the minute: 2026-11-23 06:00. */
export const local = (time: string): string => time.slice(0, 16).replace('T', ' ');
/** A share from 0 to 1. */
export const percent = (share: number): string => `${Math.round(100 * share)} %`;
