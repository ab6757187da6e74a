import { mersenne } from 'pure-rand/generator/mersenne';

/** Random numbers for inner loops, repeatable by seed: xorshift128 (Marsaglia, 2003, doi:10.18637/jss.v008.i14), started from a Mersenne Twister. */
export class RandomStream {
  #x: number;
  #y: number;
  #z: number;
  #w: number;

  /** From a seed of 0 to 2^31 - 1. */
  constructor(seed: number) {
    const seeds = mersenne(seed);
    this.#x = seeds.next();
    this.#y = seeds.next();
    this.#z = seeds.next();
    // A state of zeros would stay there.
    this.#w = seeds.next() | 1;
  }

  /** A whole number of 0 to 2^32 - 1. */
  next(): number {
    const t = this.#x ^ (this.#x << 11);
    this.#x = this.#y;
    this.#y = this.#z;
    this.#z = this.#w;
    this.#w = this.#w ^ (this.#w >>> 19) ^ t ^ (t >>> 8);
    return this.#w >>> 0;
  }

  /** A whole number of 0 to `count` - 1, for counts up to 2^32. */
  below(count: number): number {
    return Math.floor((this.next() / 2 ** 32) * count);
  }

  /** A number of [0, 1). */
  unit(): number {
    return this.next() / 2 ** 32;
  }
}
