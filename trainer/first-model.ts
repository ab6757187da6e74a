import { SpindleError, messageOf } from '../common/errors.ts';
import type { Log } from '../common/log.ts';
import { outcomeOf } from '../common/model/report.ts';
import { demonstrationSchema } from './demonstration.ts';
import { fitInThread } from './fit-thread.ts';
import type { ModelPublisher } from './model-publisher.ts';
import { type TrainingOptions, trainAndPublish } from './train-and-publish.ts';
import { demonstrationSource } from './training-source.ts';

/** Parts that the demonstration models learn from. */
export const demonstrationRows = 1_000;

/**
 * Sees to it that an empty volume gets a model to serve within seconds: a quick one is trained on the demonstration data, the full one is `FullFirstModel`'s to train.
 * What is damaged stays as it is: which version takes the place of a shop's own model is the operator's to say, never the demonstration's.
 * Fits in a thread unless told otherwise, so that Redis can be asked meanwhile. Returns the version made current, or undefined where nothing had to be done.
 */
export async function ensureFirstModel(publisher: ModelPublisher, seed: number, log: Log, fit: TrainingOptions['fit'] = (input) => fitInThread(input)): Promise<string | undefined> {
  const current = await publisher.currentOrUndefined();
  if (current !== undefined && (await loads(publisher, current, log))) return undefined;
  const hasPointer = current !== undefined || (await isDamaged(publisher, log));
  const sound = await newestSound(publisher, current, log);
  const isEmpty = !hasPointer && (await publisher.reader.list()).length === 0;
  if (isEmpty) {
    const { report } = await trainAndPublish(demonstrationSource(demonstrationRows, seed), publisher, { schema: demonstrationSchema, seed, maxRows: demonstrationRows, quick: true, fit });
    log.info({ version: report.version, rmse: report.overall.rmse, seconds: report.duration_s }, 'published a quick demonstration model; the full one follows');
    return report.version;
  }
  if (hasPointer || sound === undefined) {
    log.error({ current: current ?? null, sound: sound ?? null }, 'the current model version is damaged: repair it, set another with PUT /v1/models/current, or train anew');
    return undefined;
  }
  // A trainer that died between publishing and switching leaves versions and no current one.
  await publisher.setCurrent(sound, { by: 'repair', reason: 'no model version was current: took the newest' });
  log.warn({ version: sound }, 'no model version was current: took the newest');
  return sound;
}

async function loads(publisher: ModelPublisher, version: string, log: Log): Promise<boolean> {
  try {
    await publisher.reader.load(version);
    return true;
  } catch (error) {
    if (!(error instanceof SpindleError)) throw error;
    log.warn({ version, reason: messageOf(error) }, 'model version cannot be used');
    return false;
  }
}

/** True where the file that names the current version names none. */
async function isDamaged(publisher: ModelPublisher, log: Log): Promise<boolean> {
  try {
    await publisher.reader.current();
    return false;
  } catch (error) {
    log.warn({ reason: messageOf(error) }, 'the current model version is not known');
    return true;
  }
}

/** The newest other version that was promoted and can be loaded. */
async function newestSound(publisher: ModelPublisher, current: string | undefined, log: Log): Promise<string | undefined> {
  for (const version of (await publisher.reader.list()).reverse()) {
    if (version === current || !(await loads(publisher, version, log))) continue;
    const { report } = await publisher.reader.metadata(version);
    if (outcomeOf(report.gate) !== 'kept') return version;
  }
  return undefined;
}
