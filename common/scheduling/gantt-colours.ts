import type { Schedule, ScheduledOrder } from './schedule.ts';

/** How operations are coloured. */
export type GanttColouring = 'order' | 'lateness';

/** Light enough for black text, told apart also by most who do not see all colours, and next to each other in the list as different as can be. */
const palette = ['#8ecae6', '#ffd166', '#b5e48c', '#f4a6c1', '#cdb4db', '#ffb385', '#9ad1c4', '#d9c5a0', '#a9b8f0', '#e3e36a', '#f0a8a0', '#bcd4de'];

/** What an order's lateness is drawn as; darker where worse, so that it also shows in grey. */
export const latenessColours = {
  'on time': '#c9ead3',
  doubtful: '#f2b544',
  late: '#dd6b60',
  'no due date': '#e4e8ed',
} as const;

export type LatenessClass = keyof typeof latenessColours;

/** What marks of an order's lateness are drawn in, thin as they are. */
export const latenessInks: Readonly<Record<LatenessClass, string>> = { 'on time': '#2d6a4f', doubtful: '#9a6700', late: '#b3261e', 'no due date': '#57606a' };

/** A probability of being on time below which an order counts as doubtful. */
export const doubtfulBelow = 0.9;

/** Late by the plan, doubtful by the simulation, or neither. */
export function latenessClass({ due, late_min, on_time }: ScheduledOrder): LatenessClass {
  if (due === null) return 'no due date';
  if (late_min > 0) return 'late';
  return on_time !== null && on_time < doubtfulBelow ? 'doubtful' : 'on time';
}

/** The colour of each order, by its id. Orders that follow each other on machines get different colours. */
export function orderColours({ orders, operations }: Schedule, colouring: GanttColouring): Map<string, string> {
  if (colouring === 'lateness') return new Map(orders.map((order) => [order.id, latenessColours[latenessClass(order)]]));
  const colours = new Map<string, string>();
  const recent: string[] = [];
  for (const { order_id: id } of operations) {
    let colour = colours.get(id);
    for (let next = colours.size; colour === undefined; next++) {
      const candidate = palette[next % palette.length] ?? '';
      if (!recent.includes(candidate)) colour = candidate;
    }
    colours.set(id, colour);
    recent.push(colour);
    if (recent.length > 2) recent.shift();
  }
  return colours;
}
