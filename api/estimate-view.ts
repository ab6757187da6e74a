import { z } from 'zod';
import { type Estimate, estimateColumnNames, explanationSchema } from '../common/estimate.ts';
import { planningColumns } from '../common/part-schema.ts';

/** An estimate as HTTP shows it, under the target's name. */
export type EstimateView = Record<string, unknown>;

/** The public shape of one part's estimate for a target such as `time_min`. */
export function estimateView(target: string, version: string, estimate: Estimate): EstimateView {
  const [value, low, high, flags, explanation] = estimate;
  const [name, lowName, highName] = estimateColumnNames(target);
  const view: EstimateView = { [name]: value, [lowName]: low, [highName]: high, flags, model_version: version };
  if (explanation) view.explanation = explanation;
  return view;
}

/** Columns that plan the work: they come back as they went in. */
const planningFields = Object.fromEntries(planningColumns.map((name) => [name, z.union([z.string(), z.number()]).optional()]));

/** The schema of `estimateView` for a target, for the API's documentation. */
export function estimateViewSchema(target: string, unit = 'the target\'s unit'): z.ZodType {
  const [name, low, high] = estimateColumnNames(target);
  return z.strictObject({
    [name]: z.number().describe(`Estimate, in ${unit}`),
    [low]: z.number().describe('Lower end of the 90 % prediction interval'),
    [high]: z.number().describe('Upper end of the 90 % prediction interval'),
    flags: z.array(z.string()).describe('Reasons to doubt this estimate, such as a size beyond those learned from'),
    model_version: z.string(),
    ...planningFields,
    explanation: explanationSchema.optional(),
  });
}
