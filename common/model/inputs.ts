import { z } from 'zod';
import type { PartColumns } from '../part.ts';
import type { PartSchema } from '../part-schema.ts';

/**
 * What the families of a combined model compute on. Numbers: a missing one is filled with the training median.
 * Categories: each level's group, -1 for one that training never saw or that a category lost; a missing cell has a group of its own where training had enough of them.
 * A number that was often missing also has a category of two groups: there, and missing.
 */
export const inputSpaceSchema = z.strictObject({
  numbers: z.array(
    z.strictObject({
      feature: z.string(),
      fill: z.number(),
      min: z.number(),
      max: z.number(),
      relevance: z.number().min(0).max(1).optional().describe('What a distance beyond min..max counts: near 0 for a number of hardly any effect; 1 where it is not told'),
    }),
  ),
  categories: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('levels'), feature: z.string(), groups: z.int().min(0), group_of: z.array(z.int().min(-1)), missing: z.int().min(-1) }),
      z.strictObject({ kind: z.literal('missing'), feature: z.string() }),
    ]),
  ),
});

export type InputSpace = z.infer<typeof inputSpaceSchema>;

/** Parts in an input space, by column: numbers without gaps, and groups of categories. */
export interface Inputs {
  rows: number;
  numbers: Float64Array[];
  categories: Int32Array[];
}

/** Number of groups of each category of a space. */
export function groupCounts(space: InputSpace): number[] {
  return space.categories.map((category) => (category.kind === 'levels' ? category.groups : 2));
}

/** Turns parts into inputs. */
export class InputReader {
  readonly space: InputSpace;
  readonly #numbers: { column: number; fill: number }[];
  readonly #categories: { column: number; groupOf: Int32Array | undefined; missing: number }[];

  /** Throws RangeError where the space names a feature that the schema does not have. */
  constructor(space: InputSpace, schema: PartSchema) {
    this.space = space;
    const columnOf = (name: string): number => {
      const column = schema.features.findIndex((feature) => feature.name === name);
      if (column < 0) throw new RangeError(`the model reads ${name}, which its schema does not have`);
      return column;
    };
    this.#numbers = space.numbers.map(({ feature, fill }) => ({ column: columnOf(feature), fill }));
    this.#categories = space.categories.map((category) =>
      category.kind === 'levels'
        ? { column: columnOf(category.feature), groupOf: Int32Array.from(category.group_of), missing: category.missing }
        : { column: columnOf(category.feature), groupOf: undefined, missing: 1 },
    );
  }

  /** Inputs of rows `from` to `to` - 1. */
  read(parts: PartColumns, from: number, to: number): Inputs {
    const rows = to - from;
    const numbers = this.#numbers.map(({ column, fill }) => {
      const values = (parts.columns[column] ?? new Float64Array()).slice(from, to);
      for (let row = 0; row < rows; row++) if (Number.isNaN(values[row])) values[row] = fill;
      return values;
    });
    const categories = this.#categories.map(({ column, groupOf, missing }) => {
      const values = parts.columns[column];
      const groups = new Int32Array(rows);
      for (let row = 0; row < rows; row++) {
        const value = values?.[from + row] ?? NaN;
        groups[row] = Number.isNaN(value) ? missing : groupOf ? (groupOf[value] ?? -1) : 0;
      }
      return groups;
    });
    return { rows, numbers, categories };
  }

  /** For each feature column of the schema, by input: which inputs it feeds. */
  columns(): { numbers: number[]; categories: number[] } {
    return { numbers: this.#numbers.map(({ column }) => column), categories: this.#categories.map(({ column }) => column) };
  }
}

/** Some rows of inputs, in the given order. */
export function inputRows(inputs: Inputs, rows: Uint32Array): Inputs {
  return {
    rows: rows.length,
    numbers: inputs.numbers.map((values) => Float64Array.from(rows, (row) => values[row] ?? 0)),
    categories: inputs.categories.map((groups) => Int32Array.from(rows, (row) => groups[row] ?? -1)),
  };
}
