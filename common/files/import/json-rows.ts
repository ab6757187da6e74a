import { SpindleError, messageOf } from '../../errors.ts';
import { comparableWord } from './comparable-word.ts';
import type { TableRow } from './table-row.ts';
import { unitNamed } from './units.ts';

/** Longest object, in characters. */
const maxObject = 1024 * 1024;
/** Characters of the beginning whose objects' fields are the header. */
const headCharacters = 64 * 1024;

/** True for text that begins as a list of JSON objects does. */
export function looksLikeJson(head: string): boolean {
  return /^\s*(?:\[\s*\{|\{\s*")/.test(head);
}

/**
 * JSON objects as rows: those of an array, alone or in an object as `{"parts": [ … ]}`, be it within another, or one after the other as in JSON Lines. The header has the fields of the first
 * 64 KB; lists become one text. A unit beside the list, as `"units": "mm"`, comes as a row above the header, where titles stand. Where several objects begin on one line, as programs write them, a row's line is the number of its object.
 */
export class JsonRows {
  readonly #pieces: AsyncIterable<Buffer>;
  readonly #scanner = new ObjectScanner();
  #header = new Map<string, number>();
  #areNumbered = false;
  #toldUnit = false;

  constructor(pieces: AsyncIterable<Buffer>) {
    this.#pieces = pieces;
  }

  /** What a person should know of it, once its rows have been read. */
  notes(): string[] {
    const { unit } = this.#scanner;
    const late = unit && !this.#toldUnit ? [`"${unit.slice(0, 80)}" stands below the parts, too late to be read: put it above them, or into the names of their fields`] : [];
    return [...late, ...this.#numbered()];
  }

  #numbered(): string[] {
    return this.#areNumbered ? ['several objects stand on one line: what is called a line here is the number of an object, from 1'] : [];
  }

  /** The rows in pieces as they arrive, header first. Throws `invalid_json` with the place, also for a field that comes up later only. */
  async *rows(): AsyncGenerator<TableRow[], void, undefined> {
    let first: JsonObject[] | undefined = [];
    let characters = 0;
    for await (const piece of this.#pieces) {
      const text = piece.toString('utf8');
      const objects = this.#scanner.take(text);
      if (!first) {
        if (objects.length > 0) yield objects.map((object) => this.#row(object));
        continue;
      }
      first.push(...objects);
      characters += text.length;
      if (characters < headCharacters) continue;
      yield this.#headed(first);
      first = undefined;
    }
    this.#scanner.end();
    if (first && first.length > 0) yield this.#headed(first);
  }

  #headed(objects: readonly JsonObject[]): TableRow[] {
    const names = new Set(objects.flatMap(({ fields }) => fields.map(([name]) => name)));
    this.#header = new Map([...names].map((name, index) => [name, index]));
    this.#areNumbered = new Set(objects.map(({ line }) => line)).size < objects.length;
    const rows = objects.map((object) => this.#row(object));
    const { unit } = this.#scanner;
    this.#toldUnit = unit !== undefined;
    // A blank row below it: over the header itself it would be a name.
    const above: TableRow[] = unit === undefined ? [] : [{ line: 1, cells: [unit] }, { line: 1, cells: [''] }];
    return [...above, { line: rows[0]?.line ?? 1, cells: [...names] }, ...rows];
  }

  #row({ line: firstLine, number, fields }: JsonObject): TableRow {
    const line = this.#areNumbered ? number : firstLine;
    const cells = Array.from({ length: this.#header.size }, () => '');
    const typed = Array.from({ length: this.#header.size }, () => false);
    for (const [name, value] of fields) {
      const index = this.#header.get(name);
      if (index === undefined) throw new SpindleError('invalid_json', `${placeOf(firstLine, number)}: the field "${name.slice(0, 80)}" is in none of the first objects; give it to the first, be it as null`);
      cells[index] = textOf(value);
      typed[index] = typeof value === 'number';
    }
    return { line, cells, typed };
  }
}

/** An object on its way from text to row. */
interface JsonObject {
  /** Where it begins. */
  line: number;
  /** From 1. */
  number: number;
  fields: [string, unknown][];
}

const placeOf = (line: number, number: number): string => `line ${line}, object ${number}`;

/** Finds the objects in a text that comes in pieces. */
class ObjectScanner {
  /** Brackets that are open. */
  #open = '';
  #inString = false;
  #escaped = false;
  #line = 1;
  /** The object that is being read, from its first brace on. */
  #text = '';
  #startLine = 1;
  /** How many brackets are open around each object, once that is known. */
  #depth: number | undefined;
  #found = 0;
  readonly #around = new AroundTheList();
  /** Whether the text stands in the objects around a list, directly in such a list, or anywhere else. */
  #place: 'around' | 'list' | 'elsewhere' = 'elsewhere';

  /** A field beside the list whose text is a unit, as a title would say it: `units (mm)`. */
  get unit(): string | undefined {
    return this.#around.unit;
  }

  take(piece: string): JsonObject[] {
    const objects: JsonObject[] = [];
    let from = this.#depth === undefined ? piece.length : 0;
    for (let at = 0; at < piece.length; at++) {
      const letter = piece[at];
      if (letter === '\n') this.#line++;
      if (this.#place === 'around') this.#around.take(letter ?? '', this.#inString, this.#escaped);
      else if (this.#place === 'list' && !this.#inString) this.#around.takeInList(letter ?? '');
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (letter === '\\') this.#escaped = true;
        else if (letter === '"') this.#inString = false;
      } else if (letter === '"') this.#inString = true;
      else if (letter === '{' || letter === '[') {
        if (letter === '[' && this.#place === 'around') this.#around.beginList();
        // The first list of objects within an object is the table, and the object around it is not.
        const isListed = letter === '{' && this.#place === 'list';
        if (isListed) this.#around.beginObject(this.#line);
        const isTable = isListed && this.#found === 0;
        if (letter === '{' && (isTable || (this.#depth === undefined && (this.#open === '' || this.#open === '[')) || this.#depth === this.#open.length)) {
          [this.#depth, from, this.#text, this.#startLine] = [this.#open.length, at, '', this.#line];
        }
        this.#open += letter;
        this.#place = this.#placed();
      } else if (letter === '}' || letter === ']') {
        if (this.#open.at(-1) !== (letter === '}' ? '{' : '[')) throw new SpindleError('invalid_json', `line ${this.#line}: found ${letter} where none can be`);
        this.#open = this.#open.slice(0, -1);
        if (letter === '}' && this.#open.length === this.#depth) {
          objects.push(this.#object(this.#text + piece.slice(from, at + 1)));
          [from, this.#text] = [piece.length, ''];
        }
        this.#place = this.#placed();
      }
      if (this.#open.length > 100) throw new SpindleError('invalid_json', `line ${this.#line}: brackets are nested more than 100 deep`);
    }
    this.#text += piece.slice(from);
    if (this.#depth !== undefined && this.#open.length <= this.#depth) this.#text = '';
    if (this.#text.length > maxObject) throw new SpindleError('invalid_json', `${placeOf(this.#startLine, this.#found + 1)}: an object is longer than 1 MB, or never ends`);
    return objects;
  }

  /** Throws where the text ends within something. */
  end(): void {
    if (this.#open !== '' || this.#inString) throw new SpindleError('invalid_json', `line ${this.#line}: the file ends within a ${this.#inString ? 'text' : 'list or object'}: it is cut off`);
  }

  #placed(): 'around' | 'list' | 'elsewhere' {
    if (this.#found > 0 && !this.#around.isTable) return 'elsewhere';
    return onlyObjects.test(this.#open) ? 'around' : listInObjects.test(this.#open) ? 'list' : 'elsewhere';
  }

  #object(text: string): JsonObject {
    this.#found++;
    try {
      return { line: this.#startLine, number: this.#found, fields: Object.entries(JSON.parse(text) as object) };
    } catch (error) {
      throw new SpindleError('invalid_json', `${placeOf(this.#startLine, this.#found)}: ${messageOf(error)}`, { cause: error });
    }
  }
}

const onlyObjects = /^\{{1,5}$/;
const listInObjects = /^\{{1,5}\[$/;
/** Names of fields that say the unit of all, as they are compared. */
const fieldOfUnits = /(?:^| )(?:units?|uom|einheit(?:en)?|masseinheit(?:en)?|unites?)(?: |$)/;

/** What stands around a list of objects: the names of lists, of which only one can be the table, and a unit of all. */
class AroundTheList {
  unit: string | undefined;
  /** True once a list of objects has been found. */
  isTable = false;
  #word = '';
  #name = '';
  #isValue = false;
  /** The list that stands open or was closed last, and what was found in it. */
  #list = { name: '', isEmpty: false, isTable: false };
  readonly #empty: string[] = [];
  #table = '';

  /** Takes a letter between the lists. */
  take(letter: string, inString: boolean, escaped: boolean): void {
    if (inString && (letter !== '"' || escaped)) {
      if (this.#word.length < 80) this.#word += letter;
    } else if (inString) {
      if (this.#isValue) this.#value(this.#word);
    } else if (letter === '"') this.#word = '';
    else if (letter === ':') [this.#name, this.#isValue] = [this.#word, true];
    else if (letter === ',') this.#isValue = false;
    if (this.#list.isEmpty) {
      this.#empty.push(this.#list.name);
      this.#list.isEmpty = false;
    }
  }

  /** Takes a letter between the elements of a list. */
  takeInList(letter: string): void {
    if (letter !== ']' && letter.trim() !== '') this.#list.isEmpty = false;
  }

  /** A list begins, under the last name. */
  beginList(): void {
    this.#list = { name: this.#name, isEmpty: true, isTable: false };
  }

  /** An object of the open list begins. Throws `invalid_json` where another list is the table already, or could have been. */
  beginObject(line: number): void {
    if (this.#list.isTable) return;
    const [other] = this.isTable ? [this.#table] : this.#empty;
    if (other !== undefined) {
      const what = this.isTable ? 'both hold objects' : 'could both be the table, and the first is empty';
      throw new SpindleError('invalid_json', `line ${line}: the lists "${other}" and "${this.#list.name}" ${what}: leave only the list of parts, or send each as a file of its own`);
    }
    [this.isTable, this.#table, this.#list.isTable] = [true, this.#list.name, true];
  }

  #value(text: string): void {
    const unit = fieldOfUnits.test(comparableWord(this.#name)) ? unitNamed(text.trim()) : undefined;
    if (unit) this.unit ??= `${this.#name} (${text.trim()})`;
  }
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(textOf).join('; ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
