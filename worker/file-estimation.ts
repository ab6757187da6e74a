import type { EstimateColumns } from '../common/estimate.ts';
import { SpindleError, issueText } from '../common/errors.ts';
import { csvRecords } from '../common/files/csv-records.ts';
import { EstimateRows } from '../common/files/estimate-rows.ts';
import { type AcceptedRows, PartRows, type RejectedRow } from '../common/files/part-rows.ts';
import type { Estimator } from '../common/model/estimator.ts';
import type { UnknownPolicy } from '../common/part.ts';

/** Reasons kept for whoever asks afterwards. */
const keptReasons = 100;

/** Estimates the parts of a CSV file piece by piece: memory does not grow with the file. */
export class FileEstimation {
  estimated = 0;
  rejected = 0;
  /** Why rows were refused, the first hundred. */
  readonly firstReasons: string[] = [];
  readonly #estimator: Estimator;
  readonly #unknown: UnknownPolicy;
  readonly #onRejected: (header: readonly string[], rows: RejectedRow[]) => Promise<void>;

  /** `unknown` decides on rows with levels or gaps that training did not have; `onRejected` is given the header, and then the refused rows of each piece that has some. */
  constructor(estimator: Estimator, unknown: UnknownPolicy, onRejected: (header: readonly string[], rows: RejectedRow[]) => Promise<void>) {
    this.#estimator = estimator;
    this.#unknown = unknown;
    this.#onRejected = onRejected;
  }

  /** The estimated file as text, in pieces. Throws what `csvRecords` and `PartRows` throw, and `empty_file`. */
  async *lines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
    const { schema, version, reader } = this.#estimator;
    let parts: PartRows | undefined;
    let out: EstimateRows | undefined;
    for await (const records of csvRecords(source)) {
      let from = 0;
      if (!parts || !out) {
        parts = new PartRows(records[0]?.cells ?? [], reader, this.#unknown);
        out = new EstimateRows(parts.header, schema.target.name, version);
        from = 1;
        await this.#onRejected(parts.header, []);
        yield out.head();
      }
      const accepted = parts.noRows();
      const rejected: RejectedRow[] = [];
      for (let r = from; r < records.length; r++) {
        const record = records[r];
        const refused = record && parts.sort(record, accepted);
        if (refused) rejected.push(refused);
      }
      if (rejected.length > 0) await this.#reject(parts.header, rejected);
      if (accepted.cells.length > 0) yield out.lines(accepted.cells, this.#estimate(accepted));
    }
    if (!parts) throw new SpindleError('empty_file', 'the file is empty');
  }

  #estimate({ cells, values, unknown }: AcceptedRows): EstimateColumns {
    const estimates: EstimateColumns = { value: [], low: [], high: [], flags: {} };
    this.#estimator.append({ rows: cells.length, columns: values.map((column) => Float64Array.from(column)), unknown }, 0, cells.length, estimates);
    this.estimated += cells.length;
    return estimates;
  }

  async #reject(header: readonly string[], rows: RejectedRow[]): Promise<void> {
    this.rejected += rows.length;
    for (const { issues } of rows.slice(0, keptReasons - this.firstReasons.length)) {
      this.firstReasons.push(issues.map(issueText).join('. '));
    }
    await this.#onRejected(header, rows);
  }
}
