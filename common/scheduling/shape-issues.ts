import type { z } from 'zod';
import type { FieldIssue } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { presentable } from '../part.ts';

/** A place in a document as its reader would write it: machines[2].calendar, calendars["two shifts"].weekly[0]. */
export function placeOf(path: readonly PropertyKey[]): string {
  let place = '';
  for (const step of path) {
    if (typeof step === 'number') place += `[${step}]`;
    else if (/^\w+$/.test(String(step))) place += place === '' ? String(step) : `.${String(step)}`;
    else place += `[${JSON.stringify(String(step))}]`;
  }
  return place;
}

/** One issue of a document: place, what is wrong there, the value and what to do about it. */
export function issueAt(place: string, what: string, value: unknown, fix: string): FieldIssue {
  return { field: place, value: presentable(value), message: `${place === '' ? '' : `${place}: `}${what}`, fix };
}

/** "did you mean …?" where a candidate is near, else the candidates to choose from. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates);
  if (near !== undefined) return `did you mean "${near}"?`;
  const first = candidates.slice(0, 12).join(', ');
  return candidates.length === 0 ? 'leave it out' : `use one of ${first}${candidates.length > 12 ? ` and ${candidates.length - 12} more` : ''}`;
}

/** What a bound on a list or a text counts: one of them, more of them. */
const countedBy: Readonly<Record<string, readonly [string, string]>> = { array: ['entry', 'entries'], string: ['character', 'characters'] };

/** What a schema found wrong in a document, with places and fixes; `knownKeys` are what an unknown field may have been meant to be. */
export function shapeIssues(error: z.ZodError, document: unknown, knownKeys: readonly string[]): FieldIssue[] {
  return error.issues.flatMap((issue) => {
    const place = placeOf(issue.path);
    const value = valueAt(document, issue.path);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => issueAt(placeOf([...issue.path, key]), 'is not a field', key, nearest(key, knownKeys) === undefined ? 'remove it' : suggestion(key, knownKeys)));
    }
    if (issue.code === 'invalid_value') {
      const allowed = issue.values.map(String);
      return [issueAt(place, `expected one of ${allowed.join(', ')}, got ${shown(value)}`, value, suggestion(String(value), allowed))];
    }
    if (value === undefined) return [issueAt(place, `is missing${issue.code === 'invalid_type' ? `, expected ${issue.expected}` : ''}`, value, 'add it')];
    return [issueAt(place, `${sentence(issue.message)}, got ${shown(value)}`, value, boundFix(issue))];
  });
}

function boundFix(issue: z.core.$ZodIssue): string {
  const counted = 'origin' in issue ? countedBy[issue.origin] : undefined;
  const amount = (bound: number | bigint): string => (counted === undefined ? `${bound}` : `${bound} ${counted[Number(bound) === 1 ? 0 : 1]}`);
  if (issue.code === 'too_small') return `use ${issue.inclusive === false ? 'more than' : 'at least'} ${amount(issue.minimum)}`;
  if (issue.code === 'too_big') return `use ${issue.inclusive === false ? 'less than' : 'at most'} ${amount(issue.maximum)}`;
  return 'correct the value';
}

function sentence(message: string): string {
  const [first = ''] = message.replace(/^Invalid input: /, '').split(', received');
  return first.charAt(0).toLowerCase() + first.slice(1);
}

function shown(value: unknown): string {
  const text = presentable(value);
  return text === null ? 'nothing' : typeof value === 'string' ? `"${text}"` : String(text);
}

function valueAt(document: unknown, path: readonly PropertyKey[]): unknown {
  let value = document;
  for (const step of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
  return value;
}
