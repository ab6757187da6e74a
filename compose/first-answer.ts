import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type Feature, featureSchema, shortName } from '../common/part-schema.ts';

/** What is needed of the answer to `GET /v1/schema`. */
const schemaAnswer = z.object({ features: z.array(featureSchema) });

/** Resolves when the API at this address has a worker with a model behind it; rejects when the signal fires. */
export async function untilAnswering(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/readyz`, { signal }).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    await delay(200, undefined, { signal });
  }
}

/** A `GET /predict` that the current model answers, or undefined where the API does not say what its parts look like. */
export async function examplePrediction(url: string, signal: AbortSignal): Promise<string | undefined> {
  const response = await fetch(`${url}/v1/schema`, { signal }).catch(() => undefined);
  const schema = schemaAnswer.safeParse(await response?.json().catch(() => undefined));
  return schema.success ? `/predict?${exampleQuery(schema.data.features)}` : undefined;
}

/** The query string of a part from the middle of what the model has learned. */
export function exampleQuery(features: readonly Feature[]): string {
  const shortNames = features.map(shortName);
  const parameters = features.map((feature, f): [string, string] => {
    const short = shortNames[f] ?? feature.name;
    const isUnique = shortNames.filter((name) => name === short).length === 1;
    return [isUnique ? short : feature.name, exampleValue(feature)];
  });
  return new URLSearchParams(parameters).toString();
}

function exampleValue({ kind, levels, learned, min, max, above }: Feature): string {
  if (kind === 'category') return levels?.[0] ?? '';
  const low = learned?.min ?? min ?? (above === undefined ? 0 : above + 1);
  const high = learned?.max ?? max ?? low;
  const middle = Math.round((low + high) / 2);
  // A whole number reads best; between narrow bounds there may be none.
  return String(middle >= low && middle <= high ? middle : (low + high) / 2);
}
