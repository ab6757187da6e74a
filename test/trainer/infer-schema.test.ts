import { describe, expect, it } from 'vitest';
import { SpindleError } from '../../common/errors.ts';
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

function issuesOf(columns: ColumnFacts[]) {
  try {
    infer(columns);
  } catch (error) {
    if (error instanceof SpindleError && error.code === 'unusable_training_data') return error.issues;
  }
  throw new Error('expected a refusal');
}

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

  it('keeps the order of known levels, also of those without a part, and puts new ones after them', () => {
    const { schema, notes } = infer([column('material', repeated(['brass', 'copper', 'steel']))], demonstrationSchema);
    expect(schema.features[0]?.levels).toEqual(['steel', 'aluminum', 'copper', 'brass']);
    expect(notes).toEqual(['material has a new level: brass']);
  });

  it('keeps numbers a category where the version before knows them as levels', () => {
    const base: PartSchema = { features: [{ name: 'machine', kind: 'category', levels: ['1', '2', 'lathe'] }], target: { name: 'time_min' } };
    expect(featureOf(column('machine', repeated([1, 3])), base)?.levels).toEqual(['1', '2', 'lathe', '3']);
  });

  it('refuses columns that identify parts or hold remarks, all in one error, each with its fix', () => {
    const ids = column('serial', Array.from({ length: 60 }, (_, row) => `S${row}`));
    const remark = column('remark', repeated(['x'.repeat(300), 'short']));
    const levels = column('tool', Array.from({ length: 30_000 }, (_, row) => `T${row % 10_001}`));
    const issues = issuesOf([ids, remark, levels]);
    expect(issues.map((issue) => issue.field)).toEqual(['serial', 'remark', 'tool']);
    expect(issues[0]?.message).toContain('nearly every row has a text of its own (60 in 60 rows); remove the column, or name it part_id');
    expect(issues[1]?.message).toContain('a text has 300 characters');
    expect(issues[2]?.message).toContain('more than 10000 different texts');
  });

  it('takes a number column with a slip of the pen for that, not for a category, and names the line', () => {
    const [issue] = issuesOf([column('width', [...Array.from({ length: 99 }, (_, row) => row + 0.5), '12,5'])]);
    expect(issue).toMatchObject({ line: 101, field: 'width', value: '12,5' });
    expect(issue?.message).toContain('1 of 100 cells is no number, the first in line 101: "12,5"');
  });

  it('refuses a table with nothing but a target', () => {
    expect(() => infer([column('part_id', [1])])).toThrow(/no column is left to learn from besides time_min/);
  });
});

describe('unitOfName', () => {
  it('reads the unit off the end of a name, as it stands there', () => {
    expect(['x_cm', 'time_min', 'mass_kg', 'volume_mm3', 'Length_MM', 'cm', 'x', 'max_of', 'is_in', '_cm'].map(unitOfName)).toEqual(['cm', 'min', 'kg', 'mm3', 'MM', undefined, undefined, undefined, 'in', undefined]);
  });
});
