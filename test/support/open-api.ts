import { z } from 'zod';

/** A JSON Schema or any other part of a document. */
type Json = Record<string, unknown>;

const schemaOrReference = z.record(z.string(), z.unknown());
const content = z.record(z.string().regex(/^[\w.+-]+\/[\w.+-]+$/), z.strictObject({ schema: schemaOrReference }));
const parameter = z.strictObject({
  name: z.string().min(1),
  in: z.enum(['query', 'path', 'header']),
  required: z.boolean().optional(),
  description: z.string().optional(),
  schema: schemaOrReference,
});
const operation = z.strictObject({
  summary: z.string().min(1),
  parameters: z.array(parameter).optional(),
  requestBody: z.strictObject({ required: z.boolean(), content }).optional(),
  responses: z.record(z.string().regex(/^(?:[1-5]\d\d|default)$/), z.strictObject({ description: z.string().min(1), content: content.optional() })),
});

/** The part of OpenAPI 3.1 that Spindle's document uses; anything else in it is a mistake. */
export const openApiSchema = z.strictObject({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: z.strictObject({ title: z.string().min(1), version: z.string().min(1), description: z.string().optional() }),
  paths: z.record(z.string().startsWith('/'), z.partialRecord(z.enum(['get', 'post', 'put', 'delete']), operation)),
  components: z.strictObject({ schemas: z.record(z.string().regex(/^[\w.-]+$/), schemaOrReference) }),
});

export type OpenApi = z.infer<typeof openApiSchema>;

/** What is wrong with a document beyond its shape: names in a path without a parameter, parameters that are there twice, references to nothing, keywords that JSON Schema does not have. */
export function problemsOf(document: OpenApi): string[] {
  const problems: string[] = [];
  for (const [path, item] of Object.entries(document.paths)) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const [method, { parameters = [] }] of Object.entries(item)) {
      const place = `${method} ${path}`;
      const declared = parameters.filter((one) => one.in === 'path');
      if (declared.map(({ name }) => name).join() !== inPath.join()) problems.push(`${place}: declares other path parameters than its path has`);
      if (declared.some(({ required }) => required !== true)) problems.push(`${place}: a path parameter must be required`);
      if (new Set(parameters.map((one) => `${one.in} ${one.name}`)).size < parameters.length) problems.push(`${place}: declares a parameter twice`);
    }
  }
  for (const [place, reference] of references(document, '#')) {
    if (resolve(document, reference) === undefined) problems.push(`${place}: ${reference} leads nowhere`);
  }
  return problems;
}

/** Every `$ref` within a value, by its place. */
function references(value: unknown, place: string): [string, string][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]): [string, string][] => (key === '$ref' ? [[place, String(inner)]] : references(inner, `${place}/${key}`)));
}

function resolve(document: unknown, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined;
  let found: unknown = document;
  for (const step of reference.slice(2).split('/')) found = typeof found === 'object' && found !== null ? (found as Json)[step] : undefined;
  return found;
}

/** A validator of the answer that a document promises for an operation. Throws where it promises none. */
export function answerSchema(document: OpenApi, method: 'get' | 'post' | 'put' | 'delete', path: string, status: number): z.ZodType {
  const responses = document.paths[path]?.[method]?.responses;
  const promised = responses?.[String(status)] ?? responses?.['default'];
  const schema = Object.values(promised?.content ?? {})[0]?.schema;
  if (!schema) throw new Error(`the document promises nothing for ${method} ${path} ${status}`);
  return z.fromJSONSchema(inlined(document, schema) as Parameters<typeof z.fromJSONSchema>[0]);
}

/** The same with every reference replaced by what it leads to. */
function inlined(document: OpenApi, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => inlined(document, one));
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value) return inlined(document, resolve(document, String(value.$ref)));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inlined(document, inner)]));
}
