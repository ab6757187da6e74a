import { SpindleError } from '../common/errors.ts';
import type { Report } from '../common/model/model-file.ts';
import type { ModelReader } from '../common/model/model-reader.ts';
import type { PartSchema } from '../common/part-schema.ts';
import { demonstrationSchema } from './demonstration.ts';
import type { ModelPublisher } from './model-publisher.ts';
import { readTrainingData } from './read-training-data.ts';
import type { TrainedModel, TrainingInput } from './train-model.ts';
import type { OnProgress } from './training-progress.ts';
import type { TrainingSource } from './training-source.ts';
import { versionFiles } from './version-files.ts';

/** How to train. */
export interface TrainingOptions {
  /** The column to learn, where it is not the usual one. */
  target?: string | undefined;
  /** The features, where they are not to be inferred. */
  schema?: PartSchema | undefined;
  seed: number;
  /** Rows that the source may have. */
  maxRows: number;
  /** Where the fit runs: `trainModel` itself, or a thread. */
  fit: (input: TrainingInput, onProgress: OnProgress) => TrainedModel | Promise<TrainedModel>;
  onProgress?: OnProgress;
}

/** What came of a training: its report, and the version that was current before, where the new one took its place. */
export interface TrainingOutcome {
  report: Report;
  before: string | undefined;
}

/** Reads, fits, evaluates, judges and publishes; makes the version current if the gate lets it. Throws what reading and fitting throw. */
export async function trainAndPublish(source: TrainingSource, publisher: ModelPublisher, options: TrainingOptions): Promise<TrainingOutcome> {
  const { seed, fit, onProgress = () => {}, ...reading } = options;
  const started = performance.now();
  const base = await currentSchema(publisher.reader);
  const data = await readTrainingData(source, { ...reading, base, onProgress });
  const fitted = await fit({ data, source: { name: source.name, sha256: source.sha256() }, seed }, onProgress);
  const trained = nameChanges(fitted, base);
  onProgress({ stage: 'publishing', fraction: 0 });
  const files = versionFiles(trained, new Date(), (performance.now() - started) / 1_000);
  await publisher.publish(files);
  const before = files.report.gate.verdict === 'kept' ? undefined : await publisher.setCurrent(files.version);
  onProgress({ stage: 'publishing', fraction: 1 });
  return { report: files.report, before };
}

/** The model, with what it asks for differently than the version before said in its verdict: whoever calls the API has to follow. */
function nameChanges(trained: TrainedModel, base: PartSchema): TrainedModel {
  const names = ({ features }: PartSchema): string[] => features.map(({ name }) => name);
  const [before, now] = [names(base), names(trained.schema)];
  const added = now.filter((name) => !before.includes(name));
  const gone = before.filter((name) => !now.includes(name));
  const changes = [
    ...(gone.length > 0 ? [`no longer takes ${gone.join(', ')}`] : []),
    ...(added.length > 0 ? [`now takes ${added.join(', ')}`] : []),
    ...(trained.schema.target.name === base.target.name ? [] : [`predicts ${trained.schema.target.name}, not ${base.target.name}`]),
  ];
  if (changes.length === 0) return trained;
  const { gate } = trained.report;
  return { ...trained, report: { ...trained.report, gate: { ...gate, reason: `${gate.reason}; it ${changes.join(', ')}` } } };
}

/** The schema of the current version; the demonstration's where there is none that can be read. */
async function currentSchema(reader: ModelReader): Promise<PartSchema> {
  try {
    const current = await reader.current();
    return current === undefined ? demonstrationSchema : (await reader.metadata(current)).schema;
  } catch (error) {
    if (error instanceof SpindleError) return demonstrationSchema;
    throw error;
  }
}
