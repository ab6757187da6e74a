import type { Gate } from '../common/model/report.ts';

/** Median ratio beyond which the times cannot be meant in the current version's unit: no shop becomes so much slower or faster at once. */
const implausible = 8;
/** How near a ratio is to that of two units to be taken for it. */
const near = 1.6;

/** Units of time in seconds, by all names that a column may carry. */
const timeUnits = [
  { words: 'milliseconds', names: ['ms'], seconds: 0.001 },
  { words: 'seconds', names: ['s', 'sec'], seconds: 1 },
  { words: 'minutes', names: ['min'], seconds: 60 },
  { words: 'hours', names: ['h', 'hours'], seconds: 3_600 },
  { words: 'days', names: ['days'], seconds: 86_400 },
];

/**
 * Whether the median of actual / estimate of the current version is of the size of one, by its residuals actual - estimate, NaN for a row that it cannot estimate; undefined where no row has both above 0.
 * Seconds where minutes are expected would pass any other check.
 */
export function scaleCheck(target: Float64Array, residuals: Float64Array, unit: string | undefined): NonNullable<Gate['checks']>[number] | undefined {
  const ratios = target.map((actual, row) => actual / (actual - (residuals[row] ?? NaN))).filter((ratio) => ratio > 0 && Number.isFinite(ratio)).sort();
  const ratio = ratios[ratios.length >> 1];
  if (ratio === undefined) return undefined;
  if (ratio < implausible && ratio > 1 / implausible) return { check: 'scale', holds: true, says: `half of its times are more than ${Number(ratio.toPrecision(3))} times what the current version estimates` };
  const size = ratio > 1 ? `${Number(ratio.toPrecision(2))} times` : `one part in ${Number((1 / ratio).toPrecision(2))} of`;
  return { check: 'scale', holds: false, says: `the times are about ${size} what the current version estimates: ${question(ratio, unit)}` };
}

function question(ratio: number, unit: string | undefined): string {
  const meant = timeUnits.find(({ names }) => unit !== undefined && names.includes(unit.toLowerCase()));
  const given = meant && timeUnits.find(({ seconds }) => seconds !== meant.seconds && Math.abs(Math.log(meant.seconds / seconds / ratio)) < Math.log(near));
  return meant && given ? `${given.words} instead of ${meant.words}?` : 'are they in the unit that it was trained in?';
}
