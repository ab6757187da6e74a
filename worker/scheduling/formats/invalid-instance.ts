import { SpindleError } from '../../../common/errors.ts';

/** The error for an instance that cannot be read: `place` as in `jobs[3][0]`, what was expected there and what stands there. */
export function invalidInstance(place: string, expected: string, found: unknown): SpindleError {
  return new SpindleError('invalid_body', `${place}: expected ${expected}, got ${JSON.stringify(found)}`);
}

/** Throws unless an array has the length that another part of the instance asks for. */
export function requireLength(place: string, values: readonly unknown[], length: number): void {
  if (values.length !== length) throw invalidInstance(place, `${length} entries`, values.length);
}
