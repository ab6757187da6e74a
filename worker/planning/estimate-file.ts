import { SpindleError } from '../../common/errors.ts';
import { estimateColumnNames } from '../../common/estimate.ts';
import type { ImportOptions } from '../../common/files/import/import-options.ts';
import type { ImportReport } from '../../common/files/import/import-report.ts';
import { PartFile } from '../../common/files/import/part-file.ts';
import type { Vocabulary } from '../../common/files/import/vocabulary.ts';
import { PartReader } from '../../common/part.ts';
import type { Feature, PartSchema } from '../../common/part-schema.ts';
import { maxOperations, tooManyOperations } from '../../common/scheduling/schedule-request.ts';
import type { Shop } from '../../common/scheduling/shop.ts';
import type { EstimatedPart, RefusedPart } from './estimated-part.ts';
import { PartTable } from './part-table.ts';

/** How a file of estimated parts is read. */
export interface EstimateFileContext {
  shop: Shop;
  /** The column of the estimates; its ends of the interval stand in `<target>_low` and `<target>_high`. */
  target: string;
  options: ImportOptions;
  vocabulary: Vocabulary;
}

/**
 * Reads a file of estimated parts as uploads of parts are read, in any dialect and with times in any unit: its estimates, processes and setup features in the place of a model's features.
 * Throws what `PartFile` throws, `too_many_operations`, and `empty_file`.
 */
export async function readEstimateFile(source: AsyncIterable<Uint8Array>, { shop, target, options, vocabulary }: EstimateFileContext): Promise<{ parts: (EstimatedPart | RefusedPart)[]; report: ImportReport }> {
  const schema: PartSchema = { features: [...estimateFeatures(target), ...shopFeatures(shop)], target: { name: target, unit: 'min' } };
  // What the shop does not know is not refused here: planning tells it with a better reason.
  const file = await PartFile.open(source, { reader: new PartReader(schema), vocabulary, options, zone: shop.time_zone, unknown: 'estimate' });
  const sorted = file.none();
  for await (const rows of file.rows()) {
    for (const row of rows) file.sort(row, sorted);
    const count = sorted.accepted.lines.length + sorted.rejected.length;
    if (count > maxOperations) {
      await file.close();
      throw tooManyOperations();
    }
  }
  const { accepted, rejected } = sorted;
  if (accepted.lines.length + rejected.length === 0) throw new SpindleError('empty_file', 'the file has a header but no parts below it');
  const report = file.report();
  const table = new PartTable({ batchId: null, header: file.header, columns: report.columns, schema, processColumn: shop.process_column });
  const [values = [], lows = [], highs = []] = accepted.values;
  const estimate = (row: number): EstimatedPart['estimate'] => {
    const value = values[row] ?? NaN;
    const end = (number: number | undefined): number => (number === undefined || Number.isNaN(number) ? value : number);
    return Number.isNaN(value) ? undefined : { value, low: end(lows[row]), high: end(highs[row]) };
  };
  const version = file.header.indexOf('model_version');
  return { parts: [...table.parts(accepted, estimate, (row) => accepted.cells[row]?.[version]?.trim() ?? ''), ...table.refused(rejected)], report };
}

/** The estimate and, where the file has them, the ends of its interval. */
function estimateFeatures(target: string): Feature[] {
  const [value, low, high] = estimateColumnNames(target);
  const feature = { kind: 'number', min: 0, unit: 'min' } as const;
  return [{ ...feature, name: value }, { ...feature, name: low, optional: true }, { ...feature, name: high, optional: true }];
}

/** The process, and what setups look at: as categories of the values that the shop names, so that other ways to write them are understood. */
function shopFeatures({ machines, setups, process_column: processColumn }: Shop): Feature[] {
  const levels = new Map([[processColumn, new Set(machines.flatMap(({ processes }) => processes))]]);
  for (const { feature, changes } of setups) {
    const named = changes.flatMap(({ from, to }) => [from, to]).filter((value) => value !== undefined && value.trim() !== '');
    if (feature !== processColumn) levels.set(feature, new Set([...(levels.get(feature) ?? []), ...(named as string[])]));
  }
  return [...levels].flatMap(([name, values]): Feature[] => (values.size === 0 ? [] : [{ name, kind: 'category', levels: [...values], ...(name === processColumn ? {} : { optional: true as const }) }]));
}
