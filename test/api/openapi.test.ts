import { describe, expect, test } from 'vitest';
import { openApiDocument } from '../../api/openapi.ts';
import { partSchema } from '../support/model-versions.ts';
import { openApiSchema, problemsOf } from '../support/open-api.ts';

const document = JSON.parse(JSON.stringify(openApiDocument(partSchema))) as unknown;

test('the document is the one that clients were made for', async () => {
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot('openapi.snapshot.json');
});

describe.each([['with a model', partSchema], ['before the first model', undefined]])('%s', (_name, schema) => {
  test('the document is OpenAPI 3.1, and everything that it refers to is in it', () => {
    expect(problemsOf(openApiSchema.parse(JSON.parse(JSON.stringify(openApiDocument(schema)))))).toEqual([]);
  });
});

test('it asks for the features of the model in use, by name, bounds and levels', () => {
  const { paths } = openApiSchema.parse(document);
  expect(paths['/predict']?.get?.parameters?.map(({ name, required, schema }) => [name, required, schema])).toEqual([
    ['x_cm', true, { type: 'number', exclusiveMinimum: 0 }],
    ['y_cm', true, { type: 'number', exclusiveMinimum: 0 }],
    ['z_cm', true, { type: 'number', exclusiveMinimum: 0 }],
    ['material', true, { type: 'string', enum: ['steel', 'aluminum', 'copper'] }],
    ['complexity', true, { type: 'integer', minimum: 1, maximum: 10 }],
    ['process', true, { type: 'string', enum: ['turning', 'drilling', 'milling'] }],
    ['unknown', undefined, { type: 'string', enum: ['reject', 'estimate'] }],
  ]);
});

test('a feature that may be missing is not required, and a feature called like an option takes its place', () => {
  const features = [{ ...partSchema.features[0], name: 'x_cm', kind: 'number' as const, optional: true as const }, { name: 'unknown', kind: 'category' as const, levels: ['a'], optional: true as const }];
  const { paths } = openApiSchema.parse(JSON.parse(JSON.stringify(openApiDocument({ ...partSchema, features }))));
  expect(paths['/predict']?.get?.parameters?.map(({ name, required }) => [name, required])).toEqual([['x_cm', false], ['unknown', false]]);
  const body = JSON.stringify(paths['/v1/estimates']?.post?.requestBody);
  expect(body).toContain('"required":[]');
  expect(body).toContain('"type":["string","null"],"enum":["a",null]');
});

test('another target has another name throughout', () => {
  const { paths } = openApiSchema.parse(JSON.parse(JSON.stringify(openApiDocument({ ...partSchema, target: { name: 'cost_eur', unit: 'EUR' } }))));
  // Schedules are in minutes whatever the target.
  const text = JSON.stringify(Object.entries(paths).filter(([path]) => !path.includes('/schedules')));
  expect(text).toContain('"cost_eur_low"');
  expect(text).not.toContain('time_min');
});
