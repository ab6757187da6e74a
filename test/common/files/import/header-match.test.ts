import { describe, expect, it } from 'vitest';
import type { PartSchema } from '../../../../common/part-schema.ts';
import { importOptionsOf } from '../../../../common/files/import/import-options.ts';
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

describe('a unit joined to a name', () => {
  it.each([['LengthMm', 125, 'mm'], ['lengthMM', 125, 'mm'], ['Xmm', 125, 'mm'], ['xCm', 12.5, undefined], ['LängeInch', 5, 'in']])('is read from %s', async (header, value, unit) => {
    const { parts, report } = await importFile(`${header},y,z,material,complexity,process\n${value},7,3.25,steel,5,milling\n`);
    expect(parts[0]?.['x_cm']).toBeCloseTo(unit === 'in' ? 12.7 : 12.5);
    expect(report.columns.find(({ field }) => field === 'x_cm')).toMatchObject({ header, ...(unit && { unit, converted_to: 'cm' }) });
  });

  it('is none where a word just ends like it', async () => {
    for (const header of ['Firmm', 'Problem', 'Xm']) await expect(importFile(`${header},y,z,material,complexity,process\n5,7,3.25,steel,5,milling\n`)).rejects.toMatchObject({ code: 'missing_columns' });
  });
});

describe('a column of units beside the numbers', () => {
  it('that says another unit far below the beginning refuses the row', async () => {
    const row = (unit: string) => `12.5,7,3.25,${unit},steel,5,milling\n`;
    const text = `x,y,z,ME,material,complexity,process\n${row('cm').repeat(4_000)}${row('mm')}${row('')}${row('pcs')}`;
    const { parts, rejected } = await importFile(text);
    expect(parts).toHaveLength(4_002);
    expect(rejected.map(({ line, issues }) => [line, issues.map(({ message }) => message)])).toEqual([[4_002, ['line 4002, column ME: expected cm as above, got "mm"']]]);
  });
});

describe('columns that are missing', () => {
  it('keep their unit by either mend', async () => {
    const rest = ';y;z;material;complexity;process\n125;7;3,25;steel;5;milling\n';
    for (const [header, mapped] of [['lengthmm', '{"column":"lengthmm","unit":"mm"}'], ['Long. (mm)', '"Long. (mm)"']]) {
      await expect(importFile(`${header}${rest}`)).rejects.toMatchObject({ issues: [{ field: 'x_cm', fix: `is "${header}" meant? rename it to x_cm (mm), or say mapping={"x_cm":${mapped}}` }] });
      const renamed = await importFile(`x_cm (mm)${rest}`);
      const told = await importFile(`${header}${rest}`, { options: importOptionsOf({ mapping: `{"x_cm":${mapped}}` }) });
      expect([renamed.parts[0]?.['x_cm'], told.parts[0]?.['x_cm']]).toEqual([12.5, 12.5]);
    }
  });

  it('are told with the nearest header seen: a name or alias misspelt, or cut short', async () => {
    const problem = importFile('Réf.;Long. (mm);Larg. (mm);H;Werkstof;Compl.;Verfharen\nA;125;70;32,5;Stahl;5;Fräsen\n');
    const fix = (header: string): unknown => expect.objectContaining({ fix: expect.stringContaining(`is "${header}" meant?`) as unknown });
    await expect(problem).rejects.toMatchObject({
      code: 'missing_columns',
      issues: [fix('Long. (mm)'), fix('Larg. (mm)'), expect.objectContaining({ field: 'z_cm', fix: expect.stringContaining('add a column') as unknown }), fix('Werkstof'), fix('Compl.'), fix('Verfharen')],
    });
  });
});

it('a feature may have the name of something that every object has', async () => {
  const odd: PartSchema = { features: [{ name: 'constructor', kind: 'number' }, { name: '__proto__', kind: 'category', levels: ['toString'] }], target: { name: 'time_min' } };
  const { accepted, rejected } = await importFile('constructor,__proto__\n1,ToString\n2,valueOf\n', { schema: odd });
  expect(accepted.values).toEqual([[1], [0]]);
  expect(rejected).toHaveLength(1);
});
