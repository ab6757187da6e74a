import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { SpindleError } from '../../common/errors.ts';
import { exportDialect, exportOptionsSchema } from '../../common/files/export/export-dialect.ts';
import type { ScheduleRecord } from '../../common/schedule-store.ts';
import { suggestion } from '../../common/scheduling/shape-issues.ts';
import type { KeptSchedules } from '../kept-schedules.ts';
import { onlyMethods } from '../problem.ts';
import type { DocumentDesk } from '../schedule-documents/document-desk.ts';
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
export function scheduleFileRoutes(kept: KeptSchedules, desk: DocumentDesk): Router {
  const found = async (request: Request) => {
    const record = await kept.record(String(request.params['id']));
    const schedule = await kept.packed(record);
    return { operations: operationsOf(record), schedule, shop: await kept.shop(record) };
  };
  return Router()
    .get('/v1/schedules/:id.csv', async (request, response) => {
      const options = readOptions(request.query, exportOptionsSchema);
      const { operations, ...of } = await found(request);
      const dialect = exportDialect({ format: 'csv', decimal: 'point' }, options);
      named(response, 'text/csv; charset=utf-8', 'schedule.csv').send(await desk.make({ kind: 'csv', ...of, dialect }, operations));
    })
    .get('/v1/schedules/:id.svg', async (request, response) => {
      const { colour = 'order', width } = readOptions(request.query, chartOptionsSchema);
      const { operations, ...of } = await found(request);
      const options = { colouring: colour, ...(width === undefined ? {} : { width }) };
      response.type('image/svg+xml').send(await desk.make({ kind: 'svg', ...of, options }, operations));
    })
    .get('/v1/schedules/:id.ics', async (request, response) => {
      const { machine } = readOptions(request.query, calendarOptionsSchema);
      const { operations, ...of } = await found(request);
      const names = of.shop.machines.map(({ name }) => name);
      const wanted = machine ?? (names.length === 1 ? names[0] : undefined);
      if (wanted === undefined) throw new SpindleError('invalid_query', `each machine has a calendar of its own: add machine=… with one of ${names.join(', ')}`);
      if (!names.includes(wanted)) throw new SpindleError('invalid_query', `query parameter machine: the shop has no machine "${wanted}"; ${suggestion(wanted, names)}`);
      named(response, 'text/calendar; charset=utf-8', 'schedule.ics').send(await desk.make({ kind: 'ics', ...of, machine: wanted }, operations));
    })
    .all(['csv', 'svg', 'ics'].map((kind) => `/v1/schedules/:id.${kind}`), onlyMethods('GET'))
    .get('/v1/schedules/:id/comparison', async (request, response) => {
      const { before } = readOptions(request.query, comparisonOptionsSchema);
      const record = await kept.record(request.params.id);
      const earlier = before ?? record.replans;
      if (earlier === null) throw new SpindleError('invalid_query', 'query parameter before: expected the id of the schedule to compare with, since this one replaces none');
      const replaced = await kept.record(earlier);
      const [schedule, compared] = await Promise.all([kept.packed(record), kept.packed(replaced)]);
      const changes = await desk.make({ kind: 'comparison', schedule, before: compared }, operationsOf(record) + operationsOf(replaced));
      response.type('json').send(`{"before":"${earlier}","after":"${record.id}",${changes.slice(1)}`);
    })
    .all('/v1/schedules/:id/comparison', onlyMethods('GET'));
}

const operationsOf = ({ summary }: ScheduleRecord): number => summary?.operations ?? 0;

function named(response: Response, type: string, name: string): Response {
  return response.status(200).setHeader('content-type', type).setHeader('content-disposition', `attachment; filename="${name}"`);
}
