import type { Gate } from '../common/model/report.ts';
import type { Feature, PartSchema } from '../common/part-schema.ts';

/** Share of the current version's range that a candidate may lack at an end: parts are a sample, and no two samples end alike. */
const tolerance = 0.1;
const maxNamed = 5;

/**
 * Whether a candidate knows the parts that the current version knows: of every feature that both have and the current one reads, the range of a number up to a tenth of it at either end,
 * and every level that the current one has learned from. Its errors on rows of its own cannot tell that they come from a corner of the shop.
 */
export function rangeCheck(candidate: PartSchema, current: PartSchema, read: ReadonlySet<string>): NonNullable<Gate['checks']>[number] {
  const known = new Map(candidate.features.map((feature) => [feature.name, feature]));
  const lacks = current.features.flatMap((before) => {
    const now = known.get(before.name);
    return now && read.has(before.name) ? (lackOf(now, before) ?? []) : [];
  });
  if (lacks.length === 0) return { check: 'range', holds: true, says: 'it has learned the ranges and levels that the current version has' };
  const more = lacks.length > maxNamed ? `; and so of ${lacks.length - maxNamed} more features` : '';
  return { check: 'range', holds: false, says: `${lacks.slice(0, maxNamed).join('; ')}${more}` };
}

function lackOf(now: Feature, before: Feature): string | undefined {
  if (before.levels) return now.levels && lackingLevels(now.name, seenLevels(now), seenLevels(before));
  if (!now.learned || !before.learned) return undefined;
  const [ours, theirs] = [now.learned, before.learned];
  const margin = tolerance * (theirs.max - theirs.min);
  const [isHigher, isLower] = [ours.min > theirs.min + margin, ours.max < theirs.max - margin];
  if (isHigher && isLower) return `it has learned ${now.name} only from ${ours.min} to ${ours.max}, where the current version has from ${theirs.min} to ${theirs.max}`;
  if (isHigher) return `it has learned ${now.name} only from ${ours.min}, where the current version has from ${theirs.min}`;
  return isLower ? `it has learned ${now.name} only up to ${ours.max}, where the current version has up to ${theirs.max}` : undefined;
}

function lackingLevels(name: string, ours: readonly string[], theirs: readonly string[]): string | undefined {
  const own = new Set(ours);
  const gone = theirs.filter((level) => !own.has(level));
  if (gone.length === 0) return undefined;
  const more = gone.length > maxNamed ? ` and ${gone.length - maxNamed} more` : '';
  return `it has learned nothing of ${name} ${gone.slice(0, maxNamed).map((level) => level.slice(0, 40)).join(', ')}${more}, where the current version has`;
}

function seenLevels({ levels = [], unseen = [] }: Feature): string[] {
  const none = new Set(unseen);
  return levels.filter((level) => !none.has(level));
}
