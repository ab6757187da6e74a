import { type Logger, pino } from 'pino';

export type Log = Logger;

/** Structured log of one process, a JSON object a line on standard output. */
export function createLog(process: 'api' | 'worker' | 'trainer', level: string): Log {
  return pino({
    level,
    base: { process, pid: globalThis.process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: ['password', 'headers.authorization'],
  });
}
