import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { SpindleError, issueText, messageOf } from '../common/errors.ts';
import { type Schedule, scheduleSchema } from '../common/scheduling/schedule.ts';
import { shapeIssues } from '../common/scheduling/shape-issues.ts';
import type { EstimatedPart, RefusedPart } from './planning/estimated-part.ts';
import { type EstimateFileContext, readEstimateFile } from './planning/estimate-file.ts';

/** The parts of files of estimates, to be planned together. Throws what `readEstimateFile` throws, with the name of the file where there are several. */
export async function readEstimateFiles(paths: readonly string[], context: EstimateFileContext): Promise<(EstimatedPart | RefusedPart)[]> {
  const parts: (EstimatedPart | RefusedPart)[] = [];
  for (const path of paths) {
    try {
      for (const part of (await readEstimateFile(createReadStream(path), context)).parts) parts.push(part);
    } catch (error) {
      if (paths.length === 1 || !(error instanceof SpindleError)) throw error;
      throw new SpindleError(error.code, `${path}: ${error.message}`, { issues: error.issues, cause: error });
    }
  }
  return parts;
}

/** A schedule as --json prints it, which an option names. Throws `invalid_json`, and `invalid_configuration` for anything else. */
export async function readSchedule(path: string, option: string): Promise<Schedule> {
  const value = await readJson(path);
  const { data, error } = scheduleSchema.safeParse(value);
  if (data) return data;
  const issues = shapeIssues(error, value, Object.keys(scheduleSchema.shape));
  throw new SpindleError('invalid_configuration', `--${option}: ${path} is no schedule as --json prints it: ${issues.slice(0, 3).map(issueText).join('; ')}`);
}

/** Throws `invalid_configuration`: a stream tells of a folder without its path. */
export async function refuseFolder(path: string): Promise<void> {
  if ((await stat(path)).isDirectory()) throw new SpindleError('invalid_configuration', `${path}: it is a folder`);
}

/** A file of JSON. Throws `invalid_json`. */
export async function readJson(path: string): Promise<unknown> {
  await refuseFolder(path);
  const text = await readFile(path, 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SpindleError('invalid_json', `${path} is no JSON: ${messageOf(error)}`, { cause: error });
  }
}
