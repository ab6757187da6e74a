import { z } from 'zod';
import { type ScheduleRecord, scheduleRecordSchema } from '../common/schedule-store.ts';
import { scheduleSchema } from '../common/scheduling/schedule.ts';

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

/** The same with the schedule itself, which is JSON already, as JSON in the shape of `scheduleViewSchema`. */
export function scheduleJson(record: ScheduleRecord, schedule = 'null'): string {
  return `${JSON.stringify(scheduleSummaryView(record)).slice(0, -1)},"schedule":${schedule}}`;
}
