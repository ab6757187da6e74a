/** One row of estimated parts as its reader understood it. */
export interface EstimatedPart {
  /** The batch that it comes from; null where it comes from a file. */
  readonly batchId: string | null;
  readonly line: number;
  readonly partId: string | null;
  readonly orderId: string | null;
  readonly operation: number | null;
  /** Empty where the row names none. */
  readonly process: string;
  readonly quantity: number;
  readonly setupMinutes: number;
  /** ISO 8601: a date, a time with an offset, or one in the shop's zone. */
  readonly due: string | null;
  readonly release: string | null;
  /** 1 is the most urgent. */
  readonly priority: number | null;
  /** The estimate of one piece and its interval, in minutes; undefined where there is none. */
  readonly estimate: { readonly value: number; readonly low: number; readonly high: number } | undefined;
  /** All columns that neither plan nor estimate. */
  readonly features: Readonly<Record<string, string>>;
  readonly modelVersion: string;
}

/** A row that its reader refused: it is not planned, nor is the order that it belongs to. */
export interface RefusedPart extends Pick<EstimatedPart, 'batchId' | 'line' | 'partId' | 'orderId' | 'operation'> {
  readonly reason: string;
  readonly fix: string;
}
