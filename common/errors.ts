import { z } from 'zod';

/**
 * Every error that a user can meet: what went wrong by a stable code, whether trying again can help.
 * Only `api/` turns a code into an HTTP status.
 */
export const errorCodes = {
  // The caller's input
  invalid_request: { title: 'The request is not valid HTTP', retryable: false },
  headers_too_large: { title: 'The address and headers are too long', retryable: false },
  request_timeout: { title: 'The request took too long to arrive', retryable: true },
  invalid_query: { title: 'The query string is not understood', retryable: false },
  invalid_json: { title: 'The body is not valid JSON', retryable: false },
  invalid_body: { title: 'The body does not have the expected shape', retryable: false },
  invalid_part: { title: 'At least one part cannot be estimated as given', retryable: false },
  too_many_parts: { title: 'Too many parts in one request', retryable: false },
  body_too_large: { title: 'The body is larger than allowed', retryable: false },
  unsupported_media_type: { title: 'The content type is not supported here', retryable: false },
  not_text: { title: 'The file is not CSV text', retryable: false },
  unsupported_encoding: { title: 'The text encoding is not supported', retryable: false },
  invalid_csv: { title: 'The CSV cannot be read', retryable: false },
  invalid_workbook: { title: 'The workbook cannot be read', retryable: false },
  empty_file: { title: 'The file has no rows', retryable: false },
  missing_columns: { title: 'The file lacks columns that the model needs', retryable: false },
  duplicate_columns: { title: 'The file names a column twice', retryable: false },
  ambiguous_file: { title: 'The file can be read in more than one way', retryable: false },
  too_many_columns: { title: 'The file has too many columns', retryable: false },
  too_many_rows: { title: 'The file has too many rows', retryable: false },
  rejected_rows: { title: 'Some rows of the file are refused', retryable: false },
  no_acceptable_rows: { title: 'No row of the file can be estimated', retryable: false },
  out_of_memory: { title: 'The work needs more memory than there is', retryable: false },
  unusable_training_data: { title: 'The data cannot train a model', retryable: false },
  upload_interrupted: { title: 'The upload ended before the file was complete', retryable: true },
  idempotency_key_reused: { title: 'The idempotency key was used for another request', retryable: false },
  idempotency_in_progress: { title: 'A request with this idempotency key is still running', retryable: true },
  no_shop: { title: 'There is no shop to plan for', retryable: false },
  invalid_shop: { title: 'The shop is not valid', retryable: false },
  invalid_schedule_request: { title: 'The schedule cannot be made as asked', retryable: false },
  nothing_to_plan: { title: 'No part can be planned', retryable: false },
  too_many_operations: { title: 'Too many operations for one schedule', retryable: false },
  invalid_configuration: { title: 'The configuration is not valid', retryable: false },
  // The resource
  not_found: { title: 'There is nothing at this address', retryable: false },
  method_not_allowed: { title: 'This address does not take that method', retryable: false },
  already_finished: { title: 'The work is finished already', retryable: false },
  not_ready_yet: { title: 'The result is not complete yet', retryable: true },
  model_refused: { title: 'The model version cannot be used', retryable: false },
  // The service
  redis_unavailable: { title: 'The queue is not reachable', retryable: true },
  storage_full: { title: 'The queue store is full', retryable: true },
  no_model: { title: 'No worker has a model loaded yet', retryable: true },
  deadline_exceeded: { title: 'No answer came in time', retryable: true },
  internal: { title: 'Something unexpected went wrong', retryable: true },
} as const satisfies Record<string, { title: string; retryable: boolean }>;

export type ErrorCode = keyof typeof errorCodes;

/** One thing that is wrong with one cell or field: where, what, and how to mend it. */
export const fieldIssueSchema = z.strictObject({
  line: z.int().optional().describe('Line of the file, the first is 1'),
  part: z.int().optional().describe('Position in parts, the first is 0'),
  field: z.string().describe('Column, field or parameter'),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]).describe('The value as it came; null where it is absent'),
  message: z.string().describe('The whole sentence: place, expectation and value'),
  refused_row: z.literal(true).optional().describe('This row would merely be refused: it does not keep the file from being used'),
  fix: z.string().optional().describe('What to do about it'),
});

export type FieldIssue = z.infer<typeof fieldIssueSchema>;

/** An issue as one line of text: what is wrong, and what to do about it. */
export function issueText({ message, fix }: FieldIssue): string {
  return fix === undefined || message.includes(fix) ? message : `${message}; ${fix}`;
}

/** An error with a stable code, a sentence for its reader and, for rows and fields, the list of what is wrong. */
export class SpindleError extends Error {
  readonly code: ErrorCode;
  readonly issues: readonly FieldIssue[];

  constructor(code: ErrorCode, message: string, options: { issues?: readonly FieldIssue[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SpindleError';
    this.code = code;
    this.issues = options.issues ?? [];
  }

  /** True where the same call can succeed later without being changed. */
  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }
}

/** True for a code of this program, false for any other text. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCodes, text);
}

/** Problems of a shape that a message names. */
const shownProblems = 5;

/** The message of anything thrown; what does not have its shape is told by field, not as the validator's list. */
export function messageOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const shown = error.issues.slice(0, shownProblems).map(({ path, message }) => `${path.join('.') || 'the whole'}: ${message}`);
    return [...shown, ...(error.issues.length > shownProblems ? [`and ${error.issues.length - shownProblems} more`] : [])].join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}
