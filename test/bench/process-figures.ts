import { readFileSync } from 'node:fs';

/** The most memory that a living process has had at once, in MB (10^6 bytes); undefined where there is no /proc. */
export function peakMemory(pid: number): number | undefined {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1];
  return kibibytes === undefined ? undefined : (Number(kibibytes) * 1_024) / 1e6;
}

/** Seconds of processor time that a living process has used; undefined where there is no /proc. */
export function processorSeconds(pid: number): number | undefined {
  // The name in parentheses may hold spaces; user and system time are the 12th and 13th field behind it, in hundredths of a second.
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
  return fields.length < 13 ? undefined : (Number(fields[11]) + Number(fields[12])) / 100;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
