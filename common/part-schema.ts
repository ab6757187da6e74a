import { z } from 'zod';

/** Columns that plan the work; they are kept and returned, and no model learns from them. */
export const planningColumns = ['part_id', 'quantity', 'setup_min', 'due', 'release', 'priority', 'order_id', 'operation'] as const;

const name = z
  .string()
  .min(1)
  .max(100)
  .describe('Column name, as in the CSV header');

const unit = z.string().min(1).max(20).describe('Unit of the numbers, such as cm or min');

/** One column that the model learned from. */
export const featureSchema = z
  .strictObject({
    name,
    kind: z.enum(['number', 'integer', 'category']).describe('number: any decimal; integer: whole numbers; category: one of `levels`'),
    unit: unit.optional(),
    above: z.number().optional().describe('Values must be greater than this'),
    min: z.number().optional().describe('Smallest value accepted'),
    max: z.number().optional().describe('Largest value accepted'),
    levels: z.array(z.string().min(1).max(200)).min(1).max(10_000).optional().describe('The values of a category'),
    optional: z.literal(true).optional().describe('It may be left out: training had parts without a value, and the model has learned what to make of that; or it was the same in all parts'),
    unseen: z.array(z.string()).optional().describe('Levels that no training part has: estimated as unknown ones, and flagged'),
    learned: z
      .strictObject({ min: z.number(), max: z.number() })
      .optional()
      .describe('Range seen in training: values outside are estimated and flagged'),
  })
  .superRefine((feature, context) => {
    const isCategory = feature.kind === 'category';
    if (isCategory && !feature.levels) context.addIssue(`category ${feature.name} needs levels`);
    if (!isCategory && (feature.levels || feature.unseen)) context.addIssue(`${feature.kind} ${feature.name} cannot have levels`);
    if (feature.levels && new Set(feature.levels).size < feature.levels.length) context.addIssue(`${feature.name} repeats a level`);
    if ((feature.min ?? -Infinity) > (feature.max ?? Infinity)) context.addIssue(`${feature.name} has min above max`);
  });

/** The features that a model takes, in order, and what it predicts. */
export const partSchemaSchema = z
  .strictObject({
    features: z.array(featureSchema).min(1).max(1_000),
    target: z.strictObject({ name, unit: unit.optional() }),
  })
  .superRefine((schema, context) => {
    const names = schema.features.map((feature) => feature.name);
    if (new Set(names).size < names.length) context.addIssue('two features have the same name');
    if (names.includes(schema.target.name)) context.addIssue(`the target ${schema.target.name} is also a feature`);
    for (const column of planningColumns) {
      if (names.includes(column)) context.addIssue(`${column} plans the work and cannot be a feature`);
    }
  });

export type Feature = z.infer<typeof featureSchema>;
export type PartSchema = z.infer<typeof partSchemaSchema>;

/**
 * The feature's name without its unit: `x` for `x_cm` in cm.
 * Query strings may use it where no other feature has that name.
 */
export function shortName(feature: Feature): string {
  const { name: whole, unit: own } = feature;
  const end = own === undefined ? undefined : [`_${own}`, ` (${own})`, `(${own})`, ` [${own}]`, `[${own}]`].find((one) => whole.endsWith(one) && whole.length > one.length);
  return end === undefined ? whole : whole.slice(0, -end.length);
}

/** What a value of this feature must be, in words: "a whole number from 1 to 10", "one of steel, aluminum, copper". */
export function expectation(feature: Feature): string {
  if (feature.kind === 'category') {
    const levels = feature.levels ?? [];
    const shown = levels.slice(0, 12).join(', ');
    return levels.length > 12 ? `one of ${shown} and ${levels.length - 12} more` : `one of ${shown}`;
  }
  const noun = feature.kind === 'integer' ? 'a whole number' : 'a number';
  const bounds: string[] = [];
  if (feature.above !== undefined) bounds.push(`above ${feature.above}`);
  if (feature.min !== undefined && feature.max !== undefined) bounds.push(`from ${feature.min} to ${feature.max}`);
  else if (feature.min !== undefined) bounds.push(`of at least ${feature.min}`);
  else if (feature.max !== undefined) bounds.push(`of at most ${feature.max}`);
  return [noun, ...bounds].join(' ');
}
