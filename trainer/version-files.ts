import { createHash } from 'node:crypto';
import { type Checksums, type Report, modelFileSchema, reportSchema } from '../common/model/model-file.ts';
import { versionId } from '../common/model/version-id.ts';
import { partSchemaSchema } from '../common/part-schema.ts';
import type { TrainedModel } from './train-model.ts';

/** The four files of a model version, as text by file name. */
export interface VersionFiles {
  version: string;
  report: Report;
  files: Record<keyof Checksums | 'checksums.json', string>;
}

/**
 * Writes a trained model out. Schema and model depend on data and seed alone; what differs from run to run stands in the report.
 * Throws a ZodError where the model does not have the shape that readers demand, which is a defect of the trainer.
 */
export function versionFiles(trained: TrainedModel, madeAt: Date, seconds: number): VersionFiles {
  const schema = `${JSON.stringify(partSchemaSchema.parse(trained.schema), null, 2)}\n`;
  const model = `${JSON.stringify(modelFileSchema.parse(trained.model))}\n`;
  const version = versionId(madeAt, schema + model);
  const report = reportSchema.parse({ version, created_at: madeAt.toISOString(), ...trained.report, duration_s: Math.round(seconds * 1_000) / 1_000 });
  const contents = { 'schema.json': schema, 'model.json': model, 'report.json': `${JSON.stringify(report, null, 2)}\n` };
  const checksums = Object.fromEntries(Object.entries(contents).map(([name, text]) => [name, createHash('sha256').update(text).digest('hex')]));
  return { version, report, files: { ...contents, 'checksums.json': `${JSON.stringify(checksums, null, 2)}\n` } };
}
