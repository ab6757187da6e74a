/** The priority from which on nothing is less urgent; what has no priority is like it. */
const leastUrgent = 5;

/** What a minute of lateness weighs by priority: 16 for 1, the most urgent, half of it with each step, 1 from 5 on and without a priority. */
export function priorityWeight(priority: number | null): number {
  return 2 ** Math.max(0, leastUrgent - (priority ?? leastUrgent));
}
