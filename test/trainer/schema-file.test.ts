import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSchemaFile } from '../../trainer/schema-file.ts';
import { temporaryDirectory } from '../support/leftovers.ts';
import { partSchema } from '../support/model-versions.ts';

async function read(value: unknown) {
  const path = join(await temporaryDirectory(), 'schema.json');
  await writeFile(path, JSON.stringify(value));
  return readSchemaFile(path);
}

describe('readSchemaFile', () => {
  it('reads a schema as it was written, and as GET /v1/schema returns it', async () => {
    expect(await read(partSchema)).toEqual(partSchema);
    expect(await read({ model_version: '20261122T000000Z-aaaaaa', ...partSchema })).toEqual(partSchema);
  });

  it('refuses anything else, with the field', async () => {
    await expect(read({ ...partSchema, colour: 1 })).rejects.toMatchObject({ code: 'invalid_body', message: expect.stringContaining('colour') as unknown });
    await expect(read([])).rejects.toMatchObject({ code: 'invalid_body' });
    await expect(read({ features: [] })).rejects.toMatchObject({ code: 'invalid_body' });
  });
});
