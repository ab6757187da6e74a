import type { FieldIssue } from '../../common/errors.ts';
import type { ScheduleRequest } from '../../common/scheduling/schedule-request.ts';
import { timeFix } from '../../common/scheduling/read-shop.ts';
import { issueAt, suggestion } from '../../common/scheduling/shape-issues.ts';
import type { Shop } from '../../common/scheduling/shop.ts';
import { workingMinutes } from '../../common/scheduling/working-windows.ts';
import type { ZonedClock } from '../../common/scheduling/zoned-clock.ts';
import type { WorkingTime } from '../scheduling/working-time.ts';
import { type PlannedOperation, minutesOn } from './planned-work.ts';
import { spellingFix } from './spelling-fix.ts';
import { tickMs, workTicks } from './ticks.ts';

/** What is fixed of one operation. */
export interface Fixing {
  operation: number;
  machine: number;
  /** Tick of its start; -1 where only the machine is fixed. */
  start: number;
  /** Working ticks that remain on the machine. */
  ticks: number;
  running: boolean;
  /** Where the request names it. */
  place: string;
}

/** What a request's fixed operations are read against. */
export interface FixedReading {
  shop: Shop;
  clock: ZonedClock;
  /** Start of the plan, in ms. */
  start: number;
  operations: readonly PlannedOperation[];
  /** Per machine; undefined where it always works. */
  working: readonly (WorkingTime | undefined)[];
}

/** The locked and running operations of a request, and what is wrong with them one by one. */
export function readFixed(request: Pick<ScheduleRequest, 'locked' | 'running'>, reading: FixedReading): { fixings: Fixing[]; issues: FieldIssue[]; warnings: FieldIssue[] } {
  const { shop, clock, start, operations, working } = reading;
  const issues: FieldIssue[] = [];
  const warnings: FieldIssue[] = [];
  const fixings: Fixing[] = [];
  const ids = operations.map(({ id }) => id);
  const indexOf = new Map(ids.map((id, index) => [id, index]));
  const machineNames = shop.machines.map(({ name }) => name);
  const seen = new Map<string, string>();

  const find = (id: string, machineName: string, place: string): { operation: number; machine: number; planned: PlannedOperation } | undefined => {
    const operation = indexOf.get(id);
    const planned = operation === undefined ? undefined : operations[operation];
    const machine = machineNames.indexOf(machineName);
    const before = seen.get(id);
    if (operation === undefined || !planned) issues.push(issueAt(`${place}.id`, `no operation "${id}" is planned`, id, suggestion(id, ids)));
    else if (machine < 0) issues.push(issueAt(`${place}.machine`, `there is no machine "${machineName}"`, machineName, spellingFix(machineName, machineNames, `leave ${id} out here, and it is planned anew on another machine; or add the machine to the shop: it has ${machineNames.slice(0, 12).join(', ')}`)));
    else if (!shop.machines[machine]?.processes.includes(planned.process)) {
      const able = shop.machines.filter(({ processes }) => processes.includes(planned.process)).map(({ name }) => name);
      issues.push(issueAt(`${place}.machine`, `${machineName} cannot do ${planned.process}`, machineName, `use one of ${able.join(', ')}`));
    } else if (before !== undefined) issues.push(issueAt(`${place}.id`, `"${id}" is already fixed by ${before}`, id, 'name it once'));
    else {
      seen.set(id, place);
      return { operation, machine, planned };
    }
    return undefined;
  };

  for (const [index, { id, machine: name, started, remaining_min: remaining }] of request.running.entries()) {
    const place = `running[${index}]`;
    const found = find(id, name, place);
    if (!found) continue;
    const machine = shop.machines[found.machine];
    const since = started === undefined ? start : clock.read(started);
    if (since === undefined || since > start) {
      issues.push(issueAt(`${place}.started`, since === undefined ? `"${started}" is no date and time` : 'is after the start of the plan', started, since === undefined ? timeFix : 'lock its start instead'));
      continue;
    }
    const full = minutesOn(machine?.speed ?? 1, found.planned);
    const worked = machine && since < start ? workingMinutes(shop, machine, clock, since, start) : 0;
    const left = remaining ?? full - worked;
    if (left <= 0) warnings.push(issueAt(place, `${id} should have ended before the plan starts; it is planned with no time left`, started, 'tell its remaining_min'));
    const ticks = workTicks(left);
    fixings.push({ operation: found.operation, machine: found.machine, ticks, start: working[found.machine]?.start(0, ticks) ?? 0, running: true, place });
  }

  for (const [index, { id, machine: name, start: text }] of request.locked.entries()) {
    const place = `locked[${index}]`;
    const found = find(id, name, place);
    if (!found) continue;
    const ticks = workTicks(minutesOn(shop.machines[found.machine]?.speed ?? 1, found.planned));
    const instant = text === undefined ? undefined : clock.read(text);
    const fixing = { operation: found.operation, machine: found.machine, ticks, running: false, place };
    if (text === undefined) fixings.push({ ...fixing, start: -1 });
    else if (instant === undefined) issues.push(issueAt(`${place}.start`, `"${text}" is no date and time`, text, timeFix));
    else if (instant < start) issues.push(issueAt(`${place}.start`, 'is before the start of the plan', text, 'list it as running, or remove the part where it is finished'));
    else {
      const tick = Math.round((instant - start) / tickMs);
      const possible = working[found.machine]?.start(tick, ticks) ?? tick;
      if (possible === tick) fixings.push({ ...fixing, start: tick });
      else issues.push(issueAt(`${place}.start`, `${name} cannot work on it then`, text, Number.isFinite(possible) ? `the next possible start is ${clock.iso(start + possible * tickMs)}` : 'it fits between no two breaks'));
    }
  }
  return { fixings, issues, warnings };
}
