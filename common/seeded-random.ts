import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { mersenne } from 'pure-rand/generator/mersenne';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/**
 * The generator of everything random, from a seed of 0 to 2^31 - 1 (Matsumoto and Nishimura, 1998, doi:10.1145/272991.272995).
 * pure-rand's faster ones begin alike for all small seeds: their first part would be 50 cm long whatever the seed.
 */
export function seededRandom(seed: number): RandomGenerator {
  return mersenne(seed);
}

/** A draw from the normal distribution of mean 0 and variance 1 (Box and Muller, 1958, doi:10.1214/aoms/1177706645). */
export function standardNormal(random: RandomGenerator): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(random))); // 1 - u is never 0
  return radius * Math.cos(2 * Math.PI * uniformFloat64(random));
}
