import { readFileSync } from 'node:fs';
import { knownVocabulary } from '../../common/files/import/vocabulary.ts';
import { readShop } from '../../common/scheduling/read-shop.ts';
import { type ScheduleRequest, readScheduleRequest } from '../../common/scheduling/schedule-request.ts';
import type { Schedule } from '../../common/scheduling/schedule.ts';
import type { Shop } from '../../common/scheduling/shop.ts';
import { ZonedClock } from '../../common/scheduling/zoned-clock.ts';
import { readEstimateFile } from '../../worker/planning/estimate-file.ts';
import type { EstimatedPart, RefusedPart } from '../../worker/planning/estimated-part.ts';
import { listSchedule } from '../../worker/planning/list-schedule.ts';
import { type PlanInput, type SolveProblem, planParts } from '../../worker/planning/plan-parts.ts';
import { workingTimes } from '../../worker/planning/plan-timing.ts';
import { readPlannedWork } from '../../worker/planning/read-planned-work.ts';
import { type ShopProblem, shopProblem } from '../../worker/planning/shop-problem.ts';
import { minuteTicks } from '../../worker/planning/ticks.ts';
import { type Problem, operationCount, orderCount, orderOfOperation } from '../../worker/scheduling/problem.ts';
import { RandomStream } from '../../worker/scheduling/random-stream.ts';

/** The shop that is shipped as an example. */
export function exampleShop(): Shop {
  return readShop(JSON.parse(readFileSync('shop.example.json', 'utf8')));
}

/** A shop in UTC of machines that work round the clock; a machine is its name and processes, or more. */
export function shopOf(machines: { name: string; processes: string[]; [more: string]: unknown }[], more: object = {}): Shop {
  return readShop({ time_zone: 'UTC', machines, ...more });
}

/** Estimated parts of plain CSV text. */
export function partsOf(csv: string): EstimatedPart[] {
  const [header = [], ...rows] = csv.trim().split('\n').map((line) => line.trim().split(','));
  return partsOfRows(rows.map((cells) => Object.fromEntries(header.map((column, index) => [column, cells[index] ?? '']))));
}

const planning = ['part_id', 'order_id', 'operation', 'process', 'quantity', 'setup_min', 'due', 'release', 'priority', 'time_min', 'time_min_low', 'time_min_high', 'flags', 'model_version'];

/** Estimated parts of rows by column, in lines from 2 on. */
export function partsOfRows(rows: readonly Readonly<Record<string, string | number>>[]): EstimatedPart[] {
  return rows.map((row, index) => {
    const text = (column: string): string | null => String(row[column] ?? '') || null;
    const number = (column: string): number | null => (text(column) === null ? null : Number(row[column]));
    const value = number('time_min');
    return {
      batchId: null, line: index + 2, partId: text('part_id'), orderId: text('order_id'), operation: number('operation'), process: text('process') ?? '',
      quantity: number('quantity') ?? 1, setupMinutes: number('setup_min') ?? 0, due: text('due'), release: text('release'), priority: number('priority'),
      estimate: value === null ? undefined : { value, low: number('time_min_low') ?? value, high: number('time_min_high') ?? value },
      features: Object.fromEntries(Object.entries(row).filter(([column]) => !planning.includes(column)).map(([column, cell]) => [column, String(cell)])),
      modelVersion: text('model_version') ?? '',
    };
  });
}

/** The parts of a file of estimates, read as the product reads it. */
export async function fileParts(csv: string, shop: Shop): Promise<(EstimatedPart | RefusedPart)[]> {
  const source = (async function* () {
    yield new TextEncoder().encode(csv);
  })();
  return (await readEstimateFile(source, { shop, target: 'time_min', options: {}, vocabulary: knownVocabulary })).parts;
}

/** When the plans of tests start: a Monday in November. */
export const planStart = '2026-11-23T06:00:00Z';

/** A request with everything left out that is not given. */
export function requestOf(request: object = {}): ScheduleRequest {
  return readScheduleRequest({ start: planStart, draws: 0, ...request });
}

/** The problem of a shop and the rows of its parts. */
export function problemOf(shop: Shop, parts: readonly (EstimatedPart | RefusedPart)[], request: object = {}, horizonDays = 60): ShopProblem {
  const clock = new ZonedClock(shop.time_zone);
  const read = requestOf(request);
  return shopProblem({ work: readPlannedWork(parts, shop, clock), shop, clock, request: read, start: clock.read(read.start ?? planStart) ?? 0, horizon: horizonDays * 24 * 60 * minuteTicks, notOnDates: new Set() });
}

/** A simple dispatch rule: order by order of due date, each operation on the machine where it ends first. */
export const earliestDue: SolveProblem = (problem) => Promise.resolve({ solution: listSchedule(problem, byDueDate(problem), free(problem), workingTimes(problem)), lowerBound: 0, status: 'feasible' });

/** A plan at random: orders in any order, machines at will. */
export function anyPlan(seed: number): SolveProblem {
  return (problem) => {
    const random = new RandomStream(seed);
    const key = Float64Array.from({ length: orderCount(problem) }, () => random.unit());
    const orderOf = orderOfOperation(problem);
    const list = Int32Array.from({ length: operationCount(problem) }, (_, operation) => operation).sort((a, b) => (key[orderOf[a] ?? 0] ?? 0) - (key[orderOf[b] ?? 0] ?? 0) || a - b);
    const machineOf = Int32Array.from(list.keys(), (operation) => {
      const first = problem.alternativeStart[operation] ?? 0;
      return problem.alternativeMachine[first + random.below((problem.alternativeStart[operation + 1] ?? 0) - first)] ?? 0;
    });
    return Promise.resolve({ solution: listSchedule(problem, list, machineOf, workingTimes(problem)), lowerBound: 0, status: 'feasible' });
  };
}

function byDueDate(problem: Problem): Int32Array {
  const orderOf = orderOfOperation(problem);
  const due = (operation: number): number => Math.min(problem.due[orderOf[operation] ?? 0] ?? Infinity, Number.MAX_VALUE);
  return Int32Array.from({ length: operationCount(problem) }, (_, operation) => operation).sort((a, b) => due(a) - due(b) || a - b);
}

function free(problem: Problem): Int32Array {
  return new Int32Array(operationCount(problem)).fill(-1);
}

/** A schedule of parts by the rule of due dates, or as told. */
export function planned(shop: Shop, parts: readonly (EstimatedPart | RefusedPart)[], request: object = {}, more: Partial<PlanInput> = {}): Promise<Schedule> {
  return planParts({ parts, shop, shopVersion: 'v1', request: requestOf(request), solve: earliestDue, now: () => Date.parse('2026-11-22T12:00:00Z'), ...more });
}

/** Parts for the example shop: features, quantity, due dates within three weeks, every third order a routing of three operations. */
export function exampleRows(count: number, seed: number): Record<string, string | number>[] {
  const random = new RandomStream(seed);
  const materials = ['steel', 'aluminum', 'copper'];
  const processes = ['turning', 'milling', 'drilling'];
  const rows: Record<string, string | number>[] = [];
  const day = (offset: number): string => new Date(Date.parse(planStart) + Math.round(offset) * 86_400_000).toISOString().slice(0, 10);
  for (let order = 1; rows.length < count; order++) {
    const routing = order % 3 === 0;
    const material = materials[random.below(3)] ?? '';
    const dueDays = 1 + random.unit() * (count / 20);
    const due = day(dueDays);
    const release = random.unit() < 0.3 ? day(Math.min(dueDays, random.unit() * 3)) : '';
    for (const [at, process] of (routing ? processes : [processes[random.below(3)] ?? '']).entries()) {
      if (rows.length === count) break;
      const time = Math.round(20 + random.unit() * 200);
      rows.push({
        part_id: routing ? `R${order}-${at + 1}` : `P${order}`, order_id: routing ? `R${order}` : '', operation: routing ? (at + 1) * 10 : '',
        material, process, quantity: 1 + random.below(3), setup_min: 5 * random.below(4), due, release, priority: 1 + random.below(3),
        time_min: time, time_min_low: Math.round(time * 0.85), time_min_high: Math.round(time * 1.25), flags: '', model_version: '20261122T164849Z-a95ae5',
      });
    }
  }
  return rows;
}
