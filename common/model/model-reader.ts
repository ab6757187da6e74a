import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SpindleError, messageOf } from '../errors.ts';
import { type PartSchema, partSchemaSchema } from '../part-schema.ts';
import { Estimator } from './estimator.ts';
import { type Checksums, type ModelFile, checksumsSchema, modelFileSchema } from './model-file.ts';
import { type Report, reportSchema } from './report.ts';
import { isVersionId } from './version-id.ts';

/** What the API knows of a version: everything but the model itself. */
export interface ModelMetadata {
  version: string;
  schema: PartSchema;
  report: Report;
}

/** All of a version. */
export interface VersionContents extends ModelMetadata {
  model: ModelFile;
}

/** Reads the models volume. A version is trusted only after its checksums, shapes and golden rows have passed. */
export class ModelReader {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** Ids of all published versions, oldest first; empty where the volume is. */
  async list(): Promise<string[]> {
    try {
      const entries = await readdir(this.directory, { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory() && isVersionId(entry.name)).map((entry) => entry.name).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** The version in use, or undefined before the first one. Throws `model_refused` where the file names no version. */
  async current(): Promise<string | undefined> {
    let text: string;
    try {
      text = (await readFile(join(this.directory, 'current'), 'utf8')).trim();
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    if (!isVersionId(text)) throw new SpindleError('model_refused', `the file current names no version: "${text.slice(0, 60)}"`);
    return text;
  }

  /** Schema and report of a version. Throws `not_found` or `model_refused`. */
  async metadata(version: string): Promise<ModelMetadata> {
    return this.#metadata(version, await this.#checksums(version));
  }

  /** Compares all files with their checksums, without looking into them. Throws `not_found` or `model_refused`. */
  async verify(version: string): Promise<void> {
    const checksums = await this.#checksums(version);
    for (const name of ['schema.json', 'model.json', 'report.json'] as const) await this.#checked(version, name, checksums);
  }

  /** The version, loaded and checked. Throws `not_found` or `model_refused` with the reason. */
  async load(version: string): Promise<Estimator> {
    return estimatorOf(await this.read(version));
  }

  /** All that a version holds, by its checksums and shapes; whether it estimates as recorded is tried by `estimatorOf`. Throws `not_found` or `model_refused`. */
  async read(version: string): Promise<VersionContents> {
    const checksums = await this.#checksums(version);
    const model = await this.#file(version, 'model.json', checksums, modelFileSchema);
    return { ...(await this.#metadata(version, checksums)), model };
  }

  async #metadata(version: string, checksums: Checksums): Promise<ModelMetadata> {
    const schema = await this.#file(version, 'schema.json', checksums, partSchemaSchema);
    const report = await this.#file(version, 'report.json', checksums, reportSchema);
    return { version, schema, report };
  }

  async #checksums(version: string): Promise<Checksums> {
    if (!isVersionId(version)) throw new SpindleError('not_found', `"${version.slice(0, 60)}" is no model version id`);
    return parseFile('checksums.json', await this.#bytes(version, 'checksums.json'), checksumsSchema);
  }

  async #file<T>(version: string, name: keyof Checksums, checksums: Checksums, schema: z.ZodType<T>): Promise<T> {
    return parseFile(name, await this.#checked(version, name, checksums), schema);
  }

  async #checked(version: string, name: keyof Checksums, checksums: Checksums): Promise<Buffer> {
    const bytes = await this.#bytes(version, name);
    if (createHash('sha256').update(bytes).digest('hex') !== checksums[name]) {
      throw new SpindleError('model_refused', `${name} does not match its checksum`);
    }
    return bytes;
  }

  async #bytes(version: string, name: string): Promise<Buffer> {
    try {
      return await readFile(join(this.directory, version, name));
    } catch (error) {
      if (!isMissing(error)) throw error;
      const exists = (await this.list()).includes(version);
      throw exists
        ? new SpindleError('model_refused', `${name} is missing`)
        : new SpindleError('not_found', `there is no model version ${version}`);
    }
  }
}

/** What estimates by a version's contents; its golden rows have come out. Throws `model_refused`. */
export function estimatorOf({ version, schema, model }: VersionContents): Estimator {
  let estimator: Estimator;
  try {
    estimator = new Estimator(version, schema, model);
  } catch (error) {
    throw new SpindleError('model_refused', `model.json: ${messageOf(error)}`, { cause: error });
  }
  estimator.checkGoldenRows(model.golden);
  return estimator;
}

function parseFile<T>(name: string, bytes: Buffer, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new SpindleError('model_refused', `${name} is not JSON`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new SpindleError('model_refused', `${name}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
