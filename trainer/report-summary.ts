import type { GroupFigures, ModelErrors, Report } from '../common/model/report.ts';
import type { PartSchema } from '../common/part-schema.ts';
import type { TrainingOutcome } from './train-and-publish.ts';

/** Levels of a category that a summary lists. */
const maxLevels = 12;
/** Refused rows that it lists. */
const shownRows = 5;

/** A report as a person reads it in a terminal: what became of the version and why, what was learned from what, and how well. */
export function reportSummary(report: Report, { target }: PartSchema, outcome: TrainingOutcome['outcome']): string {
  const { data, overall, gate } = report;
  const unit = target.unit === undefined ? '' : ` ${target.unit}`;
  const lines = [
    `version     ${report.version}, ${became[outcome]}${report.quick ? ', quick' : ''}`,
    ...(gate.checks ? gate.checks.map(({ holds, says }, c) => (c === 0 ? 'gate' : '').padEnd(12) + `${holds ? '+' : '-'} ${says}`) : [`gate        ${gate.reason}`]),
    `data        ${data.source}: ${data.rows_used} rows used, ${data.rows_refused} refused`,
    ...refusedRows(data).map((line) => `            ${line}`),
    ...data.notes.map((note) => `            ${note}`),
    ...(report.chosen ? [`model       ${report.chosen.basis}, ridge penalty ${report.chosen.ridge}, the best of ${report.candidates?.length ?? 0}`] : []),
    `interval    covers ${percent(overall.coverage)} of the parts${overall.coverage_without_gross === undefined ? '' : `, without gross errors ${percent(overall.coverage_without_gross)}`}, ${figure(overall.interval_width)}${unit} wide`,
    ...(overall.interval_score === undefined ? [] : [`            interval score ${figure(overall.interval_score)}${unit}: the width, and 20 times the distance of what lies outside${overall.interval_score_with_gross === undefined ? '' : `; with gross errors ${figure(overall.interval_score_with_gross)}${unit}`}`]),
    '',
    ...errorTable(report, unit),
    ...Object.entries(report.by_category).flatMap(([feature, levels]) => ['', ...levelTable(feature, levels, report.category_levels?.[feature])]),
    '',
    ...importanceTable(report, unit),
    `${report.duration_s.toFixed(1)} s, ${report.folds} folds, seed ${report.seed}, data ${data.sha256.slice(0, 12)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** How many rows were refused for which column, and the first of them. */
function refusedRows({ refused, refused_by = [], rows_refused }: Report['data']): string[] {
  const kinds = refused_by.map(({ column, rows }) => `${column === '' ? 'number of cells' : column} ${rows}`).join(', ');
  const more = rows_refused - Math.min(shownRows, refused.length);
  return [
    ...(kinds === '' ? [] : [`refused by column: ${kinds}`]),
    ...refused.slice(0, shownRows).map(({ reason }) => reason),
    ...(more > 0 ? [`and ${more} more (--json lists ${rows_refused > refused.length ? `the first ${refused.length}` : 'them'})`] : []),
  ];
}

const became = { promoted: 'now current', kept: 'kept, not current', overridden: 'now current against the gate', superseded: 'published, but not current: another version was set meanwhile' } as const;

/** Every model's errors on the same rows and folds; where there are gross errors, those of the other rows. */
function errorTable({ errors = [], errors_without_gross, gross_errors = 0, families = [], families_skipped = [], overall, baseline_rmse, zero_targets = 0 }: Report, unit: string): string[] {
  if (errors.length === 0) return [`error       ${figure(overall.rmse)}${unit} root mean square, plain mean ${figure(baseline_rmse)}${unit}`];
  const weights = new Map(families.map(({ name, weight }) => [name, weight]));
  const rows = (errors_without_gross ?? errors).map(({ model, rmse, mae, median, mape, bias }) => [
    model,
    weights.has(model) ? percent(weights.get(model) ?? 0) : '',
    ...[rmse, mae, median].map(withError),
    mape ? percent(mape.value) : '',
    withError(bias),
  ]);
  const head = [`out of fold,${unit}`, 'weight', 'RMSE', 'MAE', 'median', 'MAPE', 'bias'];
  return [
    ...table(head, rows),
    ...(errors_without_gross ? [`without ${gross_errors} gross errors; with them the RMSE is ${figure(overall.rmse)}${unit}`] : []),
    ...(zero_targets > 0 ? [`MAPE without ${zero_targets} rows whose actual is 0`] : []),
    ...(families_skipped.length > 0 ? [`not tried: ${families_skipped.map(({ name }) => name).join(', ')}`] : []),
  ];
}

function levelTable(feature: string, levels: Record<string, GroupFigures>, count = 0): string[] {
  const all = Object.entries(levels);
  const most = all.toSorted(([, a], [, b]) => b.rows - a.rows).slice(0, maxLevels);
  const rows = most.map(([level, group]) => [level.slice(0, 40), String(group.rows), figure(group.rmse), figure(group.bias), percent(group.coverage), group.interval_width === undefined ? '' : figure(group.interval_width)]);
  const others = Math.max(count, all.length) - most.length;
  return [...table([feature, 'rows', 'RMSE', 'bias', 'coverage', 'width'], rows), ...(others > 0 ? [`and ${others} more levels`] : [])];
}

function importanceTable({ effects = [] }: Report, unit: string): string[] {
  if (effects.length === 0) return [];
  return [...table(['feature', `importance,${unit}`], effects.slice(0, maxLevels).map(({ feature, importance }) => [feature, figure(importance)])), ''];
}

const withError = ({ value, standard_error }: ModelErrors['rmse']): string => `${figure(value)} ± ${Number(standard_error.toPrecision(2))}`;

const figure = (value: number): string => String(Number(value.toPrecision(3)));

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Rows in columns: the first to the left, the others to the right. */
function table(head: string[], rows: string[][]): string[] {
  const widths = head.map((title, c) => Math.max(title.length, ...rows.map((row) => row[c]?.length ?? 0)));
  return [head, ...rows].map((row) => row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0))).join('  ').trimEnd());
}
