import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import { type FieldIssue, SpindleError } from '../../common/errors.ts';
import { estimateView } from '../estimate-view.ts';
import type { Estimation } from '../estimation/estimation.ts';
import type { ServingModels } from '../models/serving-models.ts';
import { jsonBody } from '../json-body.ts';
import { type JsonPart, partFromJson, summary } from '../part-input.ts';
import { onlyMethods } from '../problem.ts';
import { readOptions, switchOption, unknownOption } from '../query-options.ts';
import { requestIdOf } from '../request-id.ts';

/** Parts in one request. */
export const maxParts = 1_000;
/** Parts in one request that are to be explained: of a large model each takes some 50 ms, several times that where the processor is busy, and their caller waits 5 s. */
export const maxExplainedParts = 20;

/** Query options of `POST /v1/estimates`. */
export const estimateOptionsSchema = z.strictObject({
  explain: switchOption.optional().describe(`true adds how many minutes each feature makes; at most ${maxExplainedParts} parts in one request then`),
  unknown: unknownOption,
});

/** `POST /v1/estimates`: one part, or `{"parts": […]}`; all answers of one request come from one model version. */
export function estimateRoutes(models: ServingModels, estimation: Estimation): Router {
  const estimate: RequestHandler = async (request, response) => {
    const { explain = false, unknown } = readOptions(request.query, estimateOptionsSchema);
    const options = { explain, requestId: requestIdOf(response) };
    const { version, schema, reader } = models.serving;
    const body: unknown = request.body;
    const estimateOne = async ({ part, planning }: JsonPart) => ({ ...planning, ...estimateView(schema.target.name, version, await estimation.estimate(version, part, options)) });
    const list = partList(body, explain);
    if (!list) {
      const read = partFromJson(body, reader, unknown);
      if (Array.isArray(read)) throw new SpindleError('invalid_part', summary(read), { issues: read });
      response.json(await estimateOne(read));
      return;
    }
    const issues: FieldIssue[] = [];
    const parts: JsonPart[] = [];
    for (const [index, item] of list.entries()) {
      const read = partFromJson(item, reader, unknown, index);
      if (Array.isArray(read)) issues.push(...read);
      else parts.push(read);
    }
    if (issues.length > 0) throw new SpindleError('invalid_part', summary(issues), { issues });
    // Rejections of the others would be unhandled if the first one ended the wait.
    const settled = await Promise.allSettled(parts.map(estimateOne));
    const failed = settled.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    response.json({ model_version: version, estimates: settled.map((result) => (result.status === 'fulfilled' ? result.value : undefined)) });
  };
  return Router().post('/v1/estimates', jsonBody('1mb'), estimate).all('/v1/estimates', onlyMethods('POST'));
}

/** The parts of `{"parts": […]}`, or undefined for a single part. Throws for a list that is not one. */
function partList(body: unknown, explain: boolean): unknown[] | undefined {
  if (Array.isArray(body)) throw new SpindleError('invalid_body', 'the body is a list: send {"parts": [ … ]}');
  if (typeof body !== 'object' || body === null || !('parts' in body)) return undefined;
  const { parts, ...rest } = body;
  const [extra] = Object.keys(rest);
  if (extra !== undefined) {
    const message = `${extra.slice(0, 80)}: unknown field beside parts`;
    throw new SpindleError('invalid_body', message, { issues: [{ field: extra.slice(0, 80), value: null, message, fix: 'leave it out; options such as explain go into the query' }] });
  }
  if (!Array.isArray(parts)) throw new SpindleError('invalid_body', 'parts: expected a list of parts');
  if (parts.length === 0) throw new SpindleError('invalid_body', 'parts: expected at least one part, got an empty list');
  if (parts.length > maxParts) {
    throw new SpindleError('too_many_parts', `parts: at most ${maxParts} parts in one request, got ${parts.length}; upload a CSV to /v1/batches for more`);
  }
  if (explain && parts.length > maxExplainedParts) {
    throw new SpindleError('too_many_parts', `parts: at most ${maxExplainedParts} parts in one request with explain=true, got ${parts.length}; send them in several requests`);
  }
  return parts as unknown[];
}
