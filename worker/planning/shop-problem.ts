import { type FieldIssue, SpindleError, issueText } from '../../common/errors.ts';
import { nearest } from '../../common/nearest.ts';
import type { ScheduleRequest } from '../../common/scheduling/schedule-request.ts';
import { issueAt, placeOf, suggestion } from '../../common/scheduling/shape-issues.ts';
import type { Unplanned } from '../../common/scheduling/schedule.ts';
import type { Shop } from '../../common/scheduling/shop.ts';
import type { ZonedClock } from '../../common/scheduling/zoned-clock.ts';
import type { Problem } from '../scheduling/problem.ts';
import { WorkingTime } from '../scheduling/working-time.ts';
import { alternativesOf, fittingOrders, longestWindows } from './fitting-orders.ts';
import { checkSetupsFit } from './fitting-setups.ts';
import { fixedConflicts } from './fixed-conflicts.ts';
import { type Fixing, readFixed } from './fixed-operations.ts';
import { isClosedUntil, machineCalendars } from './machine-calendars.ts';
import { type PlannedOperation, type PlannedOrder, type PlannedWork } from './planned-work.ts';
import { checkRoutingSpan } from './routing-span.ts';
import { setupFamilies } from './setup-families.ts';
import { spellingFix } from './spelling-fix.ts';
import { tickMs } from './ticks.ts';

/** A problem for the solver, and the way back from its numbers to the shop. */
export interface ShopProblem {
  readonly problem: Problem;
  readonly shop: Shop;
  readonly clock: ZonedClock;
  /** Start of the plan, in ms: tick 0. */
  readonly start: number;
  /** Ticks for which the calendars are exact: a schedule that ends later needs a longer horizon. */
  readonly horizon: number;
  readonly operations: readonly PlannedOperation[];
  readonly orders: readonly PlannedOrder[];
  /** Per machine; undefined where it always works. */
  readonly working: readonly (WorkingTime | undefined)[];
  readonly fixings: readonly Fixing[];
  /** Operations that fit only into hours that come but once. */
  readonly dated: ReadonlySet<number>;
  readonly unplanned: readonly Unplanned[];
  readonly warnings: readonly FieldIssue[];
}

/** What a problem is made of. */
export interface ShopProblemInput {
  readonly work: PlannedWork;
  readonly shop: Shop;
  readonly clock: ZonedClock;
  readonly request: ScheduleRequest;
  /** Start of the plan, in ms. */
  readonly start: number;
  /** Ticks for which calendars are to be exact. */
  readonly horizon: number;
  /** Operations, or all setups too, for which hours that come but once, such as those of a Saturday, do not count where they must not pause: others need them. */
  readonly notOnDates: ReadonlySet<string> | 'all';
}

/**
 * Lays a shop and its work out as a problem of whole seconds from the start of the plan. What fits on no machine is left out with its reason. Throws
 * `nothing_to_plan` where that is everything, `invalid_schedule_request` with every locked or running operation that cannot be kept, `invalid_shop` for
 * setups that cannot be.
 */
export function shopProblem({ work, shop, clock, request, start, horizon, notOnDates }: ShopProblemInput): ShopProblem {
  const onDates = (id: string): boolean => notOnDates !== 'all' && !notOnDates.has(id);
  const calendars = machineCalendars(shop, clock, start, horizon);
  const working = calendars.map((calendar) => calendar && new WorkingTime(calendar));
  const closed = calendars.map((calendar) => isClosedUntil(horizon, calendar));
  const end = clock.iso(start + horizon * tickMs).slice(0, 10);
  const longest = longestWindows(calendars);
  const laid = { shop, closed, longest, onDates };
  const { orders, unplanned } = fittingOrders(work, { ...laid, end });
  if (orders.length === 0) {
    const issues = unplanned.slice(0, 100).map(({ line, part_id, reason, fix }) => ({ ...(line === null ? {} : { line }), field: part_id, value: null, message: reason, fix }));
    throw new SpindleError('nothing_to_plan', unplanned.length === 0 ? 'there is no part to plan' : `none of ${unplanned.length} parts can be planned: ${issues[0]?.message}`, { issues });
  }
  const operations = orders.flatMap((order) => order.operations);
  const { fixings, issues, warnings } = readFixed(request, { shop, clock, start, operations, working });
  const running = new Map(fixings.filter((fixing) => fixing.running).map((fixing) => [fixing.operation, fixing]));
  const families = setupFamilies(shop, operations, mountedOn(request, shop, fixings, issues));

  const alternatives = operations.map((operation, index) => {
    const fixing = running.get(index);
    return fixing ? [{ machine: fixing.machine, ticks: fixing.ticks }] : alternativesOf(operation, laid);
  });
  const dated = new Set<number>();
  for (const [index, operation] of operations.entries()) {
    if (!running.has(index) && alternativesOf(operation, { ...laid, onDates: () => false }).length === 0) dated.add(index);
  }
  issues.push(...fixings.flatMap(({ operation, machine, place }) => {
    if (alternatives[operation]?.some((alternative) => alternative.machine === machine && !closed[machine])) return [];
    const what = closed[machine] ? `has no working hours before ${end}` : `has no time without a break that is long enough for ${operations[operation]?.id}, and work must not pause there`;
    return [issueAt(`${place}.machine`, `${shop.machines[machine]?.name} ${what}`, shop.machines[machine]?.name, 'name another machine, or correct its calendar')];
  }));
  const lockedMachine = new Int32Array(operations.length).fill(-1);
  const lockedStart = new Float64Array(operations.length).fill(-1);
  for (const fixing of fixings) {
    lockedMachine[fixing.operation] = fixing.machine;
    lockedStart[fixing.operation] = fixing.start;
  }
  const startedOrders = new Set([...running.keys()].map((operation) => operations[operation]?.orderId));
  const toTick = (instant: number, round: (value: number) => number): number => round((instant - start) / tickMs);
  const problem: Problem = {
    objective: request.objective ?? (orders.some(({ due }) => due !== undefined) ? 'tardiness' : 'makespan'),
    machineCount: shop.machines.length,
    orderStart: offsets(orders.map((order) => order.operations.length)),
    alternativeStart: offsets(alternatives.map(({ length }) => length)),
    alternativeMachine: Int32Array.from(alternatives.flat(), ({ machine }) => machine),
    alternativeDuration: Float64Array.from(alternatives.flat(), ({ ticks }) => ticks),
    // What runs already was released, whatever its row says.
    release: Float64Array.from(orders, ({ id, release }) => (release === undefined || startedOrders.has(id) ? 0 : Math.max(0, toTick(release, Math.ceil)))),
    due: Float64Array.from(orders, ({ due }) => (due === undefined ? Infinity : toTick(due, Math.floor))),
    weight: Float64Array.from(orders, ({ weight }) => weight),
    familyCount: families.familyCount,
    setupFamily: families.setupFamily,
    setups: families.setups,
    calendars,
    lockedMachine,
    lockedStart,
  };
  issues.push(...fixedConflicts(problem, fixings, working, {
    operation: (operation) => operations[operation]?.id ?? '',
    machine: (machine) => shop.machines[machine]?.name ?? '',
    time: (tick) => clock.iso(start + tick * tickMs),
  }));
  if (issues.length > 0) throw new SpindleError('invalid_schedule_request', issues.slice(0, 3).map(issueText).join('; '), { issues });
  checkSetupsFit(problem, shop, new Set(running.keys()), longest.map((windows) => (notOnDates === 'all' ? windows?.ofRepeated : windows?.ofAll)));
  checkRoutingSpan(problem, orders, clock);
  return { problem, shop, clock, start, horizon, operations, orders, working, fixings, dated, unplanned, warnings: [...work.warnings, ...closedMachines(shop, closed, end), ...onDatesOnly(operations, dated), ...machinesWithoutWork(shop, operations), ...families.warnings, ...warnings] };
}

function offsets(lengths: readonly number[]): Int32Array {
  const out = new Int32Array(lengths.length + 1);
  for (const [index, length] of lengths.entries()) out[index + 1] = (out[index] ?? 0) + length;
  return out;
}

/** Machines of which no part needs a process: rightly so, or because the process is misspelt. */
function machinesWithoutWork(shop: Shop, operations: readonly PlannedOperation[]): FieldIssue[] {
  const needed = new Set(operations.map(({ process }) => process));
  return shop.machines.flatMap(({ name, processes }, machine) => {
    if (processes.some((process) => needed.has(process))) return [];
    // What another machine does too is hardly misspelt, and a letter is: drilling and milling differ by two.
    const doubtful = processes.filter((process) => shop.machines.every((other, index) => index === machine || !other.processes.includes(process)));
    const near = doubtful.map((process) => nearest(process, needed, 0)).find((process) => process !== undefined);
    const fix = near === undefined ? 'leave it so, where that is right' : `did you mean "${near}"?`;
    return [issueAt(`machines[${machine}].processes`, `no part needs ${processes.join(' or ')}, so that nothing is planned on ${name}`, processes.join(', '), fix)];
  });
}

/** Parts that wait for hours that come but once. */
function onDatesOnly(operations: readonly PlannedOperation[], dated: ReadonlySet<number>): FieldIssue[] {
  return [...dated].flatMap((index) => {
    const operation = operations[index];
    if (!operation) return [];
    const what = `${operation.id} fits between no two breaks of the weekly shifts, where work must not pause, and waits for hours of a date`;
    return [{ ...issueAt(`line ${operation.line}`, what, operation.id, 'split the quantity, or let the work of its machines pause over breaks, to have it made at any time'), line: operation.line }];
  });
}

function closedMachines(shop: Shop, closed: readonly boolean[], end: string): FieldIssue[] {
  return shop.machines.flatMap(({ name }, machine) =>
    closed[machine] ? [issueAt(`machines[${machine}]`, `${name} has no working hours before ${end}, so that nothing is planned on it`, name, 'give its calendar shifts in that time, or take the machine out of the shop')] : []);
}

/** What machines are set up for at the start; those with an operation under way are set up for that. */
function mountedOn(request: ScheduleRequest, shop: Shop, fixings: readonly Fixing[], issues: FieldIssue[]): ScheduleRequest['mounted'] {
  const busy = new Set(fixings.filter(({ running }) => running).map(({ machine }) => shop.machines[machine]?.name));
  const names = shop.machines.map((machine) => machine.name);
  const features = shop.setups.map(({ feature }) => feature);
  for (const [name, state] of Object.entries(request.mounted)) {
    if (!names.includes(name)) issues.push(issueAt('mounted', `there is no machine "${name}"`, name, spellingFix(name, names, 'leave it out')));
    for (const feature of Object.keys(state)) if (!features.includes(feature)) issues.push(issueAt(placeOf(['mounted', name]), `no setup of the shop looks at "${feature}"`, feature, suggestion(feature, features)));
  }
  return Object.fromEntries(Object.entries(request.mounted).filter(([name]) => !busy.has(name)));
}
