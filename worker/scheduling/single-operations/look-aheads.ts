import { type Solution, isBetter } from '../problem.ts';

/** The look-aheads of ATCS from which better ones are sought, and the largest, of which the smallest is the inverse: beyond them due dates, or setups, hardly matter, or nothing else does. */
const firstLookAhead = 4;
const firstSetupLookAhead = 1;
const largest = 4096;

type Figures = Pick<Solution, 'objective' | 'makespan'>;

/**
 * Doubles or halves one look-ahead, then the other where there are setups, as long as that makes the schedule better. Which ones are good differs by a factor of 50
 * between shops with some late work and those with far too much; near them the objective has one valley, by and large.
 * `make` is to give what the schedule is judged by; undefined where there is no time for it.
 */
export function seekLookAheads(make: (lookAhead: number, setupLookAhead: number) => Figures | undefined, hasSetups: boolean): void {
  let lookAhead = firstLookAhead;
  let setupLookAhead = firstSetupLookAhead;
  let found = make(lookAhead, setupLookAhead);
  const scale = (factor: number, setupFactor: number): boolean => {
    if (Math.max(lookAhead * factor, setupLookAhead * setupFactor) > largest || Math.min(lookAhead * factor, setupLookAhead * setupFactor) < 1 / largest) return false;
    const scaled = make(lookAhead * factor, setupLookAhead * setupFactor);
    if (scaled === undefined || found === undefined || !isBetter(scaled, found)) return false;
    found = scaled;
    lookAhead *= factor;
    setupLookAhead *= setupFactor;
    return true;
  };
  const seek = (step: (factor: number) => boolean): boolean => {
    for (const factor of [2, 0.5]) {
      if (!step(factor)) continue;
      while (step(factor));
      return true;
    }
    return false;
  };
  const seekSetupLookAhead = (): boolean => hasSetups && seek((factor) => scale(1, factor));
  do seek((factor) => scale(factor, 1));
  while (seekSetupLookAhead());
}
