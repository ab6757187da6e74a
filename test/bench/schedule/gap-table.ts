/** What a run gave for one instance. */
export interface Outcome {
  readonly name: string;
  readonly family: string;
  readonly objective: number;
  readonly lowerBound: number;
  /** The best known objective; null where there is none. */
  readonly bestKnown: number | null;
  /** Seconds. */
  readonly runtime: number;
  readonly faults: readonly string[];
}

/** How far an objective lies above the best known one: objective / best known - 1; 1 above a best known of 0. */
export function gapToBestKnown({ objective, bestKnown }: Outcome): number | undefined {
  if (bestKnown === null) return undefined;
  return objective === bestKnown ? 0 : bestKnown === 0 ? 1 : objective / bestKnown - 1;
}

/** The outcomes by family as a table: mean gap to best known, share proven optimal, mean gap to the own bound. */
export function gapTable(outcomes: readonly Outcome[]): string {
  const families = [...new Set(outcomes.map(({ family }) => family))];
  const rows = [...families, 'all'].map((family) => {
    const of = outcomes.filter((outcome) => family === 'all' || outcome.family === family);
    const gaps = of.map(gapToBestKnown).filter((gap) => gap !== undefined);
    const proven = of.filter(({ objective, lowerBound }) => objective === lowerBound).length / of.length;
    const own = mean(of.map(({ objective, lowerBound }) => (objective === lowerBound ? 0 : 1 - lowerBound / objective)));
    const slowest = Math.max(...of.map(({ runtime }) => runtime));
    return [family, String(of.length), gaps.length > 0 ? percent(mean(gaps)) : '-', percent(proven, 0), percent(own), `${slowest.toFixed(1)} s`];
  });
  const all = [['family', 'instances', 'gap to best known', 'proven', 'gap to own bound', 'slowest'], ...rows];
  const widths = [0, 1, 2, 3, 4, 5].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')).join('\n');
}

/** A share as text in percent. */
export function percent(share: number, digits = 3): string {
  return `${(100 * share).toFixed(digits)} %`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
