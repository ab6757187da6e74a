import { SpindleError } from '../common/errors.ts';
import { ganttSvg } from '../common/scheduling/gantt.ts';
import { machineCalendarFile } from '../common/scheduling/schedule-calendar.ts';
import { scheduleCsv } from '../common/scheduling/schedule-csv.ts';
import type { Schedule } from '../common/scheduling/schedule.ts';
import { suggestion } from '../common/scheduling/shape-issues.ts';
import type { Shop } from '../common/scheduling/shop.ts';

const formats = ['csv', 'json', 'svg', 'ics'] as const;
type ScheduleFormat = (typeof formats)[number];

/** A schedule in the format that a path's ending asks for; `machine` is that of a calendar. */
export function scheduleFile(path: string, schedule: Schedule, shop: Shop, machine: string | undefined): string {
  const format = formatOf(path);
  switch (format) {
    case 'csv':
      return scheduleCsv(schedule, shop.process_column, { delimiter: ',', decimal: '.' });
    case 'json':
      return `${JSON.stringify(schedule)}\n`;
    case 'svg':
      return ganttSvg(schedule, shop);
    case 'ics':
      return machineCalendarFile(schedule, calendarMachine(shop, machine), shop.name ?? 'shop');
    default:
      return format satisfies never;
  }
}

/** Throws `invalid_configuration` where a path asks for no format, or for a calendar of no machine: better before the search than after it. */
export function checkScheduleFile(path: string, shop: Shop, machine: string | undefined): void {
  if (formatOf(path) === 'ics') calendarMachine(shop, machine);
}

function formatOf(path: string): ScheduleFormat {
  const format = formats.find((one) => path.toLowerCase().endsWith(`.${one}`));
  if (!format) throw new SpindleError('invalid_configuration', `--out: expected a file that ends in ${formats.map((one) => `.${one}`).join(', ')}, got "${path}"`);
  return format;
}

function calendarMachine({ machines }: Shop, machine: string | undefined): string {
  const names = machines.map(({ name }) => name);
  const wanted = machine ?? (names.length === 1 ? names[0] : undefined);
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  throw new SpindleError('invalid_configuration', wanted === undefined ? `--machine: each machine has a calendar of its own: name one of ${names.join(', ')}` : `--machine: the shop has no machine "${wanted}"; ${suggestion(wanted, names)}`);
}
