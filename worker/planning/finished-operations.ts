import { type FieldIssue, SpindleError, issueText } from '../../common/errors.ts';
import type { ScheduleRequest } from '../../common/scheduling/schedule-request.ts';
import { issueAt, suggestion } from '../../common/scheduling/shape-issues.ts';
import type { PlannedOrder, PlannedWork } from './planned-work.ts';

/**
 * The work without the operations that a request says are finished; what is left of an order that was begun waits for no release. Throws `invalid_schedule_request`
 * with every one that is not there, that cannot be finished before what comes before it, or that the request also fixes.
 */
export function withoutFinished(work: PlannedWork, { finished, running, locked }: Pick<ScheduleRequest, 'finished' | 'running' | 'locked'>): PlannedWork {
  if (finished.length === 0) return work;
  const issues: FieldIssue[] = [];
  const ids = work.orders.flatMap(({ operations }) => operations.map(({ id }) => id));
  const known = new Set(ids);
  const placeOf = new Map<string, string>();
  for (const [index, id] of finished.entries()) {
    const place = `finished[${index}]`;
    if (!known.has(id)) issues.push(issueAt(place, `no operation "${id}" is planned`, id, suggestion(id, ids)));
    placeOf.set(id, place);
  }
  for (const [kind, fixed] of Object.entries({ running, locked })) {
    for (const [index, { id }] of fixed.entries()) if (placeOf.has(id)) issues.push(issueAt(`${kind}[${index}].id`, `"${id}" is also listed as finished`, id, 'name it in one of the two'));
  }
  const orders = work.orders.flatMap((order): PlannedOrder[] => {
    const operations = order.operations.filter(({ id }) => !placeOf.has(id));
    if (operations.length === order.operations.length) return [order];
    const [next] = operations;
    const done = order.operations.findLast(({ id }) => placeOf.has(id));
    if (next && done && done.number > next.number) {
      issues.push(issueAt(placeOf.get(done.id) ?? '', `"${done.id}" cannot be finished before "${next.id}"`, done.id, `list "${next.id}" as finished too, or not "${done.id}"`));
    }
    return operations.length === 0 ? [] : [{ ...order, operations, release: undefined }];
  });
  if (issues.length > 0) throw new SpindleError('invalid_schedule_request', issues.slice(0, 3).map(issueText).join('; '), { issues: issues.slice(0, 100) });
  return { ...work, orders };
}
