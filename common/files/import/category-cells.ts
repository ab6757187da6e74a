import { nearest } from '../../nearest.ts';
import type { Feature } from '../../part-schema.ts';
import { comparableWord } from './comparable-word.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Texts remembered, each with what it means: files have few, hostile ones must not fill the memory. */
const remembered = 2_000;
/** Mapped values that are reported one by one. */
const reported = 100;

/** Reads the levels of one category: as they are written, else whatever their case and accents, else by a synonym. Never anything else. */
export class CategoryCells {
  /** Texts that were mapped, the first hundred, with the level and how many cells. */
  readonly mapped = new Map<string, { level: string; cells: number }>();
  readonly #levels: ReadonlySet<string>;
  /** Comparable word → level; null where it could be several. */
  readonly #words = new Map<string, string | null>();
  readonly #known = new Map<string, string | undefined>();

  constructor(feature: Feature, vocabulary: Vocabulary) {
    const levels = feature.levels ?? [];
    this.#levels = new Set(levels);
    for (const level of levels) this.#add(comparableWord(level), level);
    const own = new Map<string, string | null>();
    for (const [level, words] of Object.entries(vocabulary.values[feature.name] ?? {})) {
      if (this.#levels.has(level)) for (const word of words) own.set(comparableWord(word), level);
    }
    for (const set of vocabulary.synonyms) {
      const words = set.map(comparableWord);
      const meant = levels.filter((level) => words.includes(comparableWord(level)));
      const [level] = meant;
      if (level !== undefined && meant.length === 1) for (const word of words) if (!own.has(word)) own.set(word, level);
    }
    for (const [word, level] of own) if (!this.#words.has(word)) this.#words.set(word, level);
  }

  /** The level that a cell means, or undefined. */
  read(cell: string): string | undefined {
    if (this.#levels.has(cell)) return cell;
    const text = cell.trim();
    if (this.#levels.has(text)) return text;
    const level = this.#meaning(text);
    if (level !== undefined) {
      const seen = this.mapped.get(text);
      if (seen) seen.cells++;
      else if (this.mapped.size < reported) this.mapped.set(text, { level, cells: 1 });
    }
    return level;
  }

  /** The level that an unknown text is nearest to, by itself or by a synonym. */
  suggestion(text: string): string | undefined {
    const near = nearest(text, this.#levels);
    if (near !== undefined) return near;
    const word = nearest(comparableWord(text), this.#words.keys());
    return word === undefined ? undefined : (this.#words.get(word) ?? undefined);
  }

  #meaning(text: string): string | undefined {
    if (text.length > 200) return undefined;
    if (this.#known.has(text)) return this.#known.get(text);
    const level = this.#words.get(comparableWord(text)) ?? undefined;
    if (this.#known.size < remembered) this.#known.set(text, level);
    return level;
  }

  #add(word: string, level: string): void {
    if (word !== '') this.#words.set(word, this.#words.has(word) ? null : level);
  }
}
