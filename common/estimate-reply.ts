import { z } from 'zod';
import { estimateSchema } from './estimate.ts';

/** A worker's answer to one `estimate-parts` or `explain-parts` job, on the channel of the API that asked. */
export const estimateReplySchema = z.union([
  z.strictObject({ jobId: z.string(), estimates: z.array(estimateSchema) }),
  z.strictObject({ jobId: z.string(), error: z.strictObject({ code: z.string(), message: z.string() }) }),
]);

export type EstimateReply = z.infer<typeof estimateReplySchema>;
