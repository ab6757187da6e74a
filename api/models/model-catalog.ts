import { z } from 'zod';
import { messageOf } from '../../common/errors.ts';
import { type ModelChange, readHistory } from '../../common/model/model-history.ts';
import type { ModelMetadata, ModelReader } from '../../common/model/model-reader.ts';
import { outcomeOf } from '../../common/model/report.ts';
import type { ServingModels } from './serving-models.ts';

/** One model version in the list. */
export const modelSummarySchema = z
  .strictObject({
    version: z.string(),
    state: z.enum(['current', 'available', 'refused']).describe('refused: damaged, see reason'),
    reason: z.string().nullable().describe('Why it is refused'),
    created_at: z.string().nullable(),
    rows: z.int().nullable().describe('Parts learned from'),
    source: z.string().nullable(),
    rmse: z.number().nullable().describe('Cross-validated root mean square error, in the target\'s unit'),
    coverage: z.number().nullable().describe('Share of actuals inside their interval'),
    verdict: z.string().nullable().describe('What the gate decided: promoted or kept; overridden where it was made current against the gate'),
  })
  .meta({ id: 'ModelSummary' });

export type ModelSummary = z.infer<typeof modelSummarySchema>;

/** Changes of the current version that the list shows. */
const shownChanges = 20;

/** What the API may know of the model versions: their schemas and reports, and whether workers accept them. */
export class ModelCatalog {
  readonly #reader: ModelReader;
  readonly #models: ServingModels;

  constructor(reader: ModelReader, models: ServingModels) {
    this.#reader = reader;
    this.#models = models;
  }

  /** The version that `current` names; null before the first one or where the file is damaged. */
  async current(): Promise<string | null> {
    return (await this.#reader.current().catch(() => undefined)) ?? null;
  }

  /** All versions, newest first. */
  async list(): Promise<ModelSummary[]> {
    const [versions, current] = await Promise.all([this.#reader.list(), this.current()]);
    return Promise.all(versions.reverse().map((version) => this.summary(version, current)));
  }

  /** The last changes of the current version, newest first. */
  history(): Promise<ModelChange[]> {
    return readHistory(this.#reader.directory, shownChanges);
  }

  /** One version's schema and report. Throws `not_found` or `model_refused`. */
  metadata(version: string): Promise<ModelMetadata> {
    return this.#reader.metadata(version);
  }

  /** What the list says of one version. */
  async summary(version: string, current: string | null): Promise<ModelSummary> {
    const refusal = this.#models.refused[version];
    try {
      await this.#reader.verify(version);
      const { report } = await this.#reader.metadata(version);
      return {
        version,
        state: refusal === undefined ? (version === current ? 'current' : 'available') : 'refused',
        reason: refusal ?? null,
        created_at: report.created_at,
        rows: report.data.rows_used,
        source: report.data.source,
        rmse: report.overall.rmse,
        coverage: report.overall.coverage,
        verdict: outcomeOf(report.gate),
      };
    } catch (error) {
      return { version, state: 'refused', reason: refusal ?? messageOf(error), created_at: null, rows: null, source: null, rmse: null, coverage: null, verdict: null };
    }
  }
}
