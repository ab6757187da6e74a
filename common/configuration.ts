import { z } from 'zod';
import { SpindleError } from './errors.ts';
import { isTimeZone } from './files/import/zoned-time.ts';
import { nearest } from './nearest.ts';

/** One key of the configuration: how to read its text, and a sentence for whoever sets it. */
export interface Setting<T> {
  /** What it does. */
  doc: string;
  /** Unit of the value, where it has one. */
  unit?: string;
  /** The text used where the key is not set; undefined where the key may stay unset. */
  default: string | undefined;
  /** Reads the text. */
  schema: z.ZodType<T>;
}

export type Settings = Record<string, Setting<unknown>>;

/** The values of a set of settings. */
export type Configuration<S extends Settings> = { readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never };

/** A whole number between two bounds, both allowed. */
export function wholeNumber(min: number, max: number): z.ZodType<number> {
  const expected = `expected a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^-?\d+$/, expected)
    .transform(Number)
    .pipe(z.number().min(min, expected).max(max, expected));
}

/** One of a few words. */
export function oneOf<const W extends readonly [string, ...string[]]>(words: W): z.ZodType<W[number]> {
  const expected = (text: unknown): string => {
    const near = nearest(String(text), words);
    return `expected one of ${words.join(', ')}${near ? `; did you mean ${near}?` : ''}`;
  };
  return z.enum(words, { error: (issue) => expected(issue.input) });
}

/** A time zone of the IANA list. */
export const timeZone: z.ZodType<string> = z.string().refine(isTimeZone, 'expected a time zone such as Europe/Berlin');

/** Any text that is not empty. */
export const someText: z.ZodType<string> = z.string().min(1, 'expected some text');

/** A text that may stay unset. */
export const optionalText: z.ZodType<string | undefined> = z.string().min(1).optional();

/**
 * Reads a process's configuration from the environment.
 * Throws `invalid_configuration` with all problems in one message: bad values, and unknown names that look like one of `known`.
 */
export function readConfiguration<S extends Settings>(
  settings: S,
  environment: Readonly<Record<string, string | undefined>>,
  known: Settings = settings,
): Configuration<S> {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(settings)) {
    // An empty value counts as unset: that is what `KEY=` in a Compose file or .env means.
    const text = environment[key] === '' ? undefined : environment[key];
    const parsed = setting.schema.safeParse(text ?? setting.default);
    if (parsed.success) values[key] = parsed.data;
    else {
      const secret = key.includes('PASSWORD');
      problems.push(`${key}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}${text === undefined || secret ? '' : `, got "${text}"`}. ${setting.doc}`);
    }
  }
  for (const key of Object.keys(environment)) {
    if (Object.hasOwn(known, key) || !/^[A-Z][A-Z_]+$/.test(key)) continue;
    const near = misspelling(key, known);
    if (near && environment[near] === undefined) problems.push(`${key} is not a setting; did you mean ${near}?`);
  }
  if (problems.length > 0) {
    throw new SpindleError('invalid_configuration', ['the configuration has problems:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
  }
  return values as Configuration<S>;
}

/** The setting that an unknown environment variable was probably meant to be: the same start or letters swapped. */
function misspelling(key: string, known: Settings): string | undefined {
  const near = nearest(key, Object.keys(known));
  if (near === undefined || Math.abs(near.length - key.length) > 2) return undefined;
  const sameLetters = [...key].sort().join('') === [...near].sort().join('');
  return sameLetters || near.split('_')[0] === key.split('_')[0] ? near : undefined;
}
