import { nominalCoverage } from '../common/estimate.ts';
import type { Gate } from '../common/model/report.ts';
import type { PartSchema } from '../common/part-schema.ts';
import { firstCheck, plainMeanCheck } from './constant-check.ts';
import { designEffect } from './design-effect.ts';
import { type PairedErrors, compareErrors, inPart, isBetter, isWorse, normalQuantile, studentQuantile, weighed } from './paired-errors.ts';
import { rangeCheck } from './range-check.ts';
import type { Rival } from './rival.ts';
import { scaleCheck } from './scale-check.ts';
import type { TrainingTable } from './training-table.ts';

/** What a candidate says of its own training rows out of fold, by row. */
export interface GateEvidence {
  schema: PartSchema;
  table: TrainingTable;
  /** By row the part that it is of: what differs between two versions on one row of a part differs alike on the others. */
  parts: Uint32Array;
  /** Actual - estimate. */
  residuals: Float64Array;
  /** Actual - mean of the other folds. */
  meanResiduals: Float64Array;
  /** 1 for a gross error that nothing was learned from. */
  outlying: Uint8Array;
  /** Where the actual lies: 0 outside its interval, 1 within, 2 on a bound. */
  within: Uint8Array;
}

type Check = NonNullable<Gate['checks']>[number];

/** A candidate that has learned from less than this share of the current version's rows has to be clearly better: of few rows, no harm shown is no proof that there is none. */
const fewRows = 0.5;
/** Fewer rows, or rows of fewer parts, than these say nothing of a version. */
const minNewRows = 20;
const minLevelRows = 50;
const minParts = 20;
/** Chance that, of all levels looked at, one of a candidate that is no worse is called worse. */
const falseAlarm = 0.05;
const coverageTolerance = 0.03;
/** Share of the targets' spread below which all errors are alike: of data without noise it is rounding that is compared. */
const negligibleShare = 1e-4;
/** Quantile of the other rows' errors that a gross error counts as. */
const grossQuantile = 0.99;
const maxWorst = 10;

/**
 * Whether a candidate becomes the current version. Its errors out of fold must be finite and clearly below those of the plain mean, and its coverage must hold; but of a shop's first version, with nothing
 * or the demonstration in its place, no more than that it is better than a constant at all: what is told with a wide interval is more than no answer.
 * Where there is a current version, on the same rows, taken in pairs, its error must not be larger by more than a standard error, over all rows and over those new to the current one,
 * nor in any level of a category beyond chance; one that has learned from fewer than half as many rows must be better by more than a standard error. A version that it cannot be compared with stays, but for the demonstration's.
 * It must have learned the ranges and levels that the current one has, and times of the same size, but in the demonstration's place. `promote` overrides all but an error that is not finite.
 * Gross errors count as the 99 % quantile of the others at most, on both sides: by them a version could win or lose on what nobody can estimate.
 */
export function judge(evidence: GateEvidence, rival: Rival, promote = false): Gate {
  if (!evidence.residuals.every(Number.isFinite)) {
    const says = 'its cross-validated error is not finite';
    return { verdict: 'kept', reason: says, checks: [{ check: 'finite', holds: false, says }] };
  }
  const counted = countedErrors(evidence);
  const all = Uint32Array.from(evidence.residuals.keys());
  const overMean = compareErrors(counted.squares, counted.squaresOf(evidence.meanResiduals), all, evidence.parts);
  const unit = evidence.schema.target.unit === undefined ? '' : ` ${evidence.schema.target.unit}`;
  // A version that is there but cannot be read is no leave to replace it by anything.
  const isFirst = rival.kind === 'none' ? rival.why === undefined : rival.isDemonstration;
  const { coverage, remarks: uncovered } = coverageOf(evidence, isFirst);
  const own = [isFirst ? firstCheck({ errors: overMean, ...counted, target: evidence.table.target }, unit) : plainMeanCheck(overMean, unit), coverage];
  const gross: Partial<Gate> = counted.rows > 0 ? { gross_errors: { rows: counted.rows, counted_as: counted.cap } } : {};
  const cut = [...uncovered, ...(counted.rows > 0 ? [`${counted.rows} gross errors count with ${figure(counted.cap)}${unit} at most`] : [])];
  switch (rival.kind) {
    case 'none':
      return { ...verdictOf(own, [...(rival.why === undefined ? [] : [rival.why]), ...cut], promote), ...gross };
    case 'incomparable': {
      const { version, isDemonstration } = rival;
      const says = `${isDemonstration ? 'it takes the place of the demonstration' : `it cannot be compared with the current version ${version}`}: ${rival.differences.join('; ')}`;
      return { ...verdictOf([...own, { check: 'comparable', holds: isDemonstration, says }], cut, promote), ...gross, compared_with: version };
    }
    case 'comparable': {
      const { version, residuals, changes } = rival;
      const { checks: alike, remarks } = likeCurrent(evidence, rival);
      own.push(...alike);
      const rows = all.filter((row) => Number.isFinite(residuals[row]));
      if (rows.length < minNewRows) return { ...verdictOf(own, [`the current version ${version} can estimate only ${rows.length} of the rows`, ...remarks, ...cut], promote), ...gross, compared_with: version };
      const { figures, checks, more } = compareWith({ evidence, rival, rows, squares: counted.squares, squaresOfCurrent: counted.squaresOf(residuals), negligible: negligibleShare * overMean.error_of_current, unit });
      const notes = [...remarks, ...changes.map((change) => `it ${change}`), ...cut];
      return { ...verdictOf([...own, ...checks], notes, promote), ...gross, compared_with: version, ...figures, ...more };
    }
    default:
      return rival satisfies never;
  }
}

/** Checks that a promotion is explained with. */
const telling: readonly Check['check'][] = ['plain mean', 'comparable', 'all rows'];

/** Promoted where all checks hold; else kept for those that do not, with how to use it all the same. */
function verdictOf(checks: Check[], notes: string[], promote: boolean): Pick<Gate, 'verdict' | 'reason' | 'checks' | 'overridden'> {
  const failed = checks.filter(({ holds }) => !holds);
  if (failed.length === 0) return { verdict: 'promoted', reason: [...checks.filter(({ check }) => telling.includes(check)).map(({ says }) => says), ...notes].join('; '), checks };
  const how = promote ? [] : ['to use it all the same, set it with PUT /v1/models/current, or train with --promote or ?promote=true'];
  return { verdict: 'kept', reason: [...failed.map(({ says }) => says), ...notes, ...how].join('; '), checks, ...(promote && { overridden: true }) };
}

/** Whether it knows the same shop: its ranges and levels, and the size of its times. The demonstration is none: of its ranges nothing follows, and of its times but a remark. */
function likeCurrent({ schema, table }: GateEvidence, { residuals, before, read, isDemonstration }: Extract<Rival, { kind: 'comparable' }>): { checks: Check[]; remarks: string[] } {
  const scale = scaleCheck(table.target, residuals, schema.target.unit ?? before.target.unit);
  if (!isDemonstration) return { checks: [rangeCheck(schema, before, read), ...(scale ? [scale] : [])], remarks: [] };
  return { checks: scale ? [{ ...scale, holds: true }] : [], remarks: scale?.holds === false ? [scale.says] : [] };
}

/** Squared errors in which gross errors are cut, the candidate's and by the same bound any other's. */
function countedErrors({ residuals, outlying }: GateEvidence): { squares: Float64Array; squaresOf: (residuals: Float64Array) => Float64Array; rows: number; cap: number } {
  const others = residuals.filter((_, row) => outlying[row] !== 1).map(Math.abs).sort();
  const cap = others[Math.ceil(grossQuantile * others.length) - 1] ?? 0;
  // Stored residuals are rounded to single precision: so are all, so that equal models come out equal.
  const squaresOf = (values: Float64Array): Float64Array => values.map((value, row) => Math.fround(outlying[row] === 1 ? Math.min(Math.abs(value), cap) : value) ** 2);
  return { squares: squaresOf(residuals), squaresOf, rows: residuals.length - others.length, cap };
}

/** The coverage check; of a first version it is only told. */
function coverageOf(evidence: GateEvidence, isFirst: boolean): { coverage: Check; remarks: string[] } {
  const coverage = coverageCheck(evidence);
  return isFirst && !coverage.holds ? { coverage: { ...coverage, holds: true }, remarks: [coverage.says] } : { coverage, remarks: [] };
}

/**
 * Too few inside is told by the rows without gross errors, which no interval need cover; too many by those strictly within, of all rows:
 * equal errors, as of data without noise, lie on the bounds themselves. Rows of one part that are within or outside together count for less.
 */
function coverageCheck({ outlying, within, parts }: GateEvidence): Check {
  let [others, covered, strictly] = [0, 0, 0];
  for (const [row, where] of within.entries()) {
    if (where === 1) strictly++;
    if (outlying[row] === 1) continue;
    others++;
    if (where > 0) covered++;
  }
  const usual = parts.filter((_, row) => outlying[row] !== 1);
  const alike = designEffect(within.filter((_, row) => outlying[row] !== 1).map((where) => (where > 0 ? 1 : 0)), usual);
  const tolerance = Math.max(coverageTolerance, 2 * Math.sqrt((alike * nominalCoverage * (1 - nominalCoverage)) / others)) + 1e-9;
  const low = covered / others;
  const high = strictly / within.length;
  const range = `${percent(nominalCoverage - tolerance)} to ${percent(Math.min(1, nominalCoverage + tolerance))}`;
  if (low < nominalCoverage - tolerance) return { check: 'coverage', holds: false, says: `its intervals cover ${percent(low)} of the parts, too few: with so many rows ${range} is as it should be` };
  if (high > nominalCoverage + tolerance) return { check: 'coverage', holds: false, says: `its intervals cover ${percent(high)} of the parts, too many: with so many rows ${range} is as it should be` };
  return { check: 'coverage', holds: true, says: `its intervals cover ${percent(low)} of the parts` };
}

interface Comparison {
  evidence: GateEvidence;
  rival: Extract<Rival, { kind: 'comparable' }>;
  /** Rows that both can estimate. */
  rows: Uint32Array;
  squares: Float64Array;
  squaresOfCurrent: Float64Array;
  negligible: number;
  unit: string;
}

function compareWith(comparison: Comparison): { figures: PairedErrors; checks: Check[]; more: Pick<Gate, 'rows_new' | 'new_rows' | 'by_category'> } {
  const { rival, rows, squares, squaresOfCurrent, negligible, unit, evidence: { parts } } = comparison;
  const newRows = rows.filter((row) => rival.isNew[row] === 1);
  const which = newRows.length === 0 ? 'all of which it has learned from' : newRows.length === rows.length ? 'all of them new to it' : `${newRows.length} of them new to it`;
  const check = (name: Check['check'], errors: PairedErrors, where: string): Check => {
    const worse = isWorse(errors, 1, negligible);
    const { error, error_of_current } = worse ? weighed(errors) : errors;
    const [ours, theirs] = [`${figure(error)}${unit}`, `${figure(error_of_current)}${unit}`];
    return { check: name, holds: !worse, says: worse ? `its error of ${ours} is larger by more than a standard error than the ${theirs} of the current version ${rival.version} on ${where}${inPart(errors)}` : `${rival.version} has ${theirs} on ${where}, where this one has ${ours}` };
  };
  const figures = compareErrors(squares, squaresOfCurrent, rows, parts);
  const where = `the same ${rows.length} rows, ${which}`;
  const checks = [check('all rows', figures, where)];
  const learned = comparison.squares.length;
  if (learned < fewRows * rival.rowsLearned) {
    const better = isBetter(figures, 1);
    checks.push({ check: 'few rows', holds: better, says: `it has learned from ${learned} rows, fewer than half of the ${rival.rowsLearned} of ${rival.version}${better ? ', and is clearly better' : `, and its error of ${figure(figures.error)}${unit} is not clearly below the ${figure(figures.error_of_current)}${unit} of that on ${where}`}` });
  }
  const more: Pick<Gate, 'rows_new' | 'new_rows' | 'by_category'> = { rows_new: newRows.length };
  if (newRows.length >= minNewRows && partCount(newRows, parts) >= minParts && newRows.length < rows.length) {
    more.new_rows = compareErrors(squares, squaresOfCurrent, newRows, parts);
    checks.push(check('new rows', more.new_rows, `the ${newRows.length} rows that are new to that`));
  }
  const categories = compareLevels(comparison);
  if (categories) {
    checks.push(categories.check);
    more.by_category = categories.figures;
  }
  return { figures, checks, more };
}

/** Compares every level with enough rows, each with its own standard error; the chance of a false alarm is shared among them (Bonferroni). */
function compareLevels({ evidence: { schema, table, parts }, rows, squares, squaresOfCurrent, negligible, unit }: Comparison): { check: Check; figures: NonNullable<Gate['by_category']> } | undefined {
  const compared = schema.features.flatMap(({ name: feature, levels }, f) => {
    if (!levels) return [];
    const rowsOf = rowsByLevel(table.columns[f], rows, levels.length);
    return levels.flatMap((level, code) => {
      const ofLevel = Uint32Array.from(rowsOf[code] ?? []);
      const count = partCount(ofLevel, parts);
      return ofLevel.length < minLevelRows || count < minParts ? [] : [{ figures: { feature, level, ...compareErrors(squares, squaresOfCurrent, ofLevel, parts) }, freedom: count - 1 }];
    });
  });
  if (compared.length === 0) return undefined;
  const critical = normalQuantile(falseAlarm / compared.length);
  const worse = compared.filter(({ figures, freedom }) => isWorse(figures, studentQuantile(critical, freedom), negligible)).map(({ figures }) => figures);
  const worst = compared.map(({ figures }) => figures).filter(({ difference }) => difference > 0).sort((a, b) => b.difference / (b.standard_error || 1) - a.difference / (a.standard_error || 1)).slice(0, maxWorst);
  const named = worse.slice(0, 3).map((errors) => {
    const { error, error_of_current } = weighed(errors);
    return `${errors.feature} ${errors.level.slice(0, 40)} (${figure(error)}${unit} against ${figure(error_of_current)}${unit} on ${errors.rows} rows)`;
  });
  const says = worse.length === 0 ? `none of ${compared.length} levels of categories is worse beyond chance` : `it is worse beyond chance for ${named.join(', ')}${worse.length > 3 ? ` and ${worse.length - 3} more levels` : ''}`;
  return { check: { check: 'categories', holds: worse.length === 0, says }, figures: { levels: compared.length, critical, worst } };
}

const partCount = (rows: Uint32Array, parts: Uint32Array): number => new Set(rows.map((row) => parts[row] ?? 0)).size;

function rowsByLevel(codes: Float64Array | undefined, rows: Uint32Array, levels: number): number[][] {
  const byLevel: number[][] = Array.from({ length: levels }, () => []);
  for (const row of rows) byLevel[codes?.[row] ?? NaN]?.push(row);
  return byLevel;
}

const figure = (value: number): string => String(Number(value.toPrecision(4)));

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
