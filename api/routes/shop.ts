import { Router } from 'express';
import { z } from 'zod';
import { SpindleError } from '../../common/errors.ts';
import type { Log } from '../../common/log.ts';
import { readShop } from '../../common/scheduling/read-shop.ts';
import type { ShopStore } from '../../common/shop-store.ts';
import { jsonBody } from '../json-body.ts';
import { onlyMethods } from '../problem.ts';
import { noOptions, readOptions } from '../query-options.ts';
import { requestIdOf } from '../request-id.ts';

/** Query options of `GET /v1/shop`. */
export const shopOptionsSchema = z.strictObject({ version: z.string().max(40).optional().describe('A version that a schedule names; the one in use unless told') });

/** Answer of `PUT /v1/shop`. */
export const shopChangeSchema = z.strictObject({ version: z.string().describe('In use from now on'), before: z.string().nullable().describe('In use until now; null where there was none') }).meta({ id: 'ShopChange' });

/** `/v1/shop`: the machines, calendars and setups that schedules are made for. */
export function shopRoutes({ shops, log }: { shops: ShopStore; log: Log }): Router {
  return Router()
    .get('/v1/shop', async (request, response) => {
      const { version = await shops.currentVersion() } = readOptions(request.query, shopOptionsSchema);
      if (version === undefined) throw new SpindleError('no_shop', 'there is no shop yet: PUT one here, such as the shop.example.json that Spindle comes with');
      const shop = await shops.find(version);
      if (!shop) throw new SpindleError('not_found', `there is no version ${version} of the shop: it never was, or it has expired`);
      response.setHeader('etag', `"${version}"`).json(shop);
    })
    .put('/v1/shop', jsonBody('5mb'), async (request, response) => {
      readOptions(request.query, noOptions);
      const { version, before } = await shops.use(readShop(request.body));
      log.info({ request: requestIdOf(response), version, before }, 'shop changed');
      response.setHeader('etag', `"${version}"`).json({ version, before: before ?? null } satisfies z.infer<typeof shopChangeSchema>);
    })
    .all('/v1/shop', onlyMethods('GET', 'PUT'));
}
