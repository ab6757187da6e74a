import { Router } from 'express';
import swaggerUi from 'swagger-ui-express';
import type { ServingModels } from '../models/serving-models.ts';
import { openApiDocument } from '../openapi.ts';

/** `/openapi.json`, made from the schemas that validate, and `/docs`, the same to read and try, without anything from the network. */
export function docsRoutes(models: ServingModels): Router {
  const page = swaggerUi.setup(undefined, { customSiteTitle: 'Spindle API', swaggerOptions: { url: '/openapi.json', defaultModelsExpandDepth: 0, validatorUrl: null } });
  return Router()
    .get('/', (_request, response) => response.redirect('/docs/'))
    .get('/openapi.json', (_request, response) => void response.json(openApiDocument(models.version === null ? undefined : models.serving.schema)))
    .use('/docs', swaggerUi.serve, page);
}
