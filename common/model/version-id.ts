import { createHash } from 'node:crypto';
import { z } from 'zod';

const pattern = /^\d{8}T\d{6}Z-[0-9a-f]{6}$/;

/** A model version's id: it sorts by time and ends in a hash of its content, `20261122T134500Z-3f9c1a`. */
export const versionIdSchema = z.string().regex(pattern, 'expected a version id such as 20261122T134500Z-3f9c1a');

/** True for a text in the form of a version id: the only names that may become a folder. */
export function isVersionId(text: string): boolean {
  return pattern.test(text);
}

/** The id of a version made at this time with these bytes. */
export function versionId(madeAt: Date, content: string): string {
  const time = `${madeAt.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return `${time}-${createHash('sha256').update(content).digest('hex').slice(0, 6)}`;
}
