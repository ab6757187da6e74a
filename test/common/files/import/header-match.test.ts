import { describe, expect, it } from 'vitest';
import type { PartSchema } from '../../../../common/part-schema.ts';
import { importFile } from '../../../support/import-file.ts';

/** A model of a shop's own German file. */
const schema: PartSchema = {
  features: [
    { name: 'Länge (mm)', kind: 'number', unit: 'mm', above: 0 },
    { name: 'Bohrung (")', kind: 'number', above: 0 },
    { name: 'Werkstoff', kind: 'category', levels: ['Stahl', 'Alu'] },
  ],
  target: { name: 'Zeit (min)', unit: 'min' },
};

describe('the columns of a model that learned from a shop\'s own file', () => {
  it.each([
    ['Länge (mm);Bohrung (");Werkstoff', '120,5;2;Stahl'],
    ['Länge;Bohrung (");WERKSTOFF', '120,5;2;stahl'],
    ['Bohrung (");Länge [cm];Werkstoff', '2;12,05;Stahl'],
    ['LAENGE (m);Bohrung (");Material;Werkstoff', '0,1205;2;x;Steel'],
  ])('are found in %s', async (header, row) => {
    const { parts } = await importFile(`${header}\n${row}\n`, { schema, vocabulary: { columns: { Länge: ['Laenge'] }, values: {}, synonyms: [['steel', 'Stahl']], totalWords: [] } });
    expect(parts).toEqual([{ 'Länge (mm)': 120.5, 'Bohrung (")': 2, Werkstoff: 'Stahl' }]);
  });
});
