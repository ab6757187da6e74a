import { z } from 'zod';
import { type Feature, type PartSchema, expectation, partSchemaSchema, planningColumns, shortName } from '../common/part-schema.ts';
import { scheduleComparisonSchema } from '../common/scheduling/compare-schedules.ts';
import { scheduleSchema } from '../common/scheduling/schedule.ts';
import { scheduleRequestSchema } from '../common/scheduling/schedule-request.ts';
import { shopSchema } from '../common/scheduling/shop.ts';
import { modelChangeSchema } from '../common/model/model-history.ts';
import { reportSchema } from '../common/model/report.ts';
import { batchViewSchema, dryRunViewSchema } from './batch-view.ts';
import { estimateViewSchema } from './estimate-view.ts';
import { modelSummarySchema } from './models/model-catalog.ts';
import { problemSchema } from './problem.ts';
import { batchListOptionsSchema, batchOptionsSchema } from './routes/batches.ts';
import { exportOptionsSchema } from '../common/files/export/export-dialect.ts';
import { csvOptionsSchema, resultOptionsSchema } from './routes/batch-results.ts';
import { estimateOptionsSchema, maxExplainedParts, maxParts } from './routes/estimates.ts';
import { servedSchemaSchema, setCurrentSchema } from './routes/models.ts';
import { predictOptionsSchema } from './routes/predict.ts';
import { calendarOptionsSchema, chartOptionsSchema, comparisonOptionsSchema } from './routes/schedule-files.ts';
import { shopChangeSchema, shopOptionsSchema } from './routes/shop.ts';
import { scheduleBodySchema } from './schedule-intake.ts';
import { scheduleSummaryViewSchema, scheduleViewSchema } from './schedule-view.ts';
import { trainingOptionsSchema, trainingViewSchema } from './routes/trainings.ts';

type Json = Record<string, unknown>;

/** OpenAPI 3.1 document of the HTTP API, for the features of the model in use; without a model the parts are described as any object. */
export function openApiDocument(schema: PartSchema | undefined): Json {
  const target = schema?.target ?? { name: 'time_min', unit: 'min' };
  const estimate = jsonSchema(estimateViewSchema(target.name, target.unit));
  const part = partJsonSchema(schema);
  const id = pathParameter('id', 'Batch id');
  const training = pathParameter('id', 'Training id');
  const schedule = pathParameter('id', 'Schedule id');
  return {
    openapi: '3.1.0',
    info: { title: 'Spindle', version: '1', description: 'How long will these parts take, and when will they be done? Every error is application/problem+json with a stable code.' },
    paths: {
      '/predict': { get: operation('Estimate one part from query parameters', { parameters: predictParameters(schema), answers: { 200: answer('The estimate', estimate) } }) },
      '/v1/estimates': {
        post: operation(`Estimate one part, or up to ${maxParts} in {"parts": […]}, ${maxExplainedParts} with their explanations`, {
          parameters: queryParameters(estimateOptionsSchema),
          body: { 'application/json': { anyOf: [part, { type: 'object', required: ['parts'], additionalProperties: false, properties: { parts: { type: 'array', minItems: 1, maxItems: maxParts, items: part } } }] } },
          answers: { 200: answer('The estimate, or all in order', { anyOf: [estimate, { type: 'object', required: ['model_version', 'estimates'], additionalProperties: false, properties: { model_version: { type: 'string' }, estimates: { type: 'array', items: estimate } } }] }) },
        }),
      },
      '/v1/schema': { get: operation('Features of the model in use, with units, ranges and levels', { answers: { 200: answer('The schema', jsonSchema(servedSchemaSchema)) } }) },
      '/v1/batches': {
        post: operation('Upload a CSV or XLSX of planned parts; it is estimated in the background', {
          parameters: [...queryParameters(batchOptionsSchema), { name: 'Idempotency-Key', in: 'header', schema: { type: 'string' }, description: 'The same key and file give the same batch, however often they are sent' }],
          body: csvBody,
          answers: { 202: answer('The batch; Location names it', jsonSchema(batchViewSchema)), 200: answer('An earlier batch of the same bytes, or the dry run\'s report', { anyOf: [jsonSchema(batchViewSchema), jsonSchema(dryRunViewSchema)] }) },
        }),
        get: operation('Batches, newest first', { parameters: queryParameters(batchListOptionsSchema), answers: { 200: answer('The batches', listOf('batches', jsonSchema(batchViewSchema))) } }),
      },
      '/v1/batches/{id}': {
        get: operation('State, counts, progress and totals of a batch', { parameters: [id], answers: { 200: answer('The batch', jsonSchema(batchViewSchema)) } }),
        delete: operation('Cancel a batch', { parameters: [id], answers: { 202: answer('The batch', jsonSchema(batchViewSchema)) } }),
      },
      '/v1/batches/{id}/events': { get: operation('Progress as server-sent events until the end', { parameters: [id], answers: { 200: stream('progress events, then end', 'text/event-stream') } }) },
      '/v1/batches/{id}/estimates.csv': { get: operation('Every column as it came, then the estimate, in input order', { parameters: [id, ...queryParameters(csvOptionsSchema)], answers: { 200: stream('The rows', 'text/csv') } }) },
      '/v1/batches/{id}/estimates.json': { get: operation('The same as JSON', { parameters: [id, ...queryParameters(resultOptionsSchema)], answers: { 200: stream('The rows', 'application/json') } }) },
      '/v1/batches/{id}/estimates.jsonl': { get: operation('The same as JSON Lines', { parameters: [id, ...queryParameters(resultOptionsSchema)], answers: { 200: stream('The rows', 'application/x-ndjson') } }) },
      '/v1/batches/{id}/estimates.xlsx': { get: operation('The same as a workbook, with a sheet of totals', { parameters: [id, ...queryParameters(resultOptionsSchema)], answers: { 200: binary('The workbook') } }) },
      '/v1/batches/{id}/rejected.csv': { get: operation('Refused rows as they came, after line and reason', { parameters: [id], answers: { 200: stream('The rows', 'text/csv') } }) },
      '/v1/batches/{id}/schedules': {
        post: operation('Lay the parts of a batch that has ended out on the shop\'s machines, in the background', {
          parameters: [id],
          body: { 'application/json': jsonSchema(scheduleBodySchema) },
          bodyRequired: false,
          answers: { 202: answer('The schedule; Location names it', jsonSchema(scheduleViewSchema)) },
        }),
      },
      '/v1/schedules': { get: operation('Schedules, newest first', { answers: { 200: answer('The schedules', listOf('schedules', jsonSchema(scheduleSummaryViewSchema))) } }) },
      '/v1/schedules/{id}': {
        get: operation('State of a schedule and, once it has succeeded, all of it', { parameters: [schedule], answers: { 200: answer('The schedule', jsonSchema(scheduleViewSchema)) } }),
        delete: operation('Cancel a schedule that waits or is searched', { parameters: [schedule], answers: { 202: answer('The schedule', jsonSchema(scheduleSummaryViewSchema)) } }),
      },
      '/v1/schedules/{id}/events': { get: operation('Best schedule so far and bound as server-sent events until the end', { parameters: [schedule], answers: { 200: stream('progress events, then end', 'text/event-stream') } }) },
      '/v1/schedules/{id}/comparison': {
        get: operation('What changed from another schedule to this one', { parameters: [schedule, ...queryParameters(comparisonOptionsSchema)], answers: { 200: answer('The comparison', { allOf: [{ type: 'object', required: ['before', 'after'], properties: { before: { type: 'string' }, after: { type: 'string' } } }, jsonSchema(scheduleComparisonSchema)] }) } }),
      },
      '/v1/schedules/{id}.csv': { get: operation('One row an operation, by machine and start; it can be planned again', { parameters: [schedule, ...queryParameters(exportOptionsSchema)], answers: { 200: stream('The rows', 'text/csv') } }) },
      '/v1/schedules/{id}.svg': { get: operation('Gantt chart', { parameters: [schedule, ...queryParameters(chartOptionsSchema)], answers: { 200: stream('The chart', 'image/svg+xml') } }) },
      '/v1/schedules/{id}.ics': { get: operation('Work and setups of a machine as iCalendar', { parameters: [schedule, ...queryParameters(calendarOptionsSchema)], answers: { 200: stream('The calendar', 'text/calendar') } }) },
      '/v1/shop': {
        get: operation('Machines, calendars and setups, in use or of a version', { parameters: queryParameters(shopOptionsSchema), answers: { 200: answer('The shop; ETag is its version', jsonSchema(shopSchema)) } }),
        put: operation('Use another shop from now on', { body: { 'application/json': jsonSchema(shopSchema) }, answers: { 200: answer('Its version and the one before', jsonSchema(shopChangeSchema)) } }),
      },
      '/v1/template.csv': { get: operation('A file to fill in: header, one example row, what is allowed', { answers: { 200: stream('The template', 'text/csv') } }) },
      '/v1/template.xlsx': { get: operation('The same as a workbook, with lists to choose from', { answers: { 200: binary('The template') } }) },
      '/v1/models': {
        get: operation('Model versions, and the last changes of the current one, newest first', {
          answers: { 200: answer('The versions', { type: 'object', properties: { current: { type: ['string', 'null'] }, serving: { type: ['string', 'null'] }, refused: { type: 'object', additionalProperties: { type: 'string' } }, versions: { type: 'array', items: jsonSchema(modelSummarySchema) }, history: { type: 'array', items: jsonSchema(modelChangeSchema) } } }) },
        }),
      },
      '/v1/models/{version}': {
        get: operation('Schema and report of a version', { parameters: [pathParameter('version', 'Model version')], answers: { 200: answer('The version', { type: 'object', properties: { version: { type: 'string' }, state: { type: 'string' }, schema: jsonSchema(partSchemaSchema), report: jsonSchema(reportSchema) } }) } }),
      },
      '/v1/models/current': {
        put: operation('Use another version from now on, or roll back', {
          body: { 'application/json': jsonSchema(setCurrentSchema) },
          answers: { 200: answer('Switched; workers serve it', switched), 202: answer('Switched; workers are loading it', switched) },
        }),
      },
      '/v1/trainings': {
        post: operation('Upload a CSV of finished parts to train a new version', { parameters: queryParameters(trainingOptionsSchema), body: csvBody, answers: { 202: answer('The training; Location names it', jsonSchema(trainingViewSchema)) } }),
        get: operation('Trainings, newest first', { answers: { 200: answer('The trainings', listOf('trainings', jsonSchema(trainingViewSchema))) } }),
      },
      '/v1/trainings/{id}': {
        get: operation('State and outcome of a training', { parameters: [training], answers: { 200: answer('The training', jsonSchema(trainingViewSchema)) } }),
        delete: operation('Cancel a training that waits or runs; nothing of it is published', { parameters: [training], answers: { 202: answer('The training', jsonSchema(trainingViewSchema)) } }),
      },
      '/v1/trainings/{id}/events': { get: operation('Progress as server-sent events until the end', { parameters: [training], answers: { 200: stream('progress events, then end', 'text/event-stream') } }) },
      '/healthz': { get: operation('Alive', { answers: { 200: answer('Alive', { type: 'object' }) } }) },
      '/readyz': { get: operation('Ready: Redis answers and a worker has a model loaded', { answers: { 200: answer('Ready', { type: 'object' }), 503: answer('Not ready, with reasons', { type: 'object' }) } }) },
      '/metrics': { get: operation('Metrics for Prometheus', { answers: { 200: stream('Metrics', 'text/plain') } }) },
    },
    components: { schemas: Object.fromEntries(namedSchemas.map((named): [string, Json] => [idOf(named) ?? '', definition(named)])) },
  };
}

const switched: Json = { type: 'object', properties: { current: { type: 'string' }, before: { type: ['string', 'null'] }, serving: { type: ['string', 'null'] } } };
const csvBody: Json = { 'text/csv': { type: 'string' }, 'application/json': { type: ['array', 'object'] }, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': { type: 'string', format: 'binary' }, 'multipart/form-data': { type: 'object', properties: { file: { type: 'string', format: 'binary' } } } };

function operation(summary: string, { parameters, body, bodyRequired = true, answers }: { parameters?: Json[]; body?: Json; bodyRequired?: boolean; answers: Json }): Json {
  const content = body && Object.fromEntries(Object.entries(body).map(([type, schema]) => [type, { schema }]));
  const problem = { description: 'A problem', content: { 'application/problem+json': { schema: jsonSchema(problemSchema) } } };
  return { summary, ...(parameters ? { parameters } : {}), ...(content ? { requestBody: { required: bodyRequired, content } } : {}), responses: { ...answers, default: problem } };
}

const answer = (description: string, schema: Json): Json => ({ description, content: { 'application/json': { schema } } });
const stream = (description: string, type: string): Json => ({ description, content: { [type]: { schema: { type: 'string' } } } });
const workbookType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const binary = (description: string): Json => ({ description, content: { [workbookType]: { schema: { type: 'string', format: 'binary' } } } });
const listOf = (name: string, items: Json): Json => ({ type: 'object', properties: { [name]: { type: 'array', items } } });
const pathParameter = (name: string, description: string): Json => ({ name, in: 'path', required: true, description, schema: { type: 'string' } });

/** Schemas that have an id stand once in the document, under it. */
const namedSchemas = [problemSchema, batchViewSchema, dryRunViewSchema, modelSummarySchema, modelChangeSchema, setCurrentSchema, trainingViewSchema, shopSchema, shopChangeSchema, scheduleBodySchema, scheduleSummaryViewSchema, scheduleViewSchema, scheduleSchema, scheduleRequestSchema, scheduleComparisonSchema];

const idOf = (schema: z.ZodType): string | undefined => schema.meta()?.id;

/** JSON Schema of what a zod schema accepts, or where in this document that stands. */
function jsonSchema(schema: z.ZodType): Json {
  const id = idOf(schema);
  return id === undefined ? definition(schema) : { $ref: `#/components/schemas/${id}` };
}

/** JSON Schema of what a zod schema accepts, without the marks that only a document of its own needs. */
function definition(schema: z.ZodType): Json {
  const { $schema: _dialect, $defs, ...plain } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'inline' });
  const { id: _id, ...rest } = $defs?.[idOf(schema) ?? ''] ?? plain;
  // Named schemas within it stand in this document beside it.
  return JSON.parse(JSON.stringify(rest).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json;
}

function queryParameters(options: z.ZodObject): Json[] {
  const { properties } = jsonSchema(options) as { properties?: Record<string, Json> };
  return Object.entries(properties ?? {}).map(([name, { description, ...schema }]) => ({ name, in: 'query', description, schema }));
}

/** A parameter for each feature, and the options but for those that have a feature's name. */
function predictParameters(schema: PartSchema | undefined): Json[] {
  const features = schema?.features ?? [];
  const taken = new Set(features.flatMap((feature) => [feature.name, shortName(feature)]));
  return [...features.map(queryParameter), ...queryParameters(predictOptionsSchema).filter(({ name }) => !taken.has(String(name)))];
}

function queryParameter(feature: Feature): Json {
  const short = shortName(feature);
  const also = short === feature.name ? '' : `; ${short} is accepted too`;
  return { name: feature.name, in: 'query', required: feature.optional !== true, description: `${describe(feature)}${also}`, schema: valueSchema(feature) };
}

function partJsonSchema(schema: PartSchema | undefined): Json {
  if (!schema) return { type: 'object' };
  const properties = Object.fromEntries(schema.features.map((feature) => [feature.name, { ...(feature.optional ? orNull(valueSchema(feature)) : valueSchema(feature)), description: describe(feature) }]));
  return {
    type: 'object',
    required: schema.features.filter(({ optional }) => !optional).map(({ name }) => name),
    additionalProperties: false,
    properties: { ...Object.fromEntries(planningColumns.map((name) => [name, { ...(planningTypes[name] ?? { type: ['string', 'number'] }), description: 'Comes back with the estimate' }])), ...properties },
  };
}

const planningTypes: Record<string, Json> = {
  quantity: { type: 'integer', minimum: 1 },
  priority: { type: 'integer', minimum: 1 },
  setup_min: { type: 'number', minimum: 0 },
  due: { type: 'string', pattern: '^\\d{4}-' },
  release: { type: 'string', pattern: '^\\d{4}-' },
};

function valueSchema({ kind, above, min, max, levels }: Feature): Json {
  if (kind === 'category') return { type: 'string', enum: levels };
  const bounds = { exclusiveMinimum: above, minimum: min, maximum: max };
  return { type: kind, ...Object.fromEntries(Object.entries(bounds).filter(([, bound]) => bound !== undefined)) };
}

/** The same schema for a value that may be missing. */
function orNull({ type, enum: levels, ...bounds }: Json): Json {
  return { type: [type, 'null'], ...(Array.isArray(levels) ? { enum: [...(levels as unknown[]), null] } : {}), ...bounds };
}

function describe(feature: Feature): string {
  const unit = feature.unit ? `, in ${feature.unit}` : '';
  const learned = feature.learned ? `; learned from ${feature.learned.min} to ${feature.learned.max}` : '';
  const optional = feature.optional ? '; may be left out' : '';
  return `${expectation(feature)}${unit}${learned}${optional}`;
}
