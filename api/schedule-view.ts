import { z } from 'zod';
import { type ScheduleRecord, scheduleRecordSchema } from '../common/schedule-store.ts';
import { type Schedule, scheduleSchema } from '../common/scheduling/schedule.ts';

const scheduleFields = {
  ...scheduleRecordSchema.omit({ request_id: true }).shape,
  links: z.record(z.string(), z.string()),
};

/** A schedule in lists: what was asked for, how far it is, what it amounts to. */
export const scheduleSummaryViewSchema = z.strictObject(scheduleFields).meta({ id: 'ScheduleSummary' });

/** A schedule as HTTP shows it. */
export const scheduleViewSchema = z.strictObject({ ...scheduleFields, schedule: scheduleSchema.nullable().describe('Once it has succeeded') }).meta({ id: 'ScheduleAnswer' });

/** The public shape of a schedule's record. */
export function scheduleSummaryView({ request_id: _requestId, ...record }: ScheduleRecord): z.infer<typeof scheduleSummaryViewSchema> {
  const path = `/v1/schedules/${record.id}`;
  const files = record.state === 'succeeded' ? { csv: `${path}.csv`, svg: `${path}.svg`, ics: `${path}.ics` } : {};
  return { ...record, links: { self: path, events: `${path}/events`, ...files } };
}

/** The public shape of a schedule, with all of it where it has succeeded. */
export function scheduleView(record: ScheduleRecord, schedule: Schedule | undefined): z.infer<typeof scheduleViewSchema> {
  return { ...scheduleSummaryView(record), schedule: schedule ?? null };
}
