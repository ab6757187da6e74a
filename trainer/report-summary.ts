import type { Report } from '../common/model/model-file.ts';
import type { PartSchema } from '../common/part-schema.ts';

/** A report as a person reads it in a terminal: what was learned from what, how well, and what became of it. */
export function reportSummary(report: Report, { target }: PartSchema): string {
  const { data, overall, chosen, gate } = report;
  const unit = target.unit === undefined ? '' : ` ${target.unit}`;
  const lines = [
    `version     ${report.version}, ${gate.verdict === 'kept' ? 'kept, not current' : 'now current'}: ${gate.reason}`,
    `data        ${data.source}: ${data.rows_used} rows used, ${data.rows_refused} refused`,
    ...data.refused.slice(0, 5).map(({ reason }) => `            ${reason}`),
    ...data.notes.map((note) => `            ${note}`),
    `model       ${chosen.basis}, ridge penalty ${chosen.ridge}, the best of ${report.candidates.length} by ${report.folds}-fold cross-validation`,
    `error       ${figure(overall.rmse)}${unit} root mean square, ${figure(overall.mae)}${unit} mean absolute, bias ${figure(overall.bias)}${unit}; plain mean ${figure(report.baseline_rmse)}${unit}`,
    `interval    covers ${percent(overall.coverage)} of the parts, ${figure(overall.interval_width)}${unit} wide`,
    ...Object.entries(report.by_category).flatMap(([feature, levels]) => [
      '',
      ...table([feature, 'rows', 'error', 'bias', 'coverage'], Object.entries(levels).slice(0, 20).map(([level, group]) => [level, String(group.rows), figure(group.rmse), figure(group.bias), percent(group.coverage)])),
    ]),
    '',
    `${report.duration_s.toFixed(1)} s, seed ${report.seed}`,
  ];
  return `${lines.join('\n')}\n`;
}

const figure = (value: number): string => String(Number(value.toPrecision(3)));

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Rows in columns: the first to the left, the others to the right. */
function table(head: string[], rows: string[][]): string[] {
  const widths = head.map((title, c) => Math.max(title.length, ...rows.map((row) => row[c]?.length ?? 0)));
  return [head, ...rows].map((row) => row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0))).join('  '));
}
