import { Estimator } from '../../common/model/estimator.ts';
import type { PartSchema } from '../../common/part-schema.ts';
import { seededRandom } from '../../common/seeded-random.ts';
import { trainModel } from '../../trainer/train-model.ts';
import { type TrainingTable, withLearnedRanges } from '../../trainer/training-table.ts';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';

/** Features of `gappyModel`: training lacks lengths and materials here and there, and never a width or a shape. */
export const gappySchema: PartSchema = {
  features: [
    { name: 'length', kind: 'number' },
    { name: 'width', kind: 'number' },
    { name: 'material', kind: 'category', levels: ['steel', 'brass'] },
    { name: 'shape', kind: 'category', levels: ['steel', 'brass'] },
  ],
  target: { name: 'time_min', unit: 'min' },
};

/** 200 finished parts of time = 5 + length + 0.5 width, 10 more for brass, with every tenth length and every fifteenth material missing. */
export function gappyTable(rows = 200): TrainingTable {
  const random = seededRandom(7);
  const draw = (from: number, to: number): number => from + (to - from) * uniformFloat64(random);
  const columns = gappySchema.features.map(() => new Float64Array(rows));
  const target = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const [length, width, material, shape] = [draw(1, 50), draw(1, 20), Math.floor(draw(0, 2)), Math.floor(draw(0, 2))];
    const values = [row % 10 === 3 ? NaN : length, width, row % 15 === 4 ? NaN : material, shape];
    for (const [f, value] of values.entries()) (columns[f] ?? target)[row] = value;
    target[row] = 5 + length + 0.5 * width + 10 * material + draw(-1, 1);
  }
  return { rows, columns, target };
}

let model: Estimator | undefined;

/** A combined model of `gappyTable`, trained once. */
export function gappyModel(): Estimator {
  if (model) return model;
  const table = gappyTable();
  const data = { schema: withLearnedRanges(gappySchema, table), table, refused: { count: 0, first: [] }, notes: [] };
  const trained = trainModel({ data, source: { name: 'test', sha256: '' }, seed: 1, quick: true });
  model = new Estimator('gappy', trained.schema, trained.model);
  return model;
}
