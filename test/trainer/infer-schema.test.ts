import { describe, expect, it } from 'vitest';
import type { PartSchema } from '../../common/part-schema.ts';
import { ColumnFacts } from '../../trainer/column-facts.ts';
import { demonstrationSchema } from '../../trainer/demonstration.ts';
import { inferSchema } from '../../trainer/infer-schema.ts';
import { unitOfName } from '../../trainer/unit-of-name.ts';

const nothing: PartSchema = { features: [{ name: 'unused', kind: 'number' }], target: { name: 'time_min', unit: 'min' } };

function column(name: string, cells: (string | number)[]): ColumnFacts {
  const facts = new ColumnFacts(name);
  for (const [row, cell] of cells.entries()) facts.observe(String(cell), row + 2);
  return facts;
}

const infer = (columns: ColumnFacts[], base: PartSchema = nothing, target = 'time_min') => inferSchema([...columns, column(target, [1, 2])], target, base);
const featureOf = (facts: ColumnFacts, base?: PartSchema) => infer([facts], base).schema.features[0];
const repeated = (values: (string | number)[]) => Array.from({ length: 60 }, (_, row) => values[row % values.length] ?? '');

const many = (cell: string) => Array.from({ length: 10 }, () => cell);
const issuesOf = (columns: ColumnFacts[], base?: PartSchema) => infer(columns, base).issues;
const lengths = Array.from({ length: 99 }, (_, row) => row + 0.5);

describe('inferSchema', () => {
  it('takes a column with any text for a category, its levels in alphabetical order', () => {
    expect(featureOf(column('machine', repeated(['M2', '7', 'M1'])))).toEqual({ name: 'machine', kind: 'category', levels: ['7', 'M1', 'M2'] });
  });

  it('takes NA and None for levels like any other', () => {
    expect(featureOf(column('coating', repeated(['None', 'NA', 'zinc'])))?.levels).toEqual(['NA', 'None', 'zinc']);
  });

  it('takes whole numbers for integers and others for numbers', () => {
    expect(featureOf(column('holes', [1, 2, 12]))).toEqual({ name: 'holes', kind: 'integer' });
    expect(featureOf(column('ratio', [1, 2.5]))).toEqual({ name: 'ratio', kind: 'number' });
  });

  it('takes a measure with a unit for a number even where every value seen is whole', () => {
    expect(featureOf(column('length_mm', [10, 20, 30]))).toEqual({ name: 'length_mm', kind: 'number', unit: 'mm' });
  });

  it('leaves out target, planning columns, earlier estimates and empty columns, and says so', () => {
    const { schema, notes } = infer([column('part_id', ['a', 'b']), column('due', [1]), column('time_min_low', [1]), column('model_version', ['v']), column('remark', ['', ' ']), column('', []), column('holes', [1, 2])]);
    expect(schema.features.map((feature) => feature.name)).toEqual(['holes']);
    expect(schema.target).toEqual({ name: 'time_min', unit: 'min' });
    expect(notes).toEqual(['part_id plans the work and is ignored', 'due plans the work and is ignored', 'time_min_low comes from an earlier estimate and is ignored', 'model_version comes from an earlier estimate and is ignored', 'remark is empty and is ignored']);
  });

  it('inherits bounds and unit where all data lie within them', () => {
    expect(featureOf(column('complexity', [1, 9]), demonstrationSchema)).toEqual({ name: 'complexity', kind: 'integer', min: 1, max: 10 });
    expect(featureOf(column('x_cm', [1, 9]), demonstrationSchema)).toEqual({ name: 'x_cm', kind: 'number', unit: 'cm', above: 0 });
  });

  it('drops bounds that the data go beyond, and says so', () => {
    const { schema, notes } = infer([column('complexity', [1, 12])], demonstrationSchema);
    expect(schema.features).toEqual([{ name: 'complexity', kind: 'integer' }]);
    expect(notes).toEqual(['complexity goes from 1 to 12, beyond the bounds of the version before: it has none now']);
  });

  it('drops a definition whose kind does not fit any more', () => {
    expect(featureOf(column('complexity', [1, 2.5]), demonstrationSchema)).toEqual({ name: 'complexity', kind: 'number' });
    expect(featureOf(column('complexity', repeated(['low', 'high'])), demonstrationSchema)).toEqual({ name: 'complexity', kind: 'category', levels: ['high', 'low'] });
  });

  it('does not inherit the range that the version before had learned', () => {
    const base: PartSchema = { features: [{ name: 'x_cm', kind: 'number', above: 0, learned: { min: 1, max: 2 } }], target: { name: 'time_min' } };
    expect(featureOf(column('x_cm', [5.5, 7]), base)).toEqual({ name: 'x_cm', kind: 'number', above: 0 });
  });

  it('keeps the order of known levels that have a part, puts new ones after them, and tells which are new and which are gone', () => {
    const { schema, notes } = infer([column('material', repeated(['brass', 'copper', 'steel']))], demonstrationSchema);
    expect(schema.features[0]?.levels).toEqual(['steel', 'copper', 'brass']);
    expect(notes).toEqual(['material has a new level: brass', 'material has no part any more with the level of the version before: aluminum']);
  });

  it('keeps numbers a category where the version before knows them as levels', () => {
    const base: PartSchema = { features: [{ name: 'machine', kind: 'category', levels: ['1', '2', 'lathe'] }], target: { name: 'time_min' } };
    expect(featureOf(column('machine', repeated([1, 3])), base)?.levels).toEqual(['1', '3']);
  });

  it('leaves out columns that identify parts or hold remarks, and says why of each', () => {
    const ids = column('serial', Array.from({ length: 60 }, (_, row) => `S${row}`));
    const remark = column('remark', repeated(['x'.repeat(300), 'short']));
    const levels = column('tool', Array.from({ length: 30_000 }, (_, row) => `T${row % 10_001}`));
    const order = column('order_no', Array.from({ length: 60 }, (_, row) => 4_000 + row));
    const { schema, notes, issues } = infer([ids, remark, levels, order, column('teeth_no', repeated([12, 18])), column('refractive_index', lengths)]);
    expect(issues).toEqual([]);
    expect(notes).toEqual([
      'serial has a text of its own in nearly every row (60 in 60 rows) and is ignored',
      'remark has texts of up to 300 characters, which are remarks rather than a category, and is ignored',
      'tool has more than 10000 different texts and is ignored',
      'order_no is different in every row, as a number that identifies the part, and is ignored',
    ]);
    expect(schema.features.map(({ name, kind }) => [name, kind])).toEqual([['teeth_no', 'integer'], ['refractive_index', 'number']]);
  });

  it('takes a category with 10,000 levels, and no more', () => {
    const cells = Array.from({ length: 30_000 }, (_, row) => `T${row % 10_000}`);
    expect(featureOf(column('tool', cells))?.levels).toHaveLength(10_000);
  });

  it.each([
    ['2026-03-01', '2026-12-24'],
    ['01.03.2026', '24.12.2026'],
    ['2026-03-01T08:15:00Z', '2026-12-24T23:59:59.999+01:00'],
    ['3/1/2026 8:15 AM', '12/24/2026 11:59 PM'],
    ['1 March 2026', '24-Dec-26'],
    ['20260301', '20261224'],
    ['0:45:10', '12:01:00'],
  ])('leaves out dates such as %s, and says what to give instead', (...dates) => {
    const { schema, notes } = infer([column('finished_on', repeated(dates)), column('holes', [1, 2])]);
    expect(schema.features.map(({ name }) => name)).toEqual(['holes']);
    expect(notes).toEqual([`finished_on looks like dates ("${dates[0]}") and is ignored: give what matters of them as a number, such as days or minutes`]);
  });

  it.each(['1:10', '10-20-30', 'M-12', '1.4301', '6061-T6', '2026', 'X5CrNi18-10', '12345678'])('does not take %s for a date', (text) => {
    expect(featureOf(column('code', repeated([text, 'other'])))?.kind).toBe('category');
  });

  it('says so where numbers make a category because of some texts', () => {
    const { schema, notes } = infer([column('fixture', repeated([1, 2, 3, 'A']))]);
    expect(schema.features[0]?.levels).toEqual(['1', '2', '3', 'A']);
    expect(notes).toEqual(['fixture is taken for a category of 4 levels: 15 of 60 cells are no number, the first in line 5: "A", line 9: "A", line 13: "A"']);
  });

  it('takes a number column with a slip of the pen for that, not for a category, and names the line', () => {
    const [issue] = issuesOf([column('width', [...lengths, '12.5.'])]);
    expect(issue).toMatchObject({ line: 101, field: 'width', value: '12.5.' });
    expect(issue?.message).toContain('1 of 100 cells is no number, the first in line 101: "12.5."');
  });

  it('lets a few numbers without an end be refused with their rows', () => {
    expect(featureOf(column('width', [...lengths, 'inf']))).toEqual({ name: 'width', kind: 'number' });
    expect(featureOf(column('mark', repeated(['inf', 'sup'])))?.levels).toEqual(['inf', 'sup']);
  });

  it.each([['12 mm', 'len_mm'], ['12,5mm', 'len_mm'], ['5%', 'len_percent'], ['3 h', 'len_h']])('never takes numbers with a unit, such as %s, for levels, and tells the fix', (cell, name) => {
    const cells = [cell, ...Array.from({ length: 29 }, (_, row) => cell.replace(/^[\d,]+/, String(row + 1)))];
    for (const same of [cells, [...cells, ...cells]]) {
      const [issue] = issuesOf([column('len', same)]);
      expect(issue).toMatchObject({ field: 'len', line: 2, value: cell });
      expect(issue?.message).toContain(`a unit beside the number; the first cell that is no number is in line 2: "${cell}"`);
      expect(issue?.fix).toContain(`such as ${name}; or say in a schema that the column is a category`);
    }
  });

  it('takes codes that only look like numbers with a unit for levels', () => {
    expect(issuesOf([column('machine', repeated(['5A', '6B', 'M8']))])).toEqual([]);
  });

  it('tells levels that differ only in capitals or spaces', () => {
    expect(infer([column('material', repeated(['Steel', 'steel', 'STEEL', 'brass', 'cast  iron', 'Cast iron']))]).notes).toEqual([
      'material has levels that differ only in capitals or spaces: Steel, steel, STEEL; each is learned by itself: write them alike',
      'material has levels that differ only in capitals or spaces: cast  iron, Cast iron; each is learned by itself: write them alike',
    ]);
  });

  it('refuses numbers without an end and numbers with a comma, however few values there are', () => {
    const issues = issuesOf([column('a', [...repeated([1, 2]), ...many('inf')]), column('b', [...repeated([1, 2]), ...many('1e999')]), column('c', [...repeated([1, 2]), ...many('NaN')]), column('d', [...repeated([1, 2]), '2,5']), column('e', repeated(['1,5', '2,25']))]);
    expect(issues.map(({ field, line, value }) => [field, line, value])).toEqual([['a', 62, 'inf'], ['b', 62, '1e999'], ['c', 62, 'NaN'], ['d', 62, '2,5'], ['e', 2, '1,5']]);
    expect(issues[0]?.message).toContain('holds no finite number: "inf"; correct the cell, or leave it empty where the value is missing');
    expect(issues[4]?.message).toContain('60 of 60 cells have a comma in the number');
  });

  it('refuses a text among numbers where the version before has a number', () => {
    expect(issuesOf([column('complexity', [...repeated([1, 9]), '5x'])], demonstrationSchema)).toMatchObject([{ field: 'complexity', line: 62, value: '5x' }]);
  });

  it('keeps no more of a text than it shows', () => {
    const facts = column('remark', ['x'.repeat(1_000_000), 'y']);
    expect([facts.firstText?.text.length, facts.levels, facts.longest]).toEqual([80, undefined, 1_000_000]);
  });

  it('refuses a table with nothing but a target', () => {
    expect(issuesOf([column('part_id', [1])])).toMatchObject([{ message: 'no column is left to learn from besides time_min: part_id plans the work and is ignored' }]);
  });
});

describe('unitOfName', () => {
  it('reads the unit off the end of a name, as it stands there', () => {
    expect(['x_cm', 'time_min', 'mass_kg', 'volume_mm3', 'Length_MM', 'cm', 'x', 'max_of', 'is_in', '_cm', 'Länge (mm)', 'X[cm]', '(cm)', 'grade (1-10)'].map(unitOfName)).toEqual(['cm', 'min', 'kg', 'mm3', 'MM', undefined, undefined, undefined, 'in', undefined, 'mm', 'cm', undefined, undefined]);
  });
});
