import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { SpindleError } from '../../../common/errors.ts';
import { instanceKinds } from '../../../worker/scheduling/formats/instance-shapes.ts';

const recordSchema = z.object({
  name: z.string(),
  kind: z.enum(instanceKinds),
  family: z.string().nullish(),
  best_known_lb: z.number().nullable(),
  best_known_ub: z.number().nullable(),
  instance: z.unknown(),
});

/** One benchmark instance with its best known bounds. */
export type InstanceRecord = z.infer<typeof recordSchema>;

/** The instances of a file of one JSON object a line. Throws `invalid_body` with the line that is none. */
export function readInstanceFile(path: string): InstanceRecord[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    const record = recordSchema.safeParse(JSON.parse(line));
    if (!record.success) throw new SpindleError('invalid_body', `${path}, line ${i + 1}: ${z.prettifyError(record.error)}`);
    return [record.data];
  });
}
