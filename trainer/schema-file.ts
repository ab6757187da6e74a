import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { SpindleError, messageOf } from '../common/errors.ts';
import { type PartSchema, partSchemaSchema } from '../common/part-schema.ts';

/** The schema in a JSON file, in the shape that GET /v1/schema returns. Throws `invalid_json` or `invalid_body` with every problem, and the file system's error. */
export async function readSchemaFile(path: string): Promise<PartSchema> {
  const text = await readFile(path, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SpindleError('invalid_json', `${path} is not JSON: ${messageOf(error)}`, { cause: error });
  }
  // GET /v1/schema says whose schema it is, which does not matter here.
  const parsed = z.looseObject({ model_version: z.unknown() }).partial().transform(({ model_version: _version, ...schema }) => schema).pipe(partSchemaSchema).safeParse(value);
  if (!parsed.success) throw new SpindleError('invalid_body', `${path} is not a schema of features and target:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
