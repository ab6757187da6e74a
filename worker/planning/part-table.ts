import { estimateColumnNames } from '../../common/estimate.ts';
import { issueText } from '../../common/errors.ts';
import type { ImportReport } from '../../common/files/import/import-report.ts';
import type { RejectedRow } from '../../common/files/import/planned-rows.ts';
import type { UnknownLevels } from '../../common/part.ts';
import { type PartSchema, planningColumns } from '../../common/part-schema.ts';
import type { EstimatedPart, RefusedPart } from './estimated-part.ts';

/** A table of parts: where it comes from, and what its columns mean. */
export interface PartTableParts {
  batchId: string | null;
  header: readonly string[];
  /** The columns that were understood. */
  columns: ImportReport['columns'];
  /** The features in the order of the rows' values. */
  schema: PartSchema;
  processColumn: string;
}

/** Rows of a table: cells as they came and what was read of them, one entry a row in each column. A category's value is the index of its level or -1. */
export interface PartRows {
  lines: readonly number[];
  cells: readonly (readonly string[])[];
  values: readonly (readonly number[])[];
  unknown?: UnknownLevels | undefined;
  planning: { readonly [column in (typeof planningColumns)[number]]?: readonly (string | number | null)[] | undefined };
}

/** What a schedule adds to its parts: planned again, these columns are no features. */
const scheduleColumns = ['machine', 'start', 'end', 'setup_start', 'setup_end', 'changeover_min', 'work_min', 'state', 'late_min', 'on_time'];

/** Makes estimated parts of a table's rows, from a file or a batch alike. */
export class PartTable {
  readonly #table: PartTableParts;
  readonly #process: number;
  readonly #features: readonly { name: string; levels: readonly string[] | undefined; at: number }[];
  /** Columns that mean nothing to the model, kept for setups. */
  readonly #others: readonly { name: string; index: number }[];

  constructor(table: PartTableParts) {
    const { header, columns, schema, processColumn } = table;
    const estimates: readonly string[] = estimateColumnNames(schema.target.name);
    const known = new Set(columns.map(({ index }) => index));
    const reserved = new Set<string>(['', processColumn, ...planningColumns, ...estimates, ...scheduleColumns, ...schema.features.map(({ name }) => name)]);
    this.#table = table;
    this.#process = header.indexOf(processColumn);
    this.#features = schema.features.flatMap(({ name, levels }, at) => (estimates.includes(name) ? [] : [{ name, levels, at }]));
    this.#others = header.flatMap((name, index) => (known.has(index) || reserved.has(name) ? [] : [{ name, index }]));
  }

  /** The parts of rows, each with its estimate and the version that made it. */
  parts(rows: PartRows, estimate: (row: number) => EstimatedPart['estimate'], version: (row: number) => string): EstimatedPart[] {
    const { batchId, processColumn } = this.#table;
    const { planning } = rows;
    const text = (column: keyof PartRows['planning'], row: number): string | null => {
      const value = planning[column]?.[row] ?? null;
      return value === null ? null : String(value);
    };
    const number = (column: keyof PartRows['planning'], row: number): number | null => {
      const value = planning[column]?.[row];
      return typeof value === 'number' ? value : null;
    };
    return rows.lines.map((line, row): EstimatedPart => {
      const cells = rows.cells[row] ?? [];
      const { [processColumn]: process = (cells[this.#process] ?? '').trim(), ...features } = this.#values(rows, row);
      for (const { name, index } of this.#others) features[name] = (cells[index] ?? '').trim();
      return {
        batchId,
        line,
        partId: text('part_id', row),
        orderId: text('order_id', row),
        operation: number('operation', row),
        process,
        quantity: number('quantity', row) ?? 1,
        setupMinutes: number('setup_min', row) ?? 0,
        due: text('due', row),
        release: text('release', row),
        priority: number('priority', row),
        estimate: estimate(row),
        features,
        modelVersion: version(row),
      };
    });
  }

  /** Refused rows, with what names them as far as it can be told. */
  refused(rows: readonly RejectedRow[]): RefusedPart[] {
    const { batchId, columns } = this.#table;
    const at = (field: string): number => columns.find((column) => column.field === field)?.index ?? -1;
    const [part, order, operation] = [at('part_id'), at('order_id'), at('operation')];
    return rows.map(({ line, cells, issues }): RefusedPart => {
      const number = Number(cells[operation]?.trim() || NaN);
      return {
        batchId,
        line,
        partId: cells[part]?.trim() || null,
        orderId: cells[order]?.trim() || null,
        operation: Number.isInteger(number) ? number : null,
        reason: issues.map(({ message }) => message).join('; '),
        fix: issues.map((issue) => issue.fix ?? issueText(issue)).join('; '),
      };
    });
  }

  /** The features of a row as texts, by the schema's names: levels as the schema has them, empty where a value is missing. */
  #values({ values, unknown }: PartRows, row: number): Record<string, string> {
    return Object.fromEntries(this.#features.map(({ name, levels, at }) => {
      const value = values[at]?.[row] ?? NaN;
      if (Number.isNaN(value)) return [name, ''];
      return [name, levels ? (levels[value] ?? unknown?.[at]?.[row] ?? '') : String(value)];
    }));
  }
}
