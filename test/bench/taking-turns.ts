import { median } from './figures.ts';

/** What both sides did in their turns. */
export interface Turns<S, B> {
  subject: S[];
  baseline: B[];
}

/**
 * Measures subject and baseline in turns, as A B B A A B …: what slows the machine down for a while slows both,
 * and neither is always the one that comes second.
 */
export async function takeTurns<S, B>(rounds: number, subject: () => Promise<S>, baseline: () => Promise<B>): Promise<Turns<S, B>> {
  const turns: Turns<S, B> = { subject: [], baseline: [] };
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) turns.subject.push(await subject());
    turns.baseline.push(await baseline());
    if (round % 2 === 1) turns.subject.push(await subject());
  }
  return turns;
}

/** The median of the rounds' ratios of subject to baseline. */
export function ratioOf<S, B>({ subject, baseline }: Turns<S, B>, ofSubject: (turn: S) => number, ofBaseline: (turn: B) => number): { ratio: number; ratios: number[] } {
  const ratios = subject.map((turn, round) => ofSubject(turn) / ofBaseline(baseline[round] as B));
  return { ratio: median(ratios), ratios };
}
