import { z } from 'zod';
import { SpindleError } from '../common/errors.ts';
import { presentable, unknownPolicySchema } from '../common/part.ts';
import { unknownParameter } from './part-input.ts';

/** A switch in the query: `true` or `false`, nothing else. */
export const switchOption = z.enum(['true', 'false'], 'expected true or false').transform((text) => text === 'true');

/** What becomes of parts with unknown levels or unexpectedly missing values; `reject` unless told. */
export const unknownOption = unknownPolicySchema
  .optional()
  .describe('estimate takes levels that no training part has, and missing values where training had none: such parts are flagged and their interval is wider. reject, unless told, refuses them');

/** For addresses that take no options. */
export const noOptions = z.strictObject({});

/** Query options by a schema of texts. Throws `invalid_query` for unknown names and for values that do not fit. */
export function readOptions<S extends z.ZodObject>(query: Readonly<Record<string, unknown>>, schema: S): z.infer<S> {
  for (const name of Object.keys(query)) {
    if (!Object.hasOwn(schema.shape, name)) throw unknownParameter(name, Object.keys(schema.shape));
  }
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => {
    const field = String(issue.path[0] ?? '');
    const value = presentable(query[field]);
    return { field, value, message: `query parameter ${field}: ${issue.message}${value === null ? '' : `, got "${String(value)}"`}` };
  });
  throw new SpindleError('invalid_query', issues[0]?.message ?? 'the query is not valid', { issues });
}
