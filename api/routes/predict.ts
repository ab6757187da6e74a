import { type RequestHandler, Router } from 'express';
import type { Estimation } from '../estimation/estimation.ts';
import { estimateView } from '../estimate-view.ts';
import type { ServingModels } from '../models/serving-models.ts';
import { partFromQuery } from '../part-input.ts';
import { onlyMethods } from '../problem.ts';
import { requestIdOf } from '../request-id.ts';

/** `GET /predict`: one part from query parameters, as a spreadsheet or a bookmark asks. */
export function predictRoutes(models: ServingModels, estimation: Estimation): Router {
  const predict: RequestHandler = async (request, response) => {
    const { version, schema, reader } = models.serving;
    const part = partFromQuery(request.query, reader);
    const estimate = await estimation.estimate(version, part, { explain: false, requestId: requestIdOf(response) });
    response.json(estimateView(schema.target.name, version, estimate));
  };
  return Router().get('/predict', predict).all('/predict', onlyMethods('GET'));
}
