import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { SpindleError } from '../../common/errors.ts';
import { exportDialect, exportOptionsSchema } from '../../common/files/export/export-dialect.ts';
import { compareSchedules } from '../../common/scheduling/compare-schedules.ts';
import { ganttSvg } from '../../common/scheduling/gantt.ts';
import { machineCalendarFile } from '../../common/scheduling/schedule-calendar.ts';
import { scheduleCsv } from '../../common/scheduling/schedule-csv.ts';
import { suggestion } from '../../common/scheduling/shape-issues.ts';
import type { KeptSchedules } from '../kept-schedules.ts';
import { onlyMethods } from '../problem.ts';
import { readOptions } from '../query-options.ts';

/** Query options of a schedule's chart. */
export const chartOptionsSchema = z.strictObject({
  colour: z.enum(['order', 'lateness'], 'expected order or lateness').optional().describe('What colours tell: which order an operation is of, unless told, or whether that is on time'),
  width: z.string().regex(/^\d{3,4}$/, 'expected a whole number from 400 to 9999').transform(Number).refine((width) => width >= 400, 'expected a whole number from 400 to 9999').optional().describe('Width in pixels; 1600 unless told'),
});

/** Query options of a schedule's calendar. */
export const calendarOptionsSchema = z.strictObject({ machine: z.string().max(100).optional().describe('The machine whose work it holds; may be left out where the shop has only one') });

/** Query options of a comparison. */
export const comparisonOptionsSchema = z.strictObject({ before: z.uuid('expected the id of a schedule').optional().describe('The schedule to compare with; the one that was planned again unless told') });

/** `/v1/schedules/{id}.csv`, `.svg`, `.ics` and `/comparison`. */
export function scheduleFileRoutes(kept: KeptSchedules): Router {
  const found = async (request: Request) => {
    const record = await kept.record(String(request.params['id']));
    const schedule = await kept.schedule(record);
    return { record, schedule, shop: await kept.shop(schedule) };
  };
  return Router()
    .get('/v1/schedules/:id.csv', async (request, response) => {
      const options = readOptions(request.query, exportOptionsSchema);
      const { schedule, shop } = await found(request);
      const dialect = exportDialect({ format: 'csv', decimal: 'point' }, options);
      named(response, 'text/csv; charset=utf-8', 'schedule.csv').send(scheduleCsv(schedule, shop.process_column, dialect));
    })
    .get('/v1/schedules/:id.svg', async (request, response) => {
      const { colour = 'order', width } = readOptions(request.query, chartOptionsSchema);
      const { schedule, shop } = await found(request);
      response.type('image/svg+xml').send(ganttSvg(schedule, shop, { colouring: colour, ...(width === undefined ? {} : { width }) }));
    })
    .get('/v1/schedules/:id.ics', async (request, response) => {
      const { machine } = readOptions(request.query, calendarOptionsSchema);
      const { schedule, shop } = await found(request);
      const names = shop.machines.map(({ name }) => name);
      const wanted = machine ?? (names.length === 1 ? names[0] : undefined);
      if (wanted === undefined) throw new SpindleError('invalid_query', `each machine has a calendar of its own: add machine=… with one of ${names.join(', ')}`);
      if (!names.includes(wanted)) throw new SpindleError('invalid_query', `query parameter machine: the shop has no machine "${wanted}"; ${suggestion(wanted, names)}`);
      named(response, 'text/calendar; charset=utf-8', 'schedule.ics').send(machineCalendarFile(schedule, wanted, shop.name ?? 'shop'));
    })
    .all(['csv', 'svg', 'ics'].map((kind) => `/v1/schedules/:id.${kind}`), onlyMethods('GET'))
    .get('/v1/schedules/:id/comparison', async (request, response) => {
      const { before } = readOptions(request.query, comparisonOptionsSchema);
      const record = await kept.record(request.params.id);
      const earlier = before ?? record.replans;
      if (earlier === null) throw new SpindleError('invalid_query', 'query parameter before: expected the id of the schedule to compare with, since this one replaces none');
      const [one, other] = await Promise.all([kept.record(earlier).then((replaced) => kept.schedule(replaced)), kept.schedule(record)]);
      response.json({ before: earlier, after: record.id, ...compareSchedules(one, other) });
    })
    .all('/v1/schedules/:id/comparison', onlyMethods('GET'));
}

function named(response: Response, type: string, name: string): Response {
  return response.status(200).setHeader('content-type', type).setHeader('content-disposition', `attachment; filename="${name}"`);
}
