import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { type ErrorCode, SpindleError, errorCodes, fieldIssueSchema, messageOf } from '../common/errors.ts';
import type { Log } from '../common/log.ts';
import { asRedisError } from '../common/redis.ts';
import { requestIdOf } from './request-id.ts';

/** HTTP status of each code. */
const statuses: Record<ErrorCode, number> = {
  invalid_request: 400,
  headers_too_large: 431,
  request_timeout: 408,
  invalid_query: 400,
  invalid_json: 400,
  invalid_body: 400,
  invalid_part: 422,
  too_many_parts: 413,
  body_too_large: 413,
  unsupported_media_type: 415,
  not_text: 415,
  unsupported_encoding: 415,
  invalid_csv: 422,
  empty_file: 422,
  missing_columns: 422,
  duplicate_columns: 422,
  ambiguous_file: 422,
  rejected_rows: 422,
  invalid_workbook: 422,
  too_many_columns: 422,
  too_many_rows: 413,
  no_acceptable_rows: 422,
  out_of_memory: 413,
  unusable_training_data: 422,
  upload_interrupted: 400,
  idempotency_key_reused: 422,
  idempotency_in_progress: 409,
  no_shop: 409,
  invalid_shop: 422,
  invalid_schedule_request: 422,
  nothing_to_plan: 422,
  too_many_operations: 413,
  invalid_configuration: 500,
  not_found: 404,
  method_not_allowed: 405,
  already_finished: 409,
  not_ready_yet: 409,
  model_refused: 409,
  redis_unavailable: 503,
  storage_full: 503,
  no_model: 503,
  deadline_exceeded: 504,
  internal: 500,
};

/** The body of every error answer: RFC 9457 problem details, with Spindle's code and the list of what is wrong. */
export const problemSchema = z
  .strictObject({
    type: z.string().describe('about:blank: the code says which problem it is'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What went wrong and what to do about it'),
    code: z.string().describe('Stable name of the problem'),
    retryable: z.boolean().describe('True where the same request can succeed later'),
    request_id: z.string(),
    errors: z.array(fieldIssueSchema).optional(),
  })
  .meta({ id: 'Problem' });

/** Problems at most in one answer; the detail tells how many there are. */
const maxIssues = 100;

/** The problem that an error is to the caller of a request. */
export function problemBody({ code, message, issues }: SpindleError, requestId: string): z.infer<typeof problemSchema> {
  const body = { type: 'about:blank', ...errorCodes[code], status: statuses[code], detail: message, code, request_id: requestId };
  return issues.length > 0 ? { ...body, errors: issues.slice(0, maxIssues) } : body;
}

/** Answers with a problem. */
export function sendProblem(response: Response, error: SpindleError): void {
  const body = problemBody(error, requestIdOf(response));
  const { status, retryable } = body;
  if (retryable && status >= 500 && status !== 500) response.setHeader('retry-after', '1');
  response.status(status).type('application/problem+json').send(JSON.stringify(body));
}

/** The last handler: turns whatever was thrown into a problem, and logs what the caller cannot mend. */
export function problemHandler(log: Log): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const error = asSpindleError(thrown);
    const facts = { request: requestIdOf(response), method: request.method, path: request.path, code: error.code, reason: error.message };
    if (error.code === 'internal') log.error({ ...facts, err: thrown }, 'request failed');
    else if (statuses[error.code] >= 500) log.warn(facts, 'request failed');
    else log.debug(facts, 'request refused');
    if (!response.headersSent) return sendProblem(response, error);
    // The answer has begun: only a broken connection tells the reader that it is not whole.
    response.destroy();
    next();
  };
}

/** Answers for addresses that do not exist. */
export const notFound: RequestHandler = (request) => {
  throw new SpindleError('not_found', `there is nothing at ${request.method} ${request.path.slice(0, 200)}; see /docs`);
};

/** Answers for methods that an existing address does not take. */
export function onlyMethods(...methods: string[]): RequestHandler {
  return (request, response) => {
    response.setHeader('allow', methods.join(', '));
    throw new SpindleError('method_not_allowed', `${request.path} takes ${methods.join(', ')}, not ${request.method}`);
  };
}

function asSpindleError(thrown: unknown): SpindleError {
  const error = asRedisError(thrown);
  if (error instanceof SpindleError) return error;
  if (error instanceof URIError) return new SpindleError('invalid_query', `the address is not valid: ${error.message}`);
  // Express and its body parser mark their own errors with a status, most with a type.
  if (error instanceof Error && 'status' in error && Number(error.status) >= 400 && Number(error.status) < 500) {
    switch ('type' in error ? error.type : undefined) {
      case 'entity.too.large':
        return new SpindleError('body_too_large', `the body is larger than ${'limit' in error ? `${String(error.limit)} bytes` : 'allowed'}; send up to 1,000 parts at a time, or upload a CSV to /v1/batches`);
      case 'entity.parse.failed':
        return new SpindleError('invalid_json', `the body is not valid JSON: ${messageOf(error)}`);
      case 'encoding.unsupported':
      case 'charset.unsupported':
        return new SpindleError('unsupported_media_type', messageOf(error));
      case 'request.aborted':
      case 'request.size.invalid':
        return new SpindleError('upload_interrupted', messageOf(error));
      default:
        return new SpindleError('invalid_body', `the body cannot be read: ${messageOf(error)}`, { cause: error });
    }
  }
  return new SpindleError('internal', 'something unexpected went wrong; the log has the details under this request id', { cause: error });
}
