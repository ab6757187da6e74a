import { createHash } from 'node:crypto';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Estimator } from '../../common/model/estimator.ts';
import { type AdditiveModel, type LevelsTerm, type ModelFile, type SmoothTerm, checksumsSchema, modelFileSchema } from '../../common/model/model-file.ts';
import type { Part } from '../../common/part.ts';
import type { PartSchema } from '../../common/part-schema.ts';
import { ModelPublisher } from '../../trainer/model-publisher.ts';
import { type JudgedModel, versionFiles } from '../../trainer/version-files.ts';

/** Features of the first model, with the ranges that its training data had. */
export const partSchema: PartSchema = {
  features: [
    { name: 'x_cm', kind: 'number', unit: 'cm', above: 0, learned: { min: 10, max: 50 } },
    { name: 'y_cm', kind: 'number', unit: 'cm', above: 0, learned: { min: 5, max: 30 } },
    { name: 'z_cm', kind: 'number', unit: 'cm', above: 0, learned: { min: 2, max: 15 } },
    { name: 'material', kind: 'category', levels: ['steel', 'aluminum', 'copper'] },
    { name: 'complexity', kind: 'integer', min: 1, max: 10, learned: { min: 1, max: 9 } },
    { name: 'process', kind: 'category', levels: ['turning', 'drilling', 'milling'] },
  ],
  target: { name: 'time_min', unit: 'min' },
};

/** The part of the examples in the README. */
export const examplePart = { x_cm: 30, y_cm: 15, z_cm: 10, material: 'steel', complexity: 5, process: 'milling' };
export const exampleQuery = '/predict?x=30&y=15&z=10&material=steel&complexity=5&process=milling';

/**
 * A model whose every estimate is `minutes` above that of the model with 0, so that a number tells which version it comes from:
 * minutes + 0.5x² + 0.6y^1.5 + 0.3z² + 0.4 complexity² + material + process, ± 4.
 */
export function modelOf(minutes: number, schema: PartSchema = partSchema): JudgedModel & { model: { regression: AdditiveModel } } {
  const smooth = (feature: string, exponent: number, coefficient: number): SmoothTerm =>
    ({ kind: 'smooth', feature, basis: { kind: 'powers', scale: 1, exponents: [exponent] }, coefficients: [coefficient], average: 0 });
  const levels = (feature: string, coefficients: number[]): LevelsTerm => ({ kind: 'levels', feature, coefficients, average: 0 });
  const model: ModelFile & { regression: AdditiveModel } = {
    format: 1,
    regression: {
      kind: 'additive',
      intercept: minutes,
      terms: [
        smooth('x_cm', 2, 0.5),
        smooth('y_cm', 1.5, 0.6),
        smooth('z_cm', 2, 0.3),
        levels('material', [0.9, 0.5, 0.3]),
        smooth('complexity', 2, 0.4),
        levels('process', [0.5, 0.8, 0.7]),
      ],
    },
    interval: { kind: 'absolute', half_width: 4, coverage: 0.9 },
    decimals: 3,
    golden: [],
  };
  const parts: Part[] = [[30, 15, 10, 'steel', 5, 'milling'], [10.5, 7.25, 3, 'copper', 1, 'turning']];
  const estimates = new Estimator('golden', schema, model).estimate(parts);
  const golden = estimates.map(([value, low, high], index): ModelFile['golden'][number] => ({ part: parts[index] ?? [], estimate: [value, low, high] }));
  const figures = { rmse: 2, mae: 1.6, bias: 0, rows: 100, coverage: 0.9 };
  return {
    schema,
    model: { ...model, golden },
    report: {
      data: { source: 'demonstration', sha256: 'none', rows_used: 100, rows_refused: 0, refused: [], notes: [] },
      seed: 1,
      folds: 10,
      baseline_rmse: 100,
      overall: { ...figures, interval_width: 8 },
      by_category: { material: { steel: figures } },
      gate: { verdict: 'promoted', reason: 'a cross-validated error of 2 min against 100 min for the plain mean' },
    },
  };
}

/** Publishes `modelOf(minutes)` as made in this minute of the day, makes it current unless told otherwise, and returns its id. */
export async function publishVersion(directory: string, minutes: number, { current = true, schema = partSchema, verdict = 'promoted' }: { current?: boolean; schema?: PartSchema; verdict?: 'promoted' | 'kept' } = {}): Promise<string> {
  const publisher = new ModelPublisher(directory);
  await publisher.prepare();
  const trained = modelOf(minutes, schema);
  const report = { ...trained.report, gate: { ...trained.report.gate, verdict } };
  const files = versionFiles({ ...trained, report }, new Date(Date.UTC(2026, 10, 22, 0, minutes)), 1);
  await publisher.publish(files);
  if (current) await publisher.setCurrent(files.version, { by: 'switch', reason: 'a test' });
  return files.version;
}

/** Ways in which a version on the volume can be wrong, each with what its refusal must say. */
export const damages: { name: string; says: RegExp; damage: (directory: string) => Promise<void> }[] = [
  { name: 'a file that does not match its checksum', says: /model\.json does not match its checksum/, damage: (directory) => editModel(directory, (model) => ({ ...model, decimals: 1 }), { checksum: false }) },
  {
    name: 'golden rows that do not come out, under right checksums',
    says: /golden row 1 estimates \S+ where \S+ is recorded/,
    damage: (directory) => editRegression(directory, (regression) => ({ ...regression, intercept: regression.intercept + 100 })),
  },
  { name: 'half a file', says: /model\.json (?:does not match its checksum|is not JSON)/, damage: async (directory) => truncate(join(directory, 'model.json'), 200) },
  { name: 'a missing file', says: /model\.json is missing/, damage: async (directory) => rm(join(directory, 'model.json')) },
  { name: 'a model that does not fit its schema', says: /material/, damage: (directory) => editRegression(directory, (regression) => ({ ...regression, terms: regression.terms.map((term) => (term.feature === 'material' ? { ...term, coefficients: [1] } : term)) })) },
  { name: 'checksums that are not JSON', says: /checksums\.json is not JSON/, damage: async (directory) => writeFile(join(directory, 'checksums.json'), 'garbage') },
];

async function editRegression(directory: string, edit: (regression: AdditiveModel) => AdditiveModel): Promise<void> {
  await editModel(directory, ({ regression, ...model }) => {
    if (regression.kind !== 'additive') throw new TypeError('only an additive model can be edited');
    return { ...model, regression: edit(regression) };
  });
}

async function editModel(directory: string, edit: (model: ModelFile) => ModelFile, { checksum = true } = {}): Promise<void> {
  const model = modelFileSchema.parse(JSON.parse(await readFile(join(directory, 'model.json'), 'utf8')));
  const text = JSON.stringify(edit(model));
  await writeFile(join(directory, 'model.json'), text);
  if (!checksum) return;
  const checksums = checksumsSchema.parse(JSON.parse(await readFile(join(directory, 'checksums.json'), 'utf8')));
  await writeFile(join(directory, 'checksums.json'), JSON.stringify({ ...checksums, 'model.json': createHash('sha256').update(text).digest('hex') }));
}

/** Points `current` at a version without looking at it, as a careless copy would. */
export async function pointAt(directory: string, version: string): Promise<void> {
  await writeFile(join(directory, 'current'), `${version}\n`);
}

/** An answer's estimate. */
export const estimateSchema = z.strictObject({
  part_id: z.union([z.string(), z.number()]).optional(),
  time_min: z.number(),
  time_min_low: z.number(),
  time_min_high: z.number(),
  flags: z.array(z.string()),
  model_version: z.string(),
  explanation: z.strictObject({ average: z.number(), contributions: z.record(z.string(), z.number()) }).optional(),
});
