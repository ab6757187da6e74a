import { setFlagsFromString } from 'node:v8';

/** By how much more than what is in use the heap grows before it is collected, in percent. */
const percent = 30;

/**
 * Makes this process collect its heap soon. V8 lets a heap grow to four times what is in use, so that a long stream of rows, of which little is in use at
 * a time, takes more memory the longer it is. Of a large batch's processor time, collecting sooner takes some 3 % in the API and 7 % in a worker. For all threads of the process.
 */
export function collectSoon(): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}
