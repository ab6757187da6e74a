import { describe, expect, test } from 'vitest';
import { compareSchedules } from '../../../common/scheduling/compare-schedules.ts';
import type { EstimatedPart } from '../../../worker/planning/estimated-part.ts';
import { exampleRows, exampleShop, partsOf, partsOfRows, planned, shopOf } from '../../support/planned-shops.ts';

const shop = shopOf([{ name: 'M', processes: ['p'] }, { name: 'N', processes: ['q'] }]);
/** On M from 6: A until 7, B until 8, C until 9; D on N until 7:30. */
const csv = 'part_id,process,time_min\nA,p,60\nB,p,60\nC,p,60\nD,q,90';
const inRow = ['A', 'B', 'C'].map((id, index) => ({ id, machine: 'M', start: `2026-11-23T0${6 + index}:00Z` }));
const later = { start: '2026-11-23T07:15Z' };

describe('a plan that replaces one that began earlier', () => {
  const before = () => planned(shop, partsOf(csv), { locked: inRow });

  test('tells what it plans again although it should have ended or be under way', async () => {
    const { operations } = await before();
    const after = await planned(shop, partsOf(csv), later, { earlier: operations });
    expect(after.operations).toHaveLength(4);
    expect(after.warnings.map(({ message }) => message)).toEqual([
      'replans: one operation is planned again in full that should have ended at 2026-11-23 07:15 by the earlier plan: A',
      'replans: 2 operations are planned again in full that should be under way at 2026-11-23 07:15 by the earlier plan: B, D',
    ]);
  });

  test('goes on where the earlier one should be, when told so', async () => {
    const { operations } = await before();
    const after = await planned(shop, partsOf(csv), { ...later, progress: 'as_planned' }, { earlier: operations });
    expect(after.warnings).toEqual([]);
    expect(after.operations.map(({ id, state, end_min: end }) => [id, state, end])).toEqual([['B', 'running', 45], ['C', 'planned', 105], ['D', 'running', 15]]);
  });

  test('believes the request rather than the earlier plan', async () => {
    const { operations } = await before();
    const told = { finished: ['B'], running: [{ id: 'A', machine: 'M', remaining_min: 20 }] };
    const after = await planned(shop, partsOf(csv), { ...later, ...told, progress: 'as_planned' }, { earlier: operations });
    expect(after.operations.map(({ id, state, end_min: end }) => [id, state, end])).toEqual([['A', 'running', 20], ['C', 'planned', 80], ['D', 'running', 15]]);
  });

  test('of a shop with routings, setups and shifts ends as the earlier one', async () => {
    const parts = partsOfRows(exampleRows(40, 3));
    const first = await planned(exampleShop(), parts);
    const start = first.operations.map((operation) => operation.end).sort()[15] ?? '';
    const after = await planned(exampleShop(), parts, { start, progress: 'as_planned', keep: 'least_disruption' }, { earlier: first.operations });
    const ends = new Map(first.operations.map(({ id, end }) => [id, end]));
    // The clock of a plan has whole minutes, and ends of what runs are rounded to a hundredth.
    expect(after.operations.filter(({ id, end }) => Date.parse(end) > Date.parse(ends.get(id) ?? '') + 60_000)).toEqual([]);
    expect(after.operations.length + after.options.finished.length).toBe(40);
  });
});

describe('operations of an earlier plan', () => {
  const batch = (parts: readonly EstimatedPart[], digit: number): EstimatedPart[] => parts.map((part) => ({ ...part, batchId: `0000000${digit}-0000-4000-8000-000000000000` }));
  const one = batch(partsOf('part_id,process,time_min\nP1,p,60\nP2,q,90'), 1);
  const two = batch(partsOf('part_id,process,time_min\nP1,q,30\nP2,p,20'), 2);
  const machines = shopOf(['M', 'N'].map((name) => ({ name, processes: ['p', 'q'] })));

  test('are known by batch and line, in whatever order the batches come', async () => {
    const before = await planned(machines, [...one, ...two]);
    const after = await planned(machines, [...two, ...one], { keep: 'least_disruption' }, { earlier: before.operations });
    const places = ({ operations }: typeof before): unknown[] => operations.map(({ batch_id: from, line, machine, start }) => [from, line, machine, start]);
    expect(places(after)).toEqual(places(before));
    // The first `P1` of the one is the second of the other.
    expect(compareSchedules(before, after)).toMatchObject({ moved: 0, earlier: 0, later: 0, unchanged: 4, added: [], removed: [], orders: [] });
  });

  test('are known by id in a corrected file', async () => {
    const before = await planned(machines, one, { locked: [{ id: 'P1', machine: 'N' }, { id: 'P2', machine: 'N' }] });
    const after = await planned(machines, batch([...partsOf('part_id,process,time_min\nP0,p,5'), ...one], 3), { keep: 'least_disruption' }, { earlier: before.operations });
    expect(after.operations.filter(({ machine }) => machine === 'N').map(({ part_id: part }) => part)).toEqual(expect.arrayContaining(['P1', 'P2']));
  });
});
