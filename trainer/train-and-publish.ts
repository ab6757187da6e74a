import { SpindleError } from '../common/errors.ts';
import { type DataOrigin, type Gate, type Report, isDemonstration, outcomeOf } from '../common/model/report.ts';
import type { ModelReader } from '../common/model/model-reader.ts';
import type { PartSchema } from '../common/part-schema.ts';
import { type GateEvidence, judge } from './gate.ts';
import type { ChangeCause, ModelPublisher } from './model-publisher.ts';
import { readTrainingData } from './read-training-data.ts';
import { type Rival, rivalOn } from './rival.ts';
import { StageClock } from './stage-clock.ts';
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
  /** Only the families that take a second. */
  quick?: boolean | undefined;
  /** Makes the version current whatever the gate says, but for an error that is not finite; the report tells both. */
  promote?: boolean | undefined;
  /** The HTTP request that asked for it, for the history of the current version. */
  requestId?: string | undefined;
  /** The point of no return, right before anything is written: what it throws ends the training without a trace. */
  beforePublishing?: (() => void | Promise<void>) | undefined;
}

/** What came of a training: its report, what became of the version and why, and the version that was current before, where the new one took its place. */
export interface TrainingOutcome {
  report: Report;
  /** superseded: published, but another version was made current meanwhile, and stays. */
  outcome: ReturnType<typeof outcomeOf> | 'superseded';
  reason: string;
  before: string | undefined;
}

/**
 * Reads, fits, evaluates, publishes, and makes the version current if the gate lets it, or `promote` overrides it; the version that is current by then is what it is compared with.
 * Throws what reading, fitting and `beforePublishing` throw.
 */
export async function trainAndPublish(source: TrainingSource, publisher: ModelPublisher, options: TrainingOptions): Promise<TrainingOutcome> {
  const { seed, fit, quick, promote = false, requestId, beforePublishing, onProgress: tell = () => {}, ...reading } = options;
  const clock = new StageClock(tell);
  const base = await baseOf(publisher.reader, source.origin);
  const data = await readTrainingData(source, { ...reading, base: base.schema, onProgress: clock.onProgress });
  const { evidence, ...trained } = await fit({ data, source: { name: source.name, origin: source.origin, sha256: source.sha256() }, seed, ...(quick && { quick }) }, clock.onProgress);
  clock.onProgress({ stage: 'publishing', fraction: 0 });
  let judged = await judgeAgainstCurrent(evidence, publisher, promote);
  await beforePublishing?.();
  // An operator may have switched while it was compared.
  if ((await publisher.currentOrUndefined()) !== judged.before) judged = await judgeAgainstCurrent(evidence, publisher, promote);
  const { before, rival, gate } = judged;
  const { total, stages } = clock.durations();
  const files = versionFiles({ ...trained, report: { ...trained.report, base: reading.schema ? null : base.version, gate } }, new Date(), total, stages);
  await publisher.publish(files);
  const outcome = outcomeOf(gate);
  const replaced = outcome !== 'kept' && (await publisher.replaceCurrent(before, files.version, { ...causeOf(gate, rival), requestId }));
  clock.onProgress({ stage: 'publishing', fraction: 1 });
  if (outcome === 'kept' || replaced) return { report: files.report, outcome, reason: gate.reason, before: replaced ? before : undefined };
  const instead = (await publisher.currentOrUndefined()) ?? 'another version';
  return { report: files.report, outcome: 'superseded', reason: `published, but not current: ${instead} was set meanwhile; the gate said: ${gate.reason}`, before: undefined };
}

/** The verdict, with the version that was current and what it is as a rival. */
async function judgeAgainstCurrent(evidence: GateEvidence, publisher: ModelPublisher, promote: boolean): Promise<{ before: string | undefined; rival: Rival; gate: Gate }> {
  const before = await publisher.currentOrUndefined();
  const rival = await rivalOn(publisher.reader, evidence.schema, evidence.table);
  return { before, rival, gate: judge(evidence, rival, promote) };
}

function causeOf(gate: Gate, rival: Rival): ChangeCause {
  if (gate.overridden) return { by: 'override', reason: gate.reason };
  if (rival.kind === 'none') return { by: rival.why === undefined ? 'first' : 'repair', reason: gate.reason };
  return { by: 'gate', reason: gate.reason };
}

/**
 * The current version, whose definitions hold on, with its schema; the usual target and no features where there is none that can be read.
 * The demonstration's hold on for the demonstration alone: its bounds say nothing of a shop's own parts.
 */
async function baseOf(reader: ModelReader, origin: DataOrigin): Promise<{ version: string | null; schema: PartSchema }> {
  try {
    const version = await reader.current();
    if (version !== undefined) {
      const { schema, report } = await reader.metadata(version);
      if (origin === 'demonstration' || !isDemonstration(report)) return { version, schema };
    }
  } catch (error) {
    if (!(error instanceof SpindleError)) throw error;
  }
  return { version: null, schema: { features: [], target: { name: 'time_min', unit: 'min' } } };
}
