import type { BatchChanges, BatchStore } from '../../common/batch-store.ts';
import { planningChunkSchema } from '../../common/batch-totals.ts';
import type { ChunkStore } from '../../common/chunk-store.ts';
import { SpindleError } from '../../common/errors.ts';
import type { AcceptedRows } from '../../common/files/import/planned-rows.ts';
import type { RedisKeys } from '../../common/redis-keys.ts';

/** Parts named in the report. */
const listed = 100;

/** Compares an upload, row by row, with the batch that it replaces: parts are the same by part_id, and unchanged where all that is known of them is. */
export class BatchComparison {
  /** part_id → hash of its content, for parts that the upload has not named yet. */
  readonly #left: Map<string, number>;
  readonly #counts: { added: number; changed: number; unchanged: number };
  readonly #first: BatchChanges['first'] = [];
  readonly #replaces: string;

  /** Reads what is known of the earlier batch. Throws `not_found`, and `invalid_query` where its parts have no ids. */
  static async with(replaces: string, { batches, chunks, keys }: { batches: BatchStore; chunks: ChunkStore; keys: RedisKeys }): Promise<BatchComparison> {
    const batch = await batches.find(replaces);
    if (!batch) throw new SpindleError('not_found', `there is no batch ${replaces} to replace: it never was, or its results have expired`);
    const left = new Map<string, number>();
    for (let chunk = 0; chunk < batch.chunks; chunk++) {
      const { part_id: ids = [], order_id: orders, operation: operations, content = [] } = (await chunks.find(keys.batchPlanning(replaces, chunk), planningChunkSchema)) ?? {};
      for (const [row, id] of ids.entries()) if (id !== null) left.set(nameOf(id, orders?.[row], operations?.[row]), content[row] ?? 0);
    }
    if (left.size === 0) throw new SpindleError('invalid_query', `query parameter replaces: the batch ${replaces} has no column part_id, by which its parts could be told; upload without replaces`);
    return new BatchComparison(replaces, left);
  }

  private constructor(replaces: string, left: Map<string, number>) {
    this.#replaces = replaces;
    this.#left = left;
    this.#counts = { added: 0, changed: 0, unchanged: 0 };
  }

  /** Takes accepted rows and their contents (`partContents`) into account; a part without an id is a new one. */
  compare(rows: AcceptedRows, contents: readonly number[] | undefined): void {
    for (const [row, line] of rows.lines.entries()) {
      const id = rows.planning.part_id?.[row];
      const part = typeof id === 'string' ? nameOf(id, rows.planning.order_id?.[row], rows.planning.operation?.[row]) : '';
      const before = this.#left.get(part);
      const change = before === undefined ? 'added' : before === contents?.[row] ? 'unchanged' : 'changed';
      this.#counts[change]++;
      this.#left.delete(part);
      if (change !== 'unchanged' && this.#first.length < listed) this.#first.push({ part_id: part, line, change });
    }
  }

  /** The report, once all rows have been compared. */
  result(): BatchChanges {
    const gone = [...this.#left.keys()].slice(0, listed - this.#first.length).map((part): BatchChanges['first'][number] => ({ part_id: part, line: null, change: 'gone' }));
    return { replaces: this.#replaces, ...this.#counts, gone: this.#left.size, first: [...this.#first, ...gone] };
  }
}

/** What tells a part from all others of its list: one id may stand in several orders and operations. */
function nameOf(id: string, order: string | number | null | undefined, operation: string | number | null | undefined): string {
  return [id, ...(order === null || order === undefined ? [] : [`order ${order}`]), ...(operation === null || operation === undefined ? [] : [`operation ${operation}`])].join(', ');
}
