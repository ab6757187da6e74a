import { distance } from 'fastest-levenshtein';

/** The candidate closest to `word` by edit distance ignoring case, two neighbours that changed places being one edit, or undefined where none is close enough to be meant: `share` of the letters may be wrong. */
export function nearest(word: string, candidates: Iterable<string>, share = 1 / 3): string | undefined {
  const wanted = word.trim().toLowerCase().slice(0, 100);
  let best: string | undefined;
  // A third of the letters may be wrong: beyond that a suggestion confuses more than it helps.
  let bestDistance = Math.max(1, Math.floor(wanted.length * share)) + 1;
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    const d = isSwapped(wanted, other) ? 1 : distance(wanted, other);
    if (d < bestDistance) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}

/** True where two words differ by two neighbouring letters that have changed places. */
function isSwapped(one: string, other: string): boolean {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at + 1 < one.length && one[at] === other[at + 1] && one[at + 1] === other[at] && one.slice(at + 2) === other.slice(at + 2);
}
