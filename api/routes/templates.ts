import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { type Response, Router } from 'express';
import { templateCsv, templateWorkbook } from '../../common/files/export/template.ts';
import type { ServingModels } from '../models/serving-models.ts';
import { onlyMethods } from '../problem.ts';
import { noOptions, readOptions } from '../query-options.ts';

/** The example's due date: so many days ahead. */
const dueDays = 28;

/** `/v1/template.csv` and `.xlsx`: a file to fill in, with one example row and what is allowed, for the model in use. */
export function templateRoutes(models: ServingModels): Router {
  const due = (): string => new Date(Date.now() + dueDays * 86_400_000).toISOString().slice(0, 10);
  return Router()
    .get('/v1/template.csv', (request, response) => {
      readOptions(request.query, noOptions);
      const text = templateCsv(models.serving.schema, due());
      named(response, 'text/csv; charset=utf-8', 'parts.csv').send(text);
    })
    .get('/v1/template.xlsx', async (request, response) => {
      readOptions(request.query, noOptions);
      const pieces = templateWorkbook(models.serving.schema, due());
      await pipeline(Readable.from(pieces), named(response, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'parts.xlsx'));
    })
    .all(['/v1/template.csv', '/v1/template.xlsx'], onlyMethods('GET'));
}

function named(response: Response, type: string, name: string): Response {
  return response.status(200).setHeader('content-type', type).setHeader('content-disposition', `attachment; filename="${name}"`);
}
