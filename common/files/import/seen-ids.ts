/** Slots at first; four times as many whenever half of them are taken. */
const firstSlots = 1_024;

/**
 * Remembers on which line each part id stood first, in 24 to 96 bytes an id instead of the texts themselves.
 * Ids are told apart by 64-bit hashes with a seed of the file's own: that any two of a million collide has a chance of 1 in 37 million.
 */
export class SeenIds {
  readonly #seed: number;
  #slots = new Uint32Array(3 * firstSlots);
  #count = 0;

  /** `seed` is any whole number. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The line on which this id was seen before; undefined the first time, which is remembered with its line (above 0). */
  lineOf(id: string, line: number): number | undefined {
    const [one, two] = [hash32(id, this.#seed), hash32(id, ~this.#seed)];
    const at = this.#find(one, two);
    const first = this.#slots[at + 2];
    if (first !== undefined && first !== 0) return first;
    this.#put(at, one, two, line);
    if (6 * ++this.#count > this.#slots.length) this.#grow();
    return undefined;
  }

  /** Where an entry stands, or the free slot for it; linear probing. */
  #find(one: number, two: number): number {
    const slots = this.#slots;
    const mask = slots.length / 3 - 1;
    for (let slot = one & mask; ; slot = (slot + 1) & mask) {
      const at = 3 * slot;
      if (slots[at + 2] === 0 || (slots[at] === one && slots[at + 1] === two)) return at;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(4 * old.length);
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
