import { setFlagsFromString } from 'node:v8';

/** By how much more than what is in use the heap grows before it is collected, in percent. */
const percent = 30;

/**
 * Makes this process collect its heap soon. V8 lets a heap grow to four times what is in use, so that a long stream of rows, of which little is in use at
 * a time, takes more memory the longer it is; collecting sooner costs no measurable time where little is in use. For all threads of the process.
 */
export function collectSoon(): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}
