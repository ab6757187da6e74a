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
      'replans: 3 operations are planned again in full that should have begun by 2026-11-23 07:15 by the earlier plan: A, B, D',
    ]);
  });

  test('goes on where the earlier one should be, when told so', async () => {
    const { operations } = await before();
    const after = await planned(shop, partsOf(csv), { ...later, progress: 'as_planned' }, { earlier: operations });
    expect(after.warnings.map(({ message }) => message)).toEqual([
      'replans: one operation is taken as finished, as the earlier plan has it: A',
      'replans: 2 operations are taken as running, as the earlier plan has it: B, D',
    ]);
    expect(after.operations.map(({ id, state, end_min: end }) => [id, state, end])).toEqual([['B', 'running', 45], ['C', 'planned', 105], ['D', 'running', 15]]);
  });

  test('plans again what can come only behind what the request tells', async () => {
    const { operations } = await before();
    const after = await planned(shop, partsOf(csv), { ...later, progress: 'as_planned', running: [{ id: 'A', machine: 'M', remaining_min: 20 }] }, { earlier: operations });
    expect(after.operations.map(({ id, state, end_min: end }) => [id, state, end])).toEqual([['A', 'running', 20], ['B', 'planned', 80], ['C', 'planned', 140], ['D', 'running', 15]]);
    expect(after.warnings.map(({ message }) => message)).toContainEqual('replans: one operation is planned again in full that should have begun by 2026-11-23 07:15 by the earlier plan: B');
  });

  test('plans again what follows in an order on what the request tells, and what its machine cannot do any more', async () => {
    const routed = 'part_id,order_id,operation,process,time_min\nO,O,10,p,30\nO,O,20,q,60\nP,P,10,p,90';
    const { operations } = await planned(shop, partsOf(routed), { locked: [{ id: 'O/10', machine: 'M', start: '2026-11-23T06:00Z' }] });
    const behind = await planned(shop, partsOf(routed), { ...later, progress: 'as_planned', running: [{ id: 'O/10', machine: 'M', remaining_min: 5 }] }, { earlier: operations });
    expect(behind.operations.map(({ id, state }) => [id, state])).toEqual(expect.arrayContaining([['O/10', 'running'], ['O/20', 'planned'], ['P/10', 'planned']]));
    const other = await planned(shopOf([{ name: 'M2', processes: ['p'] }, { name: 'N', processes: ['q'] }]), partsOf(routed), { ...later, progress: 'as_planned' }, { earlier: operations });
    expect(other.operations.map(({ id, state, machine }) => [id, state, machine])).toEqual(expect.arrayContaining([['P/10', 'planned', 'M2']]));
  });

  test('goes on with what machines were set up for', async () => {
    const one = shopOf([{ name: 'M', processes: ['p'] }], { setups: [{ feature: 'm', default: 60, same: 0 }] });
    const parts = partsOf('part_id,m,process,time_min\nA,steel,p,60\nB,copper,p,60\nC,steel,p,60');
    const { operations } = await planned(one, parts, { locked: ['A', 'B'].map((id, index) => ({ id, machine: 'M', start: `2026-11-23T0${6 + 2 * index}:00Z` })) });
    const changeovers = async (start: string, more: object = {}): Promise<unknown> => (await planned(one, parts, { start, progress: 'as_planned', locked: [{ id: 'B', machine: 'M' }], ...more }, { earlier: operations })).operations.map(({ id, changeover_min: minutes }) => [id, minutes]);
    expect(await changeovers('2026-11-23T07:00Z')).toEqual([['B', 60], ['C', 60]]);
    expect(await changeovers('2026-11-23T07:00Z', { mounted: { M: { m: 'copper' } } })).toEqual([['B', 0], ['C', 60]]);
  });

  test('needs the earlier one to go by', async () => {
    await expect(planned(shop, partsOf(csv), { progress: 'as_planned' })).rejects.toMatchObject({ code: 'invalid_schedule_request', message: expect.stringMatching(/^progress: as_planned needs/) });
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
    expect(after.operations.filter(({ id, end }) => Math.abs(Date.parse(end) - Date.parse(ends.get(id) ?? '')) > 60_000)).toEqual([]);
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

  test('without names are known only where they are the same part', async () => {
    const before = await planned(machines, partsOf('process,x,time_min\np,1,60\nq,2,60'));
    const after = await planned(machines, partsOf('process,x,time_min\np,9,500\nq,2,60'), { start: '2026-11-23T07:00Z', progress: 'as_planned' }, { earlier: before.operations });
    expect(after.operations.map(({ id }) => id)).toEqual(['line 2']);
    expect(after.options.finished).toEqual(['line 3']);
  });

  test('are known by id in a corrected file', async () => {
    const before = await planned(machines, one, { locked: [{ id: 'P1', machine: 'N' }, { id: 'P2', machine: 'N' }] });
    const after = await planned(machines, batch([...partsOf('part_id,process,time_min\nP0,p,5'), ...one], 3), { keep: 'least_disruption' }, { earlier: before.operations });
    expect(after.operations.filter(({ machine }) => machine === 'N').map(({ part_id: part }) => part)).toEqual(expect.arrayContaining(['P1', 'P2']));
  });
});
