import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { TableRow } from '../common/files/import/table-row.ts';
import type { PartSchema } from '../common/part-schema.ts';
import { seededRandom, standardNormal } from '../common/seeded-random.ts';

const materialMinutes = { steel: 0.9, aluminum: 0.5, copper: 0.3 };
const processMinutes = { turning: 0.5, drilling: 0.8, milling: 0.7 };
const materials = ['steel', 'aluminum', 'copper'] as const;
const processes = ['turning', 'drilling', 'milling'] as const;

/** Parts of the demonstration data, as the first model version takes them: sizes in cm, the time in minutes. */
export const demonstrationSchema: PartSchema = {
  features: [
    { name: 'x_cm', kind: 'number', unit: 'cm', above: 0 },
    { name: 'y_cm', kind: 'number', unit: 'cm', above: 0 },
    { name: 'z_cm', kind: 'number', unit: 'cm', above: 0 },
    { name: 'material', kind: 'category', levels: [...materials] },
    { name: 'complexity', kind: 'integer', min: 1, max: 10 },
    { name: 'process', kind: 'category', levels: [...processes] },
  ],
  target: { name: 'time_min', unit: 'min' },
};

/** One part of the demonstration data: sizes in cm, and the whole minutes that it took. */
export interface DemonstrationPart {
  x_cm: number;
  y_cm: number;
  z_cm: number;
  material: (typeof materials)[number];
  complexity: number;
  process: (typeof processes)[number];
  time_min: number;
}

/** Minutes that a part takes by the demonstration law, without noise: 0.5x² + 0.6y^1.5 + 0.3z² + 0.4·complexity² + material + process. */
export function demonstrationLaw(part: Omit<DemonstrationPart, 'time_min'>): number {
  const { x_cm: x, y_cm: y, z_cm: z, complexity } = part;
  return 0.5 * x * x + 0.6 * y ** 1.5 + 0.3 * z * z + 0.4 * complexity * complexity + materialMinutes[part.material] + processMinutes[part.process];
}

/** Standard deviation of the demonstration's noise, in minutes. */
const noiseMinutes = 2;

/** The first `rows` demonstration parts of a seed; more rows continue the same list. */
export function* demonstrationParts(rows: number, seed: number): Generator<DemonstrationPart, void, undefined> {
  const random = seededRandom(seed);
  for (let row = 0; row < rows; row++) {
    const part = {
      x_cm: size(random, 10, 50),
      y_cm: size(random, 5, 30),
      z_cm: size(random, 2, 15),
      material: materials[uniformInt(random, 0, 2)] ?? 'steel',
      complexity: uniformInt(random, 1, 9),
      process: processes[uniformInt(random, 0, 2)] ?? 'turning',
    };
    yield { ...part, time_min: Math.round(demonstrationLaw(part) + noiseMinutes * standardNormal(random)) };
  }
}

/** A uniform length in cm with two decimals. */
function size(random: RandomGenerator, from: number, to: number): number {
  return Math.round((from + (to - from) * uniformFloat64(random)) * 100) / 100;
}

/** How the demonstration's CSV is laid out. */
export interface DemonstrationLayout {
  /** Leaves out time_min and numbers the parts P0001, P0002 … in a first column part_id: parts to be estimated rather than learned from. */
  planned?: boolean;
}

/** The demonstration parts of a seed as CSV rows, header first, in pieces of up to 1,000. */
export function* demonstrationRecords(rows: number, seed: number, { planned = false }: DemonstrationLayout = {}): Generator<TableRow[], void, undefined> {
  const names = demonstrationSchema.features.map((feature) => feature.name);
  let line = 1;
  let piece: TableRow[] = [{ line, cells: planned ? ['part_id', ...names] : [...names, 'time_min'] }];
  for (const { time_min, ...features } of demonstrationParts(rows, seed)) {
    line++;
    const cells = Object.values(features).map(String);
    piece.push({ line, cells: planned ? [`P${String(line - 1).padStart(4, '0')}`, ...cells] : [...cells, String(time_min)] });
    if (piece.length === 1_000) {
      yield piece;
      piece = [];
    }
  }
  if (piece.length > 0) yield piece;
}
