import fc from 'fast-check';
import { expect, test } from 'vitest';
import { listSchedule, listScheduler } from '../../../worker/planning/list-schedule.ts';
import { exampleRows, exampleShop, partsOfRows, problemOf } from '../../support/planned-shops.ts';

test('one list after the other comes to the same schedules as each by itself', () => {
  const locked = [{ id: 'P1', machine: 'Mill 1' }, { id: 'P2', machine: 'Drill 1', start: '2026-11-24T09:00' }, { id: 'P4', machine: 'Mill 2', start: '2026-11-23T12:00' }];
  const rows = exampleRows(30, 9).map((row) => (row['part_id'] === 'P2' ? { ...row, process: 'drilling', release: '' } : row['part_id'] === 'P1' || row['part_id'] === 'P4' ? { ...row, process: 'milling', release: '' } : row));
  const { problem, working, operations } = problemOf(exampleShop(), partsOfRows(rows), { locked });
  const first = Int32Array.from(operations.keys());
  const machineOf = Int32Array.from(first, (operation) => (operation % 3 === 0 ? -1 : (problem.alternativeMachine[problem.alternativeStart[operation] ?? 0] ?? -1)));
  // Orders of one operation change places, so that those of each order stay in their order.
  const single = [...first].filter((operation) => operations.filter(({ orderId }) => orderId === operations[operation]?.orderId).length === 1);
  const swap = fc.tuple(fc.constantFrom(...single), fc.constantFrom(...single));
  fc.assert(fc.property(fc.array(swap, { maxLength: 12 }), (swaps) => {
    const schedule = listScheduler(problem, working);
    const list = first.slice();
    for (const [one, other] of swaps) {
      [list[one], list[other]] = [list[other] ?? 0, list[one] ?? 0];
      expect(schedule(list, machineOf)).toEqual(listSchedule(problem, list, machineOf, working));
    }
  }));
});
