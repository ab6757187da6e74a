import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SpindleError, messageOf } from '../common/errors.ts';
import type { ModelChange } from '../common/model/model-history.ts';
import { ModelReader } from '../common/model/model-reader.ts';
import { recordChange } from './model-history.ts';
import type { VersionFiles } from './version-files.ts';

const temporary = '.tmp-';

/** Age after which a temporary name is a leftover of a killed process: publishing takes well below a second. */
const leftoverMs = 60_000;

/** Why the current version changes, and which HTTP request asked for it. */
export interface ChangeCause {
  by: ModelChange['by'];
  reason: string;
  requestId?: string | undefined;
}

/**
 * Writes the models volume, so that a reader sees a version whole or not at all, also after a power cut:
 * everything is written under a temporary name on the same volume, synced and renamed.
 */
export class ModelPublisher {
  readonly directory: string;
  readonly reader: ModelReader;
  /** The last switch or pruning: one waits for the other, so that no version goes while it becomes the current one. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(directory: string) {
    this.directory = directory;
    this.reader = new ModelReader(directory);
  }

  /** Makes the folder where there is none and shows that it can be written. Throws `invalid_configuration`. */
  async prepare(): Promise<void> {
    const probe = this.#temporaryPath('probe');
    try {
      await mkdir(this.directory, { recursive: true });
      await mkdir(probe);
      await rm(probe, { recursive: true });
    } catch (error) {
      throw new SpindleError('invalid_configuration', `the models folder ${this.directory} cannot be written: ${messageOf(error)}; check MODELS_DIR and the folder's owner`, { cause: error });
    }
  }

  /** Publishes a version without making it current; one that is there already stays as it is. */
  async publish({ version, files }: VersionFiles): Promise<void> {
    await this.removeLeftovers();
    if ((await this.reader.list()).includes(version)) return;
    const path = this.#temporaryPath(version);
    await mkdir(path);
    try {
      for (const [name, text] of Object.entries(files)) await writeSynced(join(path, name), text);
      await sync(path);
      await rename(path, join(this.directory, version));
    } catch (error) {
      await rm(path, { recursive: true, force: true });
      // Another trainer may have published the same bytes in the same second.
      if (!(await this.reader.list()).includes(version)) throw error;
    }
    await sync(this.directory);
  }

  /**
   * Makes a published version the current one, records the change, and returns the one before, undefined where there was none or `current` was damaged.
   * Throws `not_found` or `model_refused` for a version that no reader would accept; then `current` stays as it is.
   */
  setCurrent(version: string, cause: ChangeCause): Promise<string | undefined> {
    return this.#inTurn(async () => this.#setCurrent(version, await this.currentOrUndefined(), cause));
  }

  /** The same, but only in the place of `before`; false where another version has become current meanwhile. */
  replaceCurrent(before: string | undefined, version: string, cause: ChangeCause): Promise<boolean> {
    return this.#inTurn(async () => {
      if ((await this.currentOrUndefined()) !== before) return false;
      await this.#setCurrent(version, before, cause);
      return true;
    });
  }

  async #setCurrent(version: string, before: string | undefined, { by, reason, requestId }: ChangeCause): Promise<string | undefined> {
    await this.reader.load(version);
    const path = this.#temporaryPath('current');
    try {
      await writeSynced(path, `${version}\n`);
      // Recorded first: a change that a power cut leaves undone is seen in `current`, one without a record is never seen.
      if (version !== before) await recordChange(this.directory, { at: new Date().toISOString(), version, before: before ?? null, by, reason, request_id: requestId ?? null });
      await rename(path, join(this.directory, 'current'));
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    await sync(this.directory);
    return before;
  }

  /** The version in use; undefined where there is none or the file that names it is damaged. */
  async currentOrUndefined(): Promise<string | undefined> {
    try {
      return await this.reader.current();
    } catch (error) {
      if (error instanceof SpindleError && error.code === 'model_refused') return undefined;
      throw error;
    }
  }

  /**
   * Removes all but the newest `keep` versions, never the current one or one that is in use; returns those removed.
   * Where it is not known which version is current, all stay.
   */
  prune(keep: number, inUse: ReadonlySet<string>): Promise<string[]> {
    return this.#inTurn(() => this.#prune(keep, inUse));
  }

  async #prune(keep: number, inUse: ReadonlySet<string>): Promise<string[]> {
    const current = await this.currentOrUndefined();
    if (current === undefined) return [];
    const versions = await this.reader.list();
    const removed = versions.slice(0, Math.max(0, versions.length - keep)).filter((version) => version !== current && !inUse.has(version));
    for (const version of removed) {
      // Renamed first: a reader never finds a version with files missing.
      const path = this.#temporaryPath(version);
      await rename(join(this.directory, version), path);
      await rm(path, { recursive: true });
    }
    if (removed.length > 0) await sync(this.directory);
    return removed;
  }

  /** Removes what a publisher that was killed half-way has left behind; returns the names. What is younger than a minute may be another's work in progress. */
  async removeLeftovers(): Promise<string[]> {
    const removed: string[] = [];
    for (const name of await readdir(this.directory)) {
      if (!name.startsWith(temporary)) continue;
      const path = join(this.directory, name);
      const made = await stat(path).catch(() => undefined); // gone in the meantime
      if (!made || Date.now() - made.mtimeMs < leftoverMs) continue;
      await rm(path, { recursive: true, force: true });
      removed.push(name);
    }
    return removed;
  }

  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#last.then(change, change);
    this.#last = done;
    return done;
  }

  #temporaryPath(purpose: string): string {
    return join(this.directory, `${temporary}${purpose}-${randomBytes(4).toString('hex')}`);
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the names in a folder last. */
async function sync(directory: string): Promise<void> {
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
