import type { ScheduleComparison } from '../common/scheduling/compare-schedules.ts';
import { durationText } from '../common/scheduling/duration-text.ts';
import { listed, local, percent, section, weighted } from './schedule-text.ts';

/** What changed from an earlier schedule, in words for a terminal. */
export function comparisonText({ moved, earlier, later, unchanged, added, removed, finished, operations, orders, became_late: late, became_on_time: onTime, finish, figures, same_shop: sameShop }: ScheduleComparison): string {
  const lines = [
    '',
    `compared with the earlier schedule${sameShop ? '' : ', of another shop'}:`,
    `  ${unchanged} operations unchanged, ${moved} on another machine, ${earlier} earlier, ${later} later`,
    `  until ${local(finish.after)}, before ${local(finish.before)} (${shiftText(finish.shift_min)})`,
  ];
  for (const [name, { before, after }] of Object.entries(figures)) {
    const [was, is] = [figureText(name, before), figureText(name, after)];
    if (was !== is) lines.push(`  ${name.replace(/_min$/, '').replaceAll('_', ' ')}: ${is}, before ${was}`);
  }
  lines.push(...named('now late', late), ...named('no longer late', onTime), ...named('new', added), ...named('gone', removed), ...named('finished', finished));
  lines.push(...section('starts elsewhere or at another time:', operations.map(({ id, machine_before: from, machine_after: to, start_before: was, start_after: is, shift_min: shift }) =>
    `${id}: ${local(is)} on ${to}, before ${local(was)}${from === to ? '' : ` on ${from}`} (${shiftText(shift)})`)));
  lines.push(...section('orders that end at another time:', orders.map(({ id, finish_shift_min: shift }) => `${id}: ${shiftText(shift)}`)));
  return `${lines.join('\n')}\n`;
}

function named(title: string, ids: readonly string[]): string[] {
  return ids.length === 0 ? [] : [`  ${title}: ${ids.slice(0, listed).join(', ')}${ids.length > listed ? ` and ${ids.length - listed} more` : ''}`];
}

function shiftText(minutes: number): string {
  return minutes === 0 ? 'at the same time' : `${durationText(Math.abs(minutes))} ${minutes < 0 ? 'earlier' : 'later'}`;
}

function figureText(name: string, value: number): string {
  if (name === 'tardiness_min') return weighted(value);
  if (name.endsWith('_min')) return durationText(value);
  if (name === 'all_on_time' || name.startsWith('utilisation')) return percent(value);
  return name === 'objective' ? `${value.toLocaleString('en')} min` : value.toLocaleString('en');
}
