import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { PartSchema } from '../../../common/part-schema.ts';

import { seededRandom, standardNormal } from '../../../common/seeded-random.ts';
import type { TrainingTable } from '../../../trainer/training-table.ts';
import type { RegressionSet } from './regression-set.ts';

/** A part: sizes in cm, material, complexity, process. */
type MadePart = [number, number, number, number, number, number];

interface Draw {
  uniform: (from: number, to: number) => number;
  normal: () => number;
  whole: (below: number) => number;
}

/** How parts of one difficulty are made. */
interface Recipe {
  rows: number;
  draws?: number;
  materials?: number;
  law: (part: MadePart) => number;
  noise: (time: number, draw: Draw) => number;
  part?: (draw: Draw) => MadePart;
  testPart?: (draw: Draw) => MadePart;
  /** What goes wrong with a measured time, in training alone. */
  spoil?: (time: number, draw: Draw) => number;
  /** Share of cells that are empty. */
  missing?: number;
  /** Materials from this one on come in the test alone. */
  unseenFrom?: number;
  /** A constant column, and one that repeats the first. */
  useless?: boolean;
}

const rates = [1, 3.2, 1.9, 0.6];
const slowness = [1, 1.6, 0.8];
const usualPart = ({ uniform, whole }: Draw): MadePart => [uniform(10, 50), uniform(5, 30), uniform(2, 15), whole(3), 1 + whole(10), whole(3)];
const relative = (deviation: number) => (time: number, draw: Draw): number => time * Math.exp(deviation * draw.normal());
const absolute = (deviation: number) => (time: number, draw: Draw): number => time + deviation * draw.normal();
const removal = ([x, y, z, material, complexity, process]: MadePart): number => 3 + (x * y * z * (0.4 + 0.06 * complexity)) / (60 * (rates[material % 4] ?? 1) * (slowness[process] ?? 1));
const sums = ([x, y, z, material, complexity, process]: MadePart): number => 10 + 1.5 * x + 0.9 * y + 2 * z * ([1, 0.6, 0.8][material] ?? 0.8) + 3 * complexity + 6 * process;
const interactions = ([x, y, z, material, complexity, process]: MadePart): number =>
  20 + 0.8 * x * ([1.5, 0.7, 1][material] ?? 1) + 0.05 * x * y * (process === 0 ? 1 : 0.3) + (complexity > 6 ? 25 : 0) + 1.5 * Math.abs(z - 8) * complexity;

/** A recipe for each difficulty that the product promises to handle. */
export const recipes: Record<string, Recipe> = {
  multiplicative: { rows: 1_000, law: removal, noise: relative(0.1) },
  interactions: { rows: 1_000, law: interactions, noise: absolute(4) },
  'outliers that multiply': { rows: 800, law: removal, noise: relative(0.08), spoil: (time, { uniform }) => (uniform(0, 1) < 0.05 ? time * uniform(3, 12) : time) },
  'outliers that add': { rows: 800, law: sums, noise: absolute(5), spoil: (time, { uniform }) => (uniform(0, 1) < 0.06 ? time + uniform(100, 1_000) : time) },
  '60 rows': { rows: 60, draws: 3, law: sums, noise: absolute(6) },
  skew: { rows: 600, law: ([x, , , material, complexity]) => Math.exp(0.08 * x + 0.15 * complexity + 0.3 * material), noise: relative(0.25) },
  'missing cells': { rows: 800, law: sums, noise: absolute(4), missing: 0.08 },
  'unseen material': { rows: 600, materials: 8, law: sums, noise: absolute(4), part: (draw) => [...usualPart(draw).slice(0, 3), draw.whole(8), 1 + draw.whole(10), draw.whole(3)] as MadePart, unseenFrom: 7 },
  '40 materials': { rows: 1_500, materials: 40, law: (part) => sums(part) * (0.6 + (0.8 * ((part[3] * 7_919) % 40)) / 40), noise: relative(0.06), part: (draw) => [...usualPart(draw).slice(0, 3), Math.floor(40 * draw.uniform(0, 1) ** 2), 1 + draw.whole(10), draw.whole(3)] as MadePart },
  extrapolation: { rows: 500, law: removal, noise: relative(0.05), testPart: ({ uniform, whole }) => [uniform(50, 75), uniform(20, 40), uniform(10, 20), whole(3), 1 + whole(10), whole(3)] },
  'uneven noise': { rows: 1_000, law: sums, noise: (time, { normal, uniform }) => time + (1 + 0.02 * time * (1 + 3 * uniform(0, 1))) * normal() },
  'useless columns': { rows: 300, law: sums, noise: absolute(4), useless: true },
  '20,000 rows': { rows: 20_000, law: removal, noise: relative(0.1) },
};

/** The set of a recipe; the error to compare with is that of the law itself. */
export function madeUpSet(name: string, recipe: Recipe): RegressionSet {
  const test = made(recipe, recipe.testPart ?? recipe.part ?? usualPart, 2_000, 999, true);
  const splits = Array.from({ length: recipe.draws ?? 1 }, (_, k) => ({ schema: schemaOf(recipe), train: made(recipe, recipe.part ?? usualPart, recipe.rows, 5 + k, false).table, test: test.table }));
  return { name, splits, best: { by: 'the law', error: test.lawError, measure: 'rmse' } };
}

function schemaOf({ materials = 3, unseenFrom = materials, useless = false }: Recipe): PartSchema {
  const number = (name: string): PartSchema['features'][number] => ({ name, kind: 'number' });
  const levels = (count: number): string[] => Array.from({ length: count }, (_, k) => `level ${k}`);
  const features: PartSchema['features'] = [number('x_cm'), number('y_cm'), number('z_cm'), { name: 'material', kind: 'category', levels: levels(unseenFrom) }, number('complexity'), { name: 'process', kind: 'category', levels: levels(3) }];
  return { features: useless ? [...features, number('constant'), number('repeated')] : features, target: { name: 'time_min' } };
}

function made(recipe: Recipe, part: (draw: Draw) => MadePart, rows: number, seed: number, isTest: boolean): { table: TrainingTable; lawError: number } {
  const random = seededRandom(seed);
  const draw: Draw = { uniform: (from, to) => from + (to - from) * uniformFloat64(random), normal: () => standardNormal(random), whole: (below) => Math.floor(below * uniformFloat64(random)) };
  const unseenFrom = recipe.unseenFrom ?? Infinity;
  const parts: { values: number[]; time: number }[] = [];
  let squares = 0;
  while (parts.length < rows) {
    const one = part(draw);
    if (!isTest && one[3] >= unseenFrom) continue;
    const law = recipe.law(one);
    const time = Math.max(0, recipe.noise(law, draw));
    squares += (time - law) ** 2;
    const measured = !isTest && recipe.spoil ? recipe.spoil(time, draw) : time;
    const cells = one.map((value, f) => (recipe.missing !== undefined && draw.uniform(0, 1) < recipe.missing ? NaN : f === 3 && value >= unseenFrom ? -1 : value));
    parts.push({ values: recipe.useless ? [...cells, 7, cells[0] ?? NaN] : cells, time: measured });
  }
  const columns = (parts[0]?.values ?? []).map((_, f) => Float64Array.from(parts, ({ values }) => values[f] ?? NaN));
  return { table: { rows, columns, target: Float64Array.from(parts, ({ time }) => time) }, lawError: Math.sqrt(squares / rows) };
}
