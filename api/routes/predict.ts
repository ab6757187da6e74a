import { type RequestHandler, Router } from 'express';
import { z } from 'zod';
import type { Estimation } from '../estimation/estimation.ts';
import { estimateView } from '../estimate-view.ts';
import type { ServingModels } from '../models/serving-models.ts';
import { isParameter, partFromQuery } from '../part-input.ts';
import { onlyMethods } from '../problem.ts';
import { readOptions, unknownOption } from '../query-options.ts';
import { requestIdOf } from '../request-id.ts';

/** Options of `GET /predict` beside the part. A feature of the same name comes first. */
export const predictOptionsSchema = z.strictObject({ unknown: unknownOption });

/** `GET /predict`: one part from query parameters, as a spreadsheet or a bookmark asks. */
export function predictRoutes(models: ServingModels, estimation: Estimation): Router {
  const predict: RequestHandler = async (request, response) => {
    const { version, schema, reader } = models.serving;
    const { unknown, ...rest } = request.query;
    const isOption = unknown !== undefined && !isParameter('unknown', reader);
    const part = isOption ? partFromQuery(rest, reader, readOptions({ unknown }, predictOptionsSchema).unknown) : partFromQuery(request.query, reader);
    const estimate = await estimation.estimate(version, part, { explain: false, requestId: requestIdOf(response) });
    response.json(estimateView(schema.target.name, version, estimate));
  };
  return Router().get('/predict', predict).all('/predict', onlyMethods('GET'));
}
