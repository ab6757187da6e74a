import { unpack } from '../../common/chunk-store.ts';
import type { ExportDialect } from '../../common/files/export/export-dialect.ts';
import { compareSchedules } from '../../common/scheduling/compare-schedules.ts';
import { type GanttOptions, ganttSvg } from '../../common/scheduling/gantt.ts';
import { machineCalendarFile } from '../../common/scheduling/schedule-calendar.ts';
import { scheduleCsv } from '../../common/scheduling/schedule-csv.ts';
import { scheduleSchema } from '../../common/scheduling/schedule.ts';
import type { Shop } from '../../common/scheduling/shop.ts';

/** What is to be made of a schedule; schedules are given as they are stored, packed. */
export type DocumentOrder =
  | { kind: 'csv'; schedule: Uint8Array; shop: Shop; dialect: ExportDialect }
  | { kind: 'svg'; schedule: Uint8Array; shop: Shop; options: GanttOptions }
  | { kind: 'ics'; schedule: Uint8Array; shop: Shop; machine: string }
  | { kind: 'comparison'; schedule: Uint8Array; before: Uint8Array };

/** A schedule as a table, a chart or a calendar, or JSON of what changed since another. */
export async function scheduleDocument(order: DocumentOrder): Promise<string> {
  const schedule = await unpack(order.schedule, scheduleSchema);
  switch (order.kind) {
    case 'csv':
      return scheduleCsv(schedule, order.shop.process_column, order.dialect);
    case 'svg':
      return ganttSvg(schedule, order.shop, order.options);
    case 'ics':
      return machineCalendarFile(schedule, order.machine, order.shop.name ?? 'shop');
    case 'comparison':
      return JSON.stringify(compareSchedules(await unpack(order.before, scheduleSchema), schedule));
    default:
      return order satisfies never;
  }
}
