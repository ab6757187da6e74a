import type { Shop } from '../../common/scheduling/shop.ts';

/** Machines that can do the same at the same hours. */
export interface MachineGroup {
  /** What they can do, and when where the hours tell groups apart: milling, turning (two shifts). */
  name: string;
  machines: number[];
}

/** The groups of a shop, in the order of their first machines. */
export function machineGroups(shop: Shop): MachineGroup[] {
  const groups = new Map<string, MachineGroup & { calendar: string }>();
  for (const [index, { processes, calendar }] of shop.machines.entries()) {
    const name = [...processes].sort().join(' + ');
    const key = JSON.stringify([name, calendar]);
    const group = groups.get(key);
    if (group) group.machines.push(index);
    else groups.set(key, { name, machines: [index], calendar: calendar ?? 'round the clock' });
  }
  const all = [...groups.values()];
  return all.map(({ name, machines, calendar }) => ({ name: all.filter((group) => group.name === name).length > 1 ? `${name} (${calendar})` : name, machines }));
}
