import { z } from 'zod';
import { importOptionsSchema } from '../../common/files/import/import-options.ts';
import { switchOption, unknownOption } from '../query-options.ts';
import type { Upload } from './upload.ts';

/** Query options of uploads of planned parts that decide what becomes of the file. */
export const intakeOptionsSchema = z.strictObject({
  ...importOptionsSchema.shape,
  unknown: unknownOption,
  all_or_nothing: switchOption.optional().describe('true takes the file only if no row is refused; otherwise the good rows are taken'),
  replaces: z.uuid('expected the id of a batch').optional().describe('Id of an earlier batch that this one replaces: the answer tells which parts are added, changed, unchanged and gone'),
});

export type IntakeOptions = z.infer<typeof intakeOptionsSchema>;

/** What tells an upload from another, whatever model estimates it: its bytes and the options that decide what they mean. */
export function contentOf(upload: Upload, { mapping, all_or_nothing: _either, ...options }: IntakeOptions = {}): string {
  const told = Object.entries({ ...options, ...(mapping ? { mapping: JSON.stringify([...mapping].sort(([a], [b]) => (a < b ? -1 : 1))) } : {}) })
    .filter(([name, value]) => value !== undefined && !(name === 'unknown' && value === 'reject'))
    .map(([name, value]) => ` ${name}=${value}`);
  return upload.sha256() + told.sort().join('');
}
