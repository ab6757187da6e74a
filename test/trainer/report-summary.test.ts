import { describe, expect, it } from 'vitest';
import { reportSummary } from '../../trainer/report-summary.ts';
import { modelOf, partSchema } from '../support/model-versions.ts';
import { versionFiles } from '../../trainer/version-files.ts';

const { report } = versionFiles(modelOf(0), new Date('2026-11-22T13:45:00Z'), 1);
const refused = (count: number) => Array.from({ length: count }, (_, row) => ({ line: row + 2, reason: `line ${row + 2}: wrong` }));
const summary = (data: Partial<typeof report.data>) => reportSummary({ ...report, data: { ...report.data, ...data } }, partSchema, 'promoted');

describe('reportSummary', () => {
  it('shows five refused rows, says how many more there are, and counts them by column', () => {
    const text = summary({ rows_refused: 30, refused: refused(30), refused_by: [{ column: 'time_min', rows: 28 }, { column: '', rows: 2 }] });
    expect(text).toContain('refused by column: time_min 28, number of cells 2');
    expect(text).toMatch(/line 6: wrong\n +and 25 more \(--json lists them\)\n/);
    expect(summary({ rows_refused: 250, refused: refused(100) })).toContain('and 245 more (--json lists the first 100)');
    expect(summary({ rows_refused: 5, refused: refused(5) })).not.toContain('more (--json');
  });

  it('tells the interval score beside coverage and width, where the version has one', () => {
    const scored = { ...report, overall: { ...report.overall, interval_score: 12.345 } };
    expect(reportSummary(scored, partSchema, 'promoted')).toMatch(/^interval +covers .+ wide\n +interval score 12\.3/m);
    const { interval_score: _, ...overall } = scored.overall;
    expect(reportSummary({ ...report, overall }, partSchema, 'promoted')).not.toContain('interval score');
  });

  it('tells coverage without gross errors, and the interval score with them, where there are any', () => {
    const overall = { ...report.overall, interval_score: 12.345, coverage: 0.86, coverage_without_gross: 0.912, interval_score_with_gross: 364.3 };
    expect(reportSummary({ ...report, overall }, partSchema, 'promoted')).toMatch(/covers 86\.0 % of the parts, without gross errors 91\.2 %, .+ wide\n.+ outside; with gross errors 364/);
  });

  it('says what became of the version', () => {
    expect(reportSummary(report, partSchema, 'superseded')).toMatch(/^version +\S+, published, but not current: another version was set meanwhile\n/);
  });
});
