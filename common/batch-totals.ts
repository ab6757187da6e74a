import { z } from 'zod';
import type { EstimateColumns } from './estimate.ts';
import type { PartSchema } from './part-schema.ts';
import { defaultSharedError } from './shared-error.ts';

/** Parts named in each list of what stands out. */
const listed = 10;
/** Flagged parts named. */
const flaggedListed = 100;
/** Levels of a category that are summed one by one; a batch of more has only the first. */
const maxLevels = 200;

/** Sums over some parts, each weighted by its quantity. The distances and their squares make the interval of a sum. */
export const partSumsSchema = z.strictObject({
  parts: z.int(),
  pieces: z.number(),
  total: z.number().describe("Sum of quantity × estimate, in the target's unit"),
  low_sum: z.number().default(0).describe('Sum of quantity × distance from the estimate to its lower end'),
  high_sum: z.number().default(0).describe('The same to the upper end'),
  low_square: z.number().describe('Sum of the squares of the former'),
  high_square: z.number().describe('Sum of the squares of the latter'),
  setup_min: z.number().describe('Sum of the setup minutes of the parts that have some'),
});

export type PartSums = z.infer<typeof partSumsSchema>;

/** A part by which something stands out. */
export const notablePartSchema = z.strictObject({
  line: z.int().describe('Line of the upload'),
  part_id: z.string().nullable(),
  estimate: z.number(),
  low: z.number(),
  high: z.number(),
  flags: z.array(z.string()),
});

export type NotablePart = z.infer<typeof notablePartSchema>;

/** What stands out in a chunk or a batch. */
export const notableSchema = z.strictObject({
  by: z.record(z.string(), z.record(z.string(), partSumsSchema)).describe('Sums by the levels of each category'),
  slowest: z.array(notablePartSchema),
  least_certain: z.array(notablePartSchema).describe('Those with the widest intervals'),
  flagged: z.array(notablePartSchema).describe('The first hundred, in the order of the file'),
});

export type Notable = z.infer<typeof notableSchema>;

/** Lines and planning values of a chunk's accepted rows; a column that the file does not have is absent. */
export const planningChunkSchema = z.strictObject({
  lines: z.array(z.int()),
  content: z.array(z.int()).optional().describe('Hash of what each part means; only where parts have ids'),
  part_id: z.array(z.string().nullable()).optional(),
  quantity: z.array(z.number()).optional(),
  setup_min: z.array(z.number().nullable()).optional(),
  due: z.array(z.string().nullable()).optional(),
  release: z.array(z.string().nullable()).optional(),
  priority: z.array(z.number().nullable()).optional(),
  order_id: z.array(z.string().nullable()).optional(),
  operation: z.array(z.int().nullable()).optional(),
});

export type PlanningChunk = z.infer<typeof planningChunkSchema>;

/** Sums of nothing. */
export const noSums = (): PartSums => ({ parts: 0, pieces: 0, total: 0, low_sum: 0, high_sum: 0, low_square: 0, high_square: 0, setup_min: 0 });

/** Both together. */
export function addSums(one: PartSums, two: PartSums): PartSums {
  return {
    parts: one.parts + two.parts,
    pieces: one.pieces + two.pieces,
    total: one.total + two.total,
    low_sum: one.low_sum + two.low_sum,
    high_sum: one.high_sum + two.high_sum,
    low_square: one.low_square + two.low_square,
    high_square: one.high_square + two.high_square,
    setup_min: one.setup_min + two.setup_min,
  };
}

/**
 * The interval of a sum. Of each part's variance the share ρ is common to all parts and the rest its own, so that a half width is √((1 - ρ) Σ d² + ρ (Σ d)²) of the
 * parts' distances d; all pieces of one part err alike.
 */
export function sumInterval({ total, ...sums }: PartSums): { low: number; high: number } {
  const halfWidth = (squares: number, distances: number): number => Math.sqrt((1 - defaultSharedError) * squares + defaultSharedError * distances ** 2);
  return { low: Math.max(0, total - halfWidth(sums.low_square, sums.low_sum)), high: total + halfWidth(sums.high_square, sums.high_sum) };
}

/** What stands out in two chunks together, the first of them earlier in the file. */
export function mergeNotable(one: Notable, two: Notable): Notable {
  const by = new Map(Object.entries(one.by).map(([feature, levels]) => [feature, new Map(Object.entries(levels))]));
  for (const [feature, levels] of Object.entries(two.by)) {
    const sums = by.get(feature) ?? new Map<string, PartSums>();
    for (const [level, more] of Object.entries(levels)) if (sums.has(level) || sums.size < maxLevels) sums.set(level, addSums(sums.get(level) ?? noSums(), more));
    by.set(feature, sums);
  }
  return {
    by: Object.fromEntries([...by].map(([feature, levels]) => [feature, Object.fromEntries(levels)])),
    slowest: first([...one.slowest, ...two.slowest], bySlowness),
    least_certain: first([...one.least_certain, ...two.least_certain], byWidth),
    flagged: [...one.flagged, ...two.flagged].slice(0, flaggedListed),
  };
}

/** Nothing that stands out. */
export const nothingNotable = (): Notable => ({ by: {}, slowest: [], least_certain: [], flagged: [] });

/** Sums of a chunk's parts and what stands out among them; `values[f][row]` as a chunk holds its parts. */
export function chunkTotals(schema: PartSchema, values: readonly ArrayLike<number>[], estimates: EstimateColumns, planning: PlanningChunk | undefined): { sums: PartSums; notable: Notable } {
  const rows = estimates.value.length;
  const sums = noSums();
  const categories = schema.features.flatMap(({ name, levels }, f) => (levels ? [{ name, levels, codes: values[f] ?? [], sums: new Map<string, PartSums>() }] : []));
  for (let row = 0; row < rows; row++) {
    const one = partSums(estimates, planning, row);
    take(sums, one);
    for (const { levels, codes, sums: own } of categories) {
      const code = codes[row] ?? NaN;
      const level = Number.isNaN(code) ? 'missing' : (levels[code] ?? 'unknown');
      let levelSums = own.get(level);
      if (!levelSums && own.size < maxLevels) own.set(level, (levelSums = noSums()));
      if (levelSums) take(levelSums, one);
    }
  }
  const order = Array.from({ length: rows }, (_, row) => row);
  const part = (row: number): NotablePart => ({ line: planning?.lines[row] ?? 0, part_id: planning?.part_id?.[row] ?? null, estimate: estimates.value[row] ?? 0, low: estimates.low[row] ?? 0, high: estimates.high[row] ?? 0, flags: estimates.flags[row] ?? [] });
  const top = (figure: (row: number) => number): NotablePart[] => [...order].sort((a, b) => figure(b) - figure(a) || a - b).slice(0, listed).map(part);
  return {
    sums,
    notable: {
      by: Object.fromEntries(categories.map(({ name, sums: own }) => [name, Object.fromEntries(own)])),
      slowest: top((row) => estimates.value[row] ?? 0),
      least_certain: top((row) => (estimates.high[row] ?? 0) - (estimates.low[row] ?? 0)),
      flagged: Object.keys(estimates.flags).map(Number).sort((a, b) => a - b).slice(0, flaggedListed).map(part),
    },
  };
}

/** Adds to sums in place: a new object for each row and category would cost more than the sums. */
function take(sums: PartSums, more: PartSums): void {
  sums.parts += more.parts;
  sums.pieces += more.pieces;
  sums.total += more.total;
  sums.low_sum += more.low_sum;
  sums.high_sum += more.high_sum;
  sums.low_square += more.low_square;
  sums.high_square += more.high_square;
  sums.setup_min += more.setup_min;
}

function partSums({ value, low, high }: EstimateColumns, planning: PlanningChunk | undefined, row: number): PartSums {
  const pieces = planning?.quantity?.[row] ?? 1;
  const estimate = value[row] ?? 0;
  const below = pieces * (estimate - (low[row] ?? estimate));
  const above = pieces * ((high[row] ?? estimate) - estimate);
  return { parts: 1, pieces, total: pieces * estimate, low_sum: below, high_sum: above, low_square: below ** 2, high_square: above ** 2, setup_min: planning?.setup_min?.[row] ?? 0 };
}

const bySlowness = (part: NotablePart): number => part.estimate;
const byWidth = (part: NotablePart): number => part.high - part.low;
const first = (parts: NotablePart[], figure: (part: NotablePart) => number): NotablePart[] => parts.sort((a, b) => figure(b) - figure(a) || a.line - b.line).slice(0, listed);
