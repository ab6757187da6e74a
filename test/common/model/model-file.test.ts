import { expect, it } from 'vitest';
import { z } from 'zod';
import { checksumsSchema, modelFileSchema } from '../../../common/model/model-file.ts';
import { reportSchema } from '../../../common/model/report.ts';
import { partSchemaSchema } from '../../../common/part-schema.ts';

it('the files of a model version have the shapes that published versions were written in', async () => {
  const shapes = { 'schema.json': partSchemaSchema, 'model.json': modelFileSchema, 'report.json': reportSchema, 'checksums.json': checksumsSchema };
  const text = JSON.stringify(Object.fromEntries(Object.entries(shapes).map(([name, schema]) => [name, z.toJSONSchema(schema)])), null, 2);
  await expect(`${text}\n`).toMatchFileSnapshot('model-file.snapshot.json');
});
