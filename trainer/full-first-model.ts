import { SpindleError, messageOf } from '../common/errors.ts';
import { type Service, byDeadline } from '../common/lifecycle.ts';
import type { Log } from '../common/log.ts';
import type { ModelReader } from '../common/model/model-reader.ts';
import { isDemonstration } from '../common/model/report.ts';
import { demonstrationSchema } from './demonstration.ts';
import { demonstrationRows } from './first-model.ts';
import { fitInThread } from './fit-thread.ts';
import type { ModelNews } from './model-news.ts';
import type { ModelPublisher } from './model-publisher.ts';
import { trainAndPublish } from './train-and-publish.ts';
import { demonstrationSource } from './training-source.ts';

/** What training the full first model needs; `fit` is there for tests. */
export interface FullFirstModelParts {
  publisher: ModelPublisher;
  news: Pick<ModelNews, 'tell' | 'prune'>;
  seed: number;
  log: Log;
  fit?: typeof fitInThread;
}

/** One attempt, and the way to abandon it. */
interface Attempt {
  abandon: AbortController;
  ended: Promise<void>;
}

/**
 * While a quick demonstration model is current, trains the full one beside everything else and puts it in its place.
 * It gives way to a shop's own training and to a stop at once, and to any other version made current meanwhile; a later start takes it up again.
 */
export class FullFirstModel implements Service {
  readonly #parts: FullFirstModelParts;
  #attempt: Attempt | undefined;
  /** Trainings that it gives way to at present. */
  #givingWay = 0;
  #isStopped = false;

  constructor(parts: FullFirstModelParts) {
    this.#parts = parts;
  }

  start(): Promise<void> {
    if (this.#isStopped || this.#givingWay > 0 || this.#attempt) return Promise.resolve();
    const abandon = new AbortController();
    const ended = this.#run(abandon.signal).finally(() => (this.#attempt = undefined));
    this.#attempt = { abandon, ended };
    return Promise.resolve();
  }

  /** Abandons what is under way; nothing of it is published any more. */
  async stop(deadline: number): Promise<void> {
    this.#isStopped = true;
    await byDeadline(this.#abandon('the trainer stops'), deadline);
  }

  /** Does the work with the processor to itself, and begins anew afterwards. */
  async giveWayTo<T>(work: () => Promise<T>): Promise<T> {
    this.#givingWay++;
    try {
      await this.#abandon('a training comes first');
      return await work();
    } finally {
      this.#givingWay--;
      await this.start();
    }
  }

  async #abandon(why: string): Promise<void> {
    this.#attempt?.abandon.abort(new Error(why));
    await this.#attempt?.ended;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { publisher, news, seed, log, fit = fitInThread } = this.#parts;
    try {
      const quick = await quickVersion(publisher);
      if (quick === undefined || signal.aborted) return;
      log.info({ current: quick }, 'the current model is a quick one: training the full one in the background');
      const { report, before, outcome, reason } = await trainAndPublish(demonstrationSource(demonstrationRows, seed), publisher, {
        schema: demonstrationSchema,
        seed,
        maxRows: demonstrationRows,
        fit: (input, onProgress) => fit(input, { onProgress, signal }),
        beforePublishing: async () => {
          signal.throwIfAborted();
          const current = await publisher.currentOrUndefined();
          if (current !== quick) throw new Superseded(`${current ?? 'another version'} is current meanwhile`);
        },
      });
      await news.tell(report.version);
      log.info({ version: report.version, before: quick, verdict: outcome, reason, rmse: report.overall.rmse, seconds: report.duration_s }, 'trained the full demonstration model');
      await news.prune(before);
    } catch (error) {
      if (signal.aborted) log.info({ reason: messageOf(signal.reason) }, 'put off training the full demonstration model');
      else if (error instanceof Superseded) log.info({ reason: error.message }, 'the full demonstration model is not needed any more');
      else log.error({ reason: messageOf(error) }, 'cannot train the full demonstration model; the quick one stays');
    }
  }
}

/** Another version has taken the quick one's place. */
class Superseded extends Error {}

/** The current version, where it is the demonstration's quick one and no full one has been made yet: one that the gate kept need not be made again. */
async function quickVersion({ reader }: ModelPublisher): Promise<string | undefined> {
  const current = await reader.current();
  if (current === undefined || (await kindOf(reader, current)) !== 'quick demonstration') return undefined;
  for (const version of await reader.list()) if ((await kindOf(reader, version)) === 'full demonstration') return undefined;
  return current;
}

async function kindOf(reader: ModelReader, version: string): Promise<'quick demonstration' | 'full demonstration' | 'other'> {
  try {
    const { report } = await reader.metadata(version);
    if (!isDemonstration(report)) return 'other';
    return report.quick ? 'quick demonstration' : 'full demonstration';
  } catch (error) {
    if (error instanceof SpindleError) return 'other'; // damaged: others complain of that
    throw error;
  }
}
