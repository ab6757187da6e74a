import { createHash } from 'node:crypto';
import { type Checksums, type ModelFile, modelFileSchema } from '../common/model/model-file.ts';
import { type Report, reportSchema } from '../common/model/report.ts';
import { versionId } from '../common/model/version-id.ts';
import { type PartSchema, partSchemaSchema } from '../common/part-schema.ts';

/** A model with all that is to be said of it but for its id, and when and how fast it was made. */
export interface JudgedModel {
  schema: PartSchema;
  model: ModelFile;
  report: Omit<Report, 'version' | 'created_at' | 'duration_s' | 'stages_s'>;
}

/** The four files of a model version, as text by file name. */
export interface VersionFiles {
  version: string;
  report: Report;
  files: Record<keyof Checksums | 'checksums.json', string>;
}

/**
 * Writes a judged model out, made in so many seconds and in so many by stage. Schema and model depend on data and seed alone; what differs from run to run stands in the report.
 * Throws a ZodError where the model does not have the shape that readers demand, which is a defect of the trainer.
 */
export function versionFiles(trained: JudgedModel, madeAt: Date, seconds: number, stages: Record<string, number> = {}): VersionFiles {
  const schema = `${JSON.stringify(partSchemaSchema.parse(trained.schema), null, 2)}\n`;
  const model = `${JSON.stringify(modelFileSchema.parse(trained.model))}\n`;
  const version = versionId(madeAt, schema + model);
  const report = reportSchema.parse({ version, created_at: madeAt.toISOString(), ...trained.report, duration_s: milliseconds(seconds), stages_s: Object.fromEntries(Object.entries(stages).map(([stage, time]) => [stage, milliseconds(time)])) });
  const contents = { 'schema.json': schema, 'model.json': model, 'report.json': `${JSON.stringify(report, null, 2)}\n` };
  const checksums = Object.fromEntries(Object.entries(contents).map(([name, text]) => [name, createHash('sha256').update(text).digest('hex')]));
  return { version, report, files: { ...contents, 'checksums.json': `${JSON.stringify(checksums, null, 2)}\n` } };
}

const milliseconds = (seconds: number): number => Math.round(seconds * 1_000) / 1_000;
