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

describe('names that differ only in capitals', () => {
  const number = (name: string): PartSchema['features'][number] => ({ name, kind: 'number', unit: 'cm' });
  const target = { name: 'time_min' };

  it('mean each the column of exactly their spelling', async () => {
    const both = { features: [number('x_cm'), number('X_CM')], target };
    expect((await importFile('X_CM,x_cm\n7,5\n', { schema: both })).parts).toEqual([{ x_cm: 5, X_CM: 7 }]);
    await expect(importFile('X_cm,x_cm\n7,5\n', { schema: both })).rejects.toMatchObject({ code: 'missing_columns', message: expect.stringContaining('missing X_CM') as unknown });
    expect((await importFile('X_CM,x_cm\n7,5\n', { schema: { features: [number('x_cm')], target } })).parts).toEqual([{ x_cm: 5 }]);
  });

  it('are asked about where none is spelt exactly', async () => {
    await expect(importFile('X_CM,X_cm\n7,5\n', { schema: { features: [number('x_cm')], target } })).rejects.toMatchObject({ code: 'ambiguous_file' });
  });
});

describe('a unit joined to a name', () => {
  it.each([['LengthMm', 125, 'mm'], ['lengthMM', 125, 'mm'], ['Xmm', 125, 'mm'], ['xCm', 12.5, undefined], ['LängeInch', 5, 'in']])('is read from %s', async (header, value, unit) => {
    const { parts, report } = await importFile(`${header},y_cm,z_cm,material,complexity,process\n${value},7,3.25,steel,5,milling\n`);
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

it('one size that names its unit among more that name none leaves these in the unit of the model', async () => {
  const { parts } = await importFile('X (mm);y;z;material;complexity;process\n125;7;3,25;steel;5;milling\n');
  expect(parts[0]).toMatchObject({ x_cm: 12.5, y_cm: 7, z_cm: 3.25 });
});

it('an id alone is a part without its values, and no title', async () => {
  const { totals, rejected } = await importFile('part_id;x;y;z;material;complexity;process\nAuftrag 2;;;;;;\nP1;12;7;3;steel;5;milling\nP1003;;;;;;\n');
  expect([totals, rejected.map(({ issues }) => issues[0]?.message)]).toEqual([1, ['line 4: no feature has a value']]);
});

it('a header right below another is no row of units where it names the columns in another order', async () => {
  const { parts, rejected } = await importFile('x_cm,y_cm,z_cm,material,complexity,process\nz (mm),y (mm),x (mm),material,complexity,process\n300,150,100,aluminum,1,turning\n');
  expect(parts).toEqual([]);
  expect(rejected.map(({ issues }) => issues[0]?.message)).toEqual(['line 2: a second table begins here, with another header', 'line 3: belongs to a second table, which begins in line 2 with another header']);
});

describe('columns that are missing', () => {
  it('keep their unit by either mend', async () => {
    const rest = ';y_cm;z_cm;material;complexity;process\n125;7;3,25;steel;5;milling\n';
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
      issues: [fix('Long. (mm)'), fix('Larg. (mm)'), expect.objectContaining({ field: 'z_cm', fix: expect.stringContaining('is "H" meant? write its unit beside it, as "H (mm)"') as unknown }), fix('Werkstof'), fix('Compl.'), fix('Verfharen')],
    });
  });
});

const row = '120;7;3;steel;5;milling\n';
const fileOf = (header: string): string => `${header};y_cm;z_cm;material;complexity;process\n${row}`;
const lengthOf = async (header: string, mapping?: unknown): Promise<unknown> => (await importFile(fileOf(header), { options: importOptionsOf(mapping === undefined ? {} : { mapping: JSON.stringify({ x_cm: mapping }) }) })).parts[0]?.['x_cm'];

describe('a unit in a header', () => {
  it.each(['Länge (in mm)', 'Longueur (millimètres)', '[MM] Länge', 'mm Länge', 'Länge [mm] *', 'Länge in Millimetern', 'Länge en millimètres', 'Länge mm:', 'x_cm (mm)'])('is understood in %s', async (header) => {
    expect([await lengthOf(header), await lengthOf(header, header)]).toEqual([12, 12]);
  });

  it.each<[string, number]>([['Länge (mm, ±0.1)', 12], ['Länge [mm] / Length', 12], ['X (mm) fertig', 12], ['Rohling mm (gesägt)', 12], ['Length_in_inches_raw', 304.8]])('is taken by a mapping without a unit from %s', async (header, value) => {
    await expect(lengthOf(header)).rejects.toMatchObject({ code: 'missing_columns' });
    expect(await lengthOf(header, header)).toBe(value);
  });

  it.each(['Länge (1/10 mm)', 'Länge (cm/10)', 'Length (thou)', 'Länge m roh', 'Länge [mm] oder inch'])('is asked for where %s leaves it open, and never made up', async (header) => {
    await expect(lengthOf(header, header)).rejects.toMatchObject({ issues: [{ fix: expect.stringContaining(`mapping={"x_cm":{"column":"${header}","unit":"…"}}`) as unknown }, {}] });
    const { message, issues } = await importFile(fileOf(header)).catch((error: { message: string; issues: { fix: string }[] }) => error) as { message: string; issues: { fix: string }[] };
    expect(`${message} ${issues.map(({ fix }) => fix).join(' ')}`).not.toMatch(/"unit":"[^…]/);
    expect(await lengthOf(header, { column: header, unit: 'in' })).toBe(304.8);
  });
});

describe('a remark in brackets behind a planning column\'s name', () => {
  const imported = (header: string, mapping?: Record<string, string>): ReturnType<typeof importFile> =>
    importFile(`x_cm;y_cm;z_cm;material;complexity;process;${header}\n12;7;3;steel;5;milling;3;4\n`.replace(header.includes(';') ? '' : ';4', ''), { options: importOptionsOf(mapping ? { mapping: JSON.stringify(mapping) } : {}) });
  it.each(['Quantity (units)', 'Menge (offen)', 'Anzahl (Teile)', 'Qté (u.)', 'Stück/Los'])('is passed over in %s', async (header) => {
    const { parts, report } = await imported(header);
    expect(parts[0]?.['quantity']).toBe(3);
    expect(report.columns.find(({ field }) => field === 'quantity')).toMatchObject({ how: 'alias' });
  });

  it('gives way to the name without one, and is a question beside another', async () => {
    expect((await imported('Menge (Soll);Menge')).parts[0]?.['quantity']).toBe(4);
    await expect(imported('Menge (Soll);Menge (offen)')).rejects.toMatchObject({ code: 'ambiguous_file' });
    expect((await imported('Menge (Soll);Menge (offen)', { quantity: 'Menge (offen)' })).parts[0]?.['quantity']).toBe(4);
  });

  it.each(['Menge [kg]', 'Menge (1000 St)', 'Menge [Karton]', 'Setup (days)', 'Rüstzeit (Tage)', 'Setup Time (hh:mm)', 'Setup [0.01h]'])('stops the file where it is a unit that does not fit, as in %s', async (header) => {
    await expect(imported(header)).rejects.toMatchObject({ code: 'ambiguous_file', issues: [{ value: header }] });
  });
});

describe('a priority', () => {
  const priorityIn = async (header: string, mapping?: string): Promise<unknown> => (await importFile(`x_cm;y_cm;z_cm;material;complexity;process;${header}\n12;7;3;steel;5;milling;3\n`, { options: importOptionsOf(mapping === undefined ? {} : { mapping }) })).parts[0]?.['priority'];
  it.each(['Priority (10 = high)', 'Prio (1 = niedrig)', 'Priority (1 low - 5 high)', 'Prio (hoch = 9)'])('is a question in %s, which says otherwise', async (header) => {
    await expect(priorityIn(header)).rejects.toMatchObject({ code: 'ambiguous_file', message: expect.stringContaining(`mapping={"priority":"${header}"}`) as unknown });
    expect(await priorityIn(header, JSON.stringify({ priority: header }))).toBe(3);
  });

  it.each(['Priority (1 = high)', 'Prio (1 = höchste)', 'Prio (1-5)'])('is read from %s', async (header) => {
    expect(await priorityIn(header)).toBe(3);
  });
});

describe('a remark above the header', () => {
  const below = 'Länge;Breite;Höhe;Werkstoff;Komplexität;Verfahren;Rüstzeit\n12;7;3;Stahl;5;Fräsen;2\n';
  it.each([
    ['All dimensions in inches unless otherwise specified', 'in'], ['Units;inch', 'in'], ['Units = IN', 'in'], ['Units;IN', 'in'], ['Alle Maße in Millimeter', 'mm'], ['Dimensions en millimètres', 'mm'], ['Maße in mm, Gewichte in kg', 'mm'],
    ['Maßeinheit mm - Stand 3.4.2026', 'mm'], ['Dimensions (in inches)', 'in'], ['Abmessungen L x B x H in mm (roh)', 'mm'], ['Alle Angaben in mm bzw. min', 'mm'], ['Zeiten in Stunden', 'h'], ['Alle Maße in 1/10 mm', '…'], ['Maße in mm (inch)', '…'],
  ])('%s asks for the unit', async (remark, unit) => {
    await expect(importFile(`${remark}\n${below}`)).rejects.toMatchObject({ code: 'ambiguous_file', message: expect.stringContaining(`"unit":"${unit}"`) as unknown });
  });

  it.each(['Werk: M', 'Plan Halle H', 'Second shift', 'Abmessungen (L x B x H)', 'Made in Germany', 'Alle Maße in cm'])('%s says nothing of units that differ', async (remark) => {
    expect((await importFile(`${remark}\n${below}`)).parts).toMatchObject([{ x_cm: 12, setup_min: 2 }]);
  });
});

describe('a row of units below the header', () => {
  const withUnits = (unit: string): string => `Länge;Breite;Höhe;Werkstoff;Komplexität;Verfahren\n${unit};${unit};${unit};;;\n120;70;30;Stahl;5;Fräsen\n`;
  it.each(['in mm', 'Maß in mm', '/mm', 'mm*', 'millimètres', '[ MM ]'])('of %s is taken', async (unit) => {
    expect((await importFile(withUnits(unit))).parts).toMatchObject([{ x_cm: 12, y_cm: 7, z_cm: 3 }]);
  });

  it('of which one has the model\'s own unit writes it into the header, which exports keep', async () => {
    const { header, parts } = await importFile(withUnits('mm').replace('mm;mm;mm', 'mm;cm;mm'));
    expect([header.slice(0, 3), parts[0]]).toMatchObject([['Länge', 'Breite (cm)', 'Höhe'], { x_cm: 12, y_cm: 70, z_cm: 3 }]);
  });

  it.each(['thou', '1/10 mm', '0,1 mm'])('of %s is a question that proposes none', async (unit) => {
    await expect(importFile(withUnits(unit))).rejects.toMatchObject({ code: 'ambiguous_file', message: expect.stringContaining('"unit":"…"') as unknown });
  });
});

describe('a unit over several columns', () => {
  const two = (group: string, names = 'Länge;Breite;Höhe'): Promise<unknown> => importFile(`Teil;Werkstoff;Komplexität;Verfahren;${group};;;;\n;;;;${names};Menge;Rüstzeit\nA;Stahl;5;Fräsen;120;70;30;4;5\n`).then(({ parts }) => parts);
  it.each(['Maße [mm]', 'Maße (LxBxH) in mm', 'Abmessungen (L x B x H) [mm]'])('is that of the sizes in %s, and of nothing else', async (group) => {
    expect(await two(group)).toMatchObject([{ x_cm: 12, y_cm: 7, z_cm: 3, quantity: 4, setup_min: 5 }]);
    expect(await two(group, 'L;B;H cm')).toMatchObject([{ x_cm: 12, y_cm: 7, z_cm: 30 }]);
  });

  it('that is none refuses the file', async () => {
    await expect(two('Maße [thou]')).rejects.toMatchObject({ code: 'missing_columns', issues: [{ field: 'x_cm' }, { field: 'y_cm' }, { field: 'z_cm' }] });
  });
});

describe('a column of units', () => {
  it('proposes no unit where those of the other sizes differ', async () => {
    await expect(importFile('x (mm);y (in);z;material;complexity;process\n12;7;3;steel;5;milling\n')).rejects.toMatchObject({ code: 'ambiguous_file', message: expect.stringContaining('mapping={"z_cm":{"column":"z","unit":"…"}}') as unknown });
  });

  it.each([['Dim UOM', 'IN'], ['Length UOM', 'mm'], ['Size Unit', 'M'], ['U/M', 'MM'], ['UM', 'MM'], ['Einh.', 'MM'], ['Unit of Meas.', 'IN'], ['Zeiteinheit', 'H'], ['ZE', 'STD'], ['Einheit Rüstzeit', 'STD']])('is found under %s', async (name, unit) => {
    await expect(importFile(`Länge;Breite;Höhe;Werkstoff;Komplexität;Verfahren;Rüstzeit;${name}\n12;7;3;Stahl;5;Fräsen;2;${unit}\n`)).rejects.toMatchObject({ code: 'ambiguous_file', message: expect.stringContaining(`the column "${name}" says`) as unknown });
  });
});

describe('cells that name their own unit', () => {
  it('far below bare numbers of the same column are refused', async () => {
    const { parts, rejected } = await importFile(`Länge;y;z;material;complexity;process\n${'12;7;3;steel;5;milling\n'.repeat(4_000)}120 mm;7;3;steel;5;milling\n`);
    expect(parts).toHaveLength(4_000);
    expect(rejected.map(({ issues }) => issues[0]?.message)).toEqual(['line 4002, column Länge: expected cm as above, from line 2 on, where no unit stands, got "120 mm"']);
  });
});

it.each([['Menge offen', '{"quantity":"Menge offen"}'], ['Offene Menge', '{"quantity":"Offene Menge"}'], ['Rüstzeit in Tagen', '{"setup_min":{"column":"Rüstzeit in Tagen","unit":"…"}}']])('a column %s that no field is read from is noted', async (name, mapping) => {
  const { report } = await importFile(`x_cm;y_cm;z_cm;material;complexity;process;${name}\n12;7;3;steel;5;milling;3\n`);
  expect(report.notes).toEqual([expect.stringContaining(`mapping=${mapping}`)]);
});

describe('a name that is only near to that of a planning column', () => {
  it.each(['Pos.', 'tr (min)', 'Stückzeit'])('is not suggested for %s', async (name) => {
    const { report } = await importFile(`x_cm;y_cm;z_cm;material;complexity;process;${name}\n12;7;3;steel;5;milling;3\n`);
    expect(report.notes).toBeUndefined();
  });
});

it('a feature may have the name of something that every object has', async () => {
  const odd: PartSchema = { features: [{ name: 'constructor', kind: 'number' }, { name: '__proto__', kind: 'category', levels: ['toString'] }], target: { name: 'time_min' } };
  const { accepted, rejected } = await importFile('constructor,__proto__\n1,ToString\n2,valueOf\n', { schema: odd });
  expect(accepted.values).toEqual([[1], [0]]);
  expect(rejected).toHaveLength(1);
});
