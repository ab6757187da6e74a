import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { SpindleError, messageOf } from '../../errors.ts';
import { columnAliases, totalWords, valueSynonyms } from './known-words.ts';

const words = z.array(z.string().min(1).max(200)).max(1_000);

/** The words that a shop's files use, in the shape of its file: they come on top of those that are known anyway. */
export const vocabularySchema = z.strictObject({
  columns: z.record(z.string(), words).default({}).describe('Feature or planning column → names that its column has in files; a unit may follow in brackets'),
  values: z.record(z.string(), z.record(z.string(), words)).default({}).describe('Category → level → how files write it'),
  total_words: words.default([]).describe('Words that begin a row of totals'),
});

/** Words of files: names of columns, ways to write a category's levels, marks of total rows. */
export interface Vocabulary {
  /** Field → names; a feature is also found under its name without the unit. */
  columns: Record<string, readonly string[]>;
  /** The shop's own: category → level → ways to write it. */
  values: Record<string, Record<string, readonly string[]>>;
  /** Sets of words that mean the same, of any category. */
  synonyms: readonly (readonly string[])[];
  totalWords: readonly string[];
}

/** What is known without a shop's file: English, German and French. */
export const knownVocabulary: Vocabulary = { columns: columnAliases, values: {}, synonyms: valueSynonyms, totalWords };

/** The known words with a shop's own on top. */
export function vocabularyWith(own: z.infer<typeof vocabularySchema>): Vocabulary {
  const columns = new Map(Object.entries(columnAliases).map(([field, names]) => [field, [...names]]));
  for (const [field, names] of Object.entries(own.columns)) columns.set(field, [...(columns.get(field) ?? []), ...names]);
  return { columns: Object.fromEntries(columns), values: own.values, synonyms: valueSynonyms, totalWords: [...totalWords, ...own.total_words] };
}

/** The vocabulary of a shop's JSON file. Throws `invalid_configuration` with every problem, and where the file cannot be read. */
export async function readVocabulary(path: string): Promise<Vocabulary> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new SpindleError('invalid_configuration', `cannot read the vocabulary ${path}: ${messageOf(error)}`, { cause: error });
  }
  const parsed = vocabularySchema.safeParse(value);
  if (!parsed.success) throw new SpindleError('invalid_configuration', `${path} is no vocabulary:\n${z.prettifyError(parsed.error)}`);
  return vocabularyWith(parsed.data);
}
