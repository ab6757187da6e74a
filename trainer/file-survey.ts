import { type FieldIssue, SpindleError } from '../common/errors.ts';
import type { TableRow } from '../common/files/import/table-row.ts';
import { duplicateColumns, trimmedNames } from '../common/files/header.ts';
import { missingTarget } from '../common/files/target-column.ts';
import type { PartSchema } from '../common/part-schema.ts';
import { ColumnFacts, maxLevels } from './column-facts.ts';
import { inferSchema } from './infer-schema.ts';
import { rangeProblem, targetIssue, targetValue, totalIssue, widthIssue } from './target-value.ts';
import { minRows } from './training-table.ts';

const defaultTarget = 'time_min';

/** Distinct values that are counted in all columns together: some hundred megabytes of texts. */
const countedValues = 2_000_000;

/** Problems that an error lists. */
const listedIssues = 100;
/** Columns and rows that its message tells in full. */
const toldColumns = 10;
const toldRows = 3;

/** What one look at all rows of a file tells: its schema, or everything that keeps it from being learned from. */
export class FileSurvey {
  readonly #target: string | undefined;
  readonly #base: PartSchema;
  readonly #problems: SpindleError[] = [];
  readonly #rowIssues: FieldIssue[] = [];
  #columns: ColumnFacts[] = [];
  #targetAt = -1;
  #rows = 0;
  #usable = 0;
  #refused = 0;
  #unusableTargets = 0;
  #smallest = Infinity;
  #largest = -Infinity;
  #complete = true;

  /** `target` is the column to learn, where it was named; `base` is the version before. */
  constructor(target: string | undefined, base: PartSchema) {
    this.#target = target;
    this.#base = base;
  }

  /** Throws `too_many_columns`; any other problem waits for the rows'. */
  readHeader({ cells, line }: TableRow): void {
    const names = trimmedNames(cells, line);
    const most = Math.min(maxLevels, Math.floor(countedValues / names.length));
    this.#columns = names.map((name) => new ColumnFacts(name, most));
    const target = this.#target ?? [this.#base.target.name, defaultTarget].find((name) => names.includes(name));
    if (target !== undefined) this.#targetAt = names.indexOf(target);
    const noTarget = this.#targetAt >= 0 ? undefined : missingTarget(names, target ?? this.#likelyTarget(names), { isTold: this.#target !== undefined, line });
    const problems = [duplicateColumns(names, line), noTarget];
    this.#problems.push(...problems.filter((problem) => problem !== undefined));
  }

  /** Which of the usual targets a header without one is nearest to. */
  #likelyTarget(names: readonly string[]): string {
    const { name } = this.#base.target;
    const isNear = (wanted: string): boolean => names.some((column) => column.toLowerCase() === wanted.toLowerCase());
    return !isNear(name) && isNear(defaultTarget) ? defaultTarget : name;
  }

  /** Takes a row into account; one that cannot be learned from says nothing of the columns. */
  observe({ line, cells }: TableRow): void {
    this.#rows++;
    const columns = this.#columns;
    if (cells.length !== columns.length) return this.#refuse(widthIssue(line, columns.length, cells.length));
    const total = totalIssue(line, cells);
    if (total) return this.#refuse(total);
    if (this.#targetAt >= 0) {
      const text = cells[this.#targetAt] ?? '';
      const value = targetValue(text);
      if (value === undefined) {
        this.#unusableTargets++;
        return this.#refuse(targetIssue(line, columns[this.#targetAt]?.name ?? '', text));
      }
      if (value < this.#smallest) this.#smallest = value;
      if (value > this.#largest) this.#largest = value;
    }
    this.#usable++;
    for (let c = 0; c < columns.length; c++) columns[c]?.observe(cells[c] ?? '', line);
  }

  #refuse(issue: FieldIssue): void {
    this.#refused++;
    if (this.#rowIssues.length < listedIssues) this.#rowIssues.push(issue);
  }

  /** The file cannot be read any further: the reason joins the other problems. */
  breakOff(reason: SpindleError): void {
    this.#problems.push(reason);
    this.#complete = false;
  }

  /** The schema, and in words what was left out. Throws all problems as one error, under the code of the first. */
  conclude(): { schema: PartSchema; notes: string[] } {
    const name = this.#columns[this.#targetAt]?.name ?? this.#target ?? this.#base.target.name;
    const problems = [...this.#problems];
    const { schema, notes, issues: found } = inferSchema(this.#columns, name, this.#base);
    // Where the header itself is wrong, columns that are not there say nothing.
    const issues = problems.length > 0 ? found.filter(({ field }) => field !== '') : found;
    if (this.#usable > 0 && issues.length > 0) {
      const lead = issues.length === 1 ? '' : `${issues.length} columns cannot be learned from: ${issues.slice(0, listedIssues).map(({ field }) => field).join(', ')}; `;
      const told = issues.slice(0, toldColumns).map(({ message }) => message).join('; ');
      problems.push(new SpindleError('unusable_training_data', `${lead}${told}`, { issues }));
    }
    if (this.#complete && this.#targetAt >= 0) problems.push(...this.#rowProblems(name));
    const [first] = problems;
    if (!first) return { schema, notes };
    // With rows enough, those that cannot be used would merely be left out.
    const areMerelyRefused = this.#usable >= minRows;
    const besides = areMerelyRefused ? 'besides, and no hindrance, ' : '';
    const refused = this.#refused === 0 ? [] : [`${besides}${this.#refused} of ${this.#rows} rows cannot be used, the first: ${this.#rowIssues.slice(0, toldRows).map(({ message }) => message).join('; ')}`];
    const message = [...problems.map((problem) => problem.message), ...refused].join('; ');
    const rowIssues = areMerelyRefused ? this.#rowIssues.map((issue): FieldIssue => ({ ...issue, refused_row: true })) : this.#rowIssues;
    throw new SpindleError(first.code, message, { issues: [...problems.flatMap((problem) => problem.issues), ...rowIssues].slice(0, listedIssues), cause: first });
  }

  #rowProblems(name: string): SpindleError[] {
    const problem = (message: string): SpindleError[] => [new SpindleError('unusable_training_data', message)];
    if (this.#usable === 0 && this.#unusableTargets > 0) return problem(`no row has a usable ${name}: name another column with target, or check that it holds the measured times`);
    if (this.#usable < minRows) return problem(`${this.#usable} usable rows; at least ${minRows} finished parts are needed`);
    const ofRange = rangeProblem(name, this.#smallest, this.#largest);
    if (ofRange !== undefined) return problem(ofRange);
    return [];
  }
}
