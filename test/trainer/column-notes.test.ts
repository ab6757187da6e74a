import { describe, expect, it } from 'vitest';
import { seededRandom, standardNormal } from '../../common/seeded-random.ts';
import { columnNotes } from '../../trainer/column-notes.ts';

const random = seededRandom(7);
const rows = 60;
const times = Float64Array.from({ length: rows }, () => 60 + 20 * standardNormal(random));
const schemaOf = (name: string) => ({ features: [{ name, kind: 'number' as const }], target: { name: 'time_min' } });
const notesOn = (name: string, of: (time: number, row: number) => number, target = times) => columnNotes(schemaOf(name), { rows: target.length, columns: [target.map(of)], target });

describe('columnNotes on the target once more', () => {
  it('says which multiple a column is of it, also rounded', () => {
    expect(notesOn('time_h', (time) => time / 60)).toEqual(['time_h looks like time_min in another unit (time_min = 60 × time_h): if it is known only once a part is finished, no estimate can be asked with it: leave it out']);
    expect(notesOn('time_h', (time) => Math.round((100 * time) / 60) / 100)).toMatchObject([expect.stringMatching(/^time_h looks like time_min in another unit/)]);
    expect(notesOn('cost', (time) => 500 + 2 * time)).toMatchObject([expect.stringMatching(/^cost looks like time_min, but for a constant: if it/)]);
  });

  it('tells any function that keeps or turns the order', () => {
    expect(notesOn('speed', (time) => 1e5 / time ** 3)).toMatchObject([expect.stringMatching(/^speed tells time_min almost exactly: if it is known only/)]);
  });

  it('says nothing of a good feature, of few values, or of missing ones', () => {
    expect(notesOn('length', (time) => time + 2 * standardNormal(random))).toEqual([]);
    expect(notesOn('class', (_, row) => row % 10)).toEqual([]);
    expect(notesOn('rare', (time, row) => (row < 15 ? time : NaN))).toEqual([]);
    expect(notesOn('gaps', (time, row) => (row % 2 === 0 ? time : NaN))).toHaveLength(1);
  });

  it('holds for values of any size', () => {
    const huge = times.map((time) => time * 1e13);
    expect(notesOn('tiny', (time) => time * 1e-300, huge)).toHaveLength(1);
  });
});

describe('columnNotes on days of a calendar', () => {
  it('tells days as Excel counts them, by their name or by their order', () => {
    const note = (name: string) => `${name} looks like days as Excel counts them (45000 is 2023-03-15): parts to come lie beyond all that was learned; leave it out, or give what matters of it, such as days since an overhaul`;
    expect(notesOn('shift', (_, row) => 45_000 + row)).toEqual([note('shift')]);
    expect(notesOn('Datum', (_, row) => 45_000 + ((row * 7) % 60) + (row === 0 ? 0 : 0.25))).toEqual([note('Datum')]);
  });

  it('says nothing of such numbers in no order, or of others in order', () => {
    expect(notesOn('mass_g', (_, row) => 45_000 + ((row * 7) % 60))).toEqual([]);
    expect(notesOn('lot', (_, row) => 1_000 + row)).toEqual([]);
  });
});
