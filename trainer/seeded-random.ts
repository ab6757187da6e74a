import { mersenne } from 'pure-rand/generator/mersenne';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/**
 * The generator of everything random, from a seed of 0 to 2^31 - 1 (Matsumoto and Nishimura, 1998, doi:10.1145/272991.272995).
 * pure-rand's faster ones begin alike for all small seeds: their first part would be 50 cm long whatever the seed.
 */
export function seededRandom(seed: number): RandomGenerator {
  return mersenne(seed);
}
