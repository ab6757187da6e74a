/** Tables that the ids are spread over, each of which grows by itself: moving one into a larger one takes a 64th of the memory for a moment. */
const tables = 64;
const firstSlots = 16;
/** A table with this share of its slots taken grows by a quarter, which holds it at least 60 % full. */
const mostTaken = 0.75;
const growth = 1.25;

/**
 * Remembers on which line each part id stood first, in 16 to 20 bytes an id instead of the texts themselves.
 * Ids are told apart by 64-bit hashes with a seed of the file's own: that any two of a million collide has a chance of 1 in 37 million.
 */
export class SeenIds {
  readonly #seed: number;
  readonly #tables = Array.from({ length: tables }, () => new IdTable());

  /** `seed` is any whole number. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The line on which this id was seen before; undefined the first time, which is remembered with its line (above 0). */
  lineOf(id: string, line: number): number | undefined {
    const [one, two] = [hash32(id, this.#seed), hash32(id, ~this.#seed)];
    return this.#tables[two % tables]?.lineOf(one, two, line);
  }
}

/** Lines by hashes of two halves: open addressing with linear probing, three numbers a slot, 0 for no line. */
class IdTable {
  #slots = new Uint32Array(3 * firstSlots);
  #count = 0;

  lineOf(one: number, two: number, line: number): number | undefined {
    const at = this.#find(one, two);
    const first = this.#slots[at + 2];
    if (first !== undefined && first !== 0) return first;
    this.#put(at, one, two, line);
    if (3 * ++this.#count > mostTaken * this.#slots.length) this.#grow();
    return undefined;
  }

  /** Where an entry stands, or the free slot for it. */
  #find(one: number, two: number): number {
    const slots = this.#slots;
    for (let at = 3 * (one % (slots.length / 3)); ; at = at + 3 < slots.length ? at + 3 : 0) {
      if (slots[at + 2] === 0 || (slots[at] === one && slots[at + 1] === two)) return at;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(3 * Math.ceil((growth * old.length) / 3));
    for (let at = 0; at < old.length; at += 3) {
      const [one = 0, two = 0, line = 0] = [old[at], old[at + 1], old[at + 2]];
      if (line !== 0) this.#put(this.#find(one, two), one, two, line);
    }
  }

  #put(at: number, one: number, two: number, line: number): void {
    this.#slots[at] = one;
    this.#slots[at + 1] = two;
    this.#slots[at + 2] = line;
  }
}

/** A 32-bit hash of a text's UTF-16 units: FNV-1a with the seed in its offset, then the finishing steps of MurmurHash3. */
export function hash32(text: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16) ^ (seed >>> 7), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
