import { z } from 'zod';
import { type ProgramOptions, RunningProgram } from './running-program.ts';

const readyMessage = z.looseObject({ ready: z.literal(true) });
const logLine = z.looseObject({ level: z.string(), msg: z.string() });

export type ReadyFacts = z.infer<typeof readyMessage>;
export type LogLine = z.infer<typeof logLine>;

/** `api`, `worker` or `trainer` as a real process. */
export class SpindleProcess extends RunningProgram {
  readonly kind: 'api' | 'worker' | 'trainer';

  /** Starts it without waiting; free ports are used unless the environment names others. */
  constructor(kind: 'api' | 'worker' | 'trainer', environment: Record<string, string>, options: Omit<ProgramOptions, 'environment'> = {}) {
    super(`${kind}/main.js`, [], { ...options, environment: { PORT: '0', ...environment } });
    this.kind = kind;
  }

  /** Starts it and waits until it says that it is ready. Rejects with its output where it does not. */
  static async start(kind: 'api' | 'worker' | 'trainer', environment: Record<string, string>, milliseconds = 15_000): Promise<SpindleProcess> {
    const started = new SpindleProcess(kind, environment);
    await started.ready(milliseconds);
    return started;
  }

  /** What it said of itself when it became ready: its port and the like. */
  ready(milliseconds = 15_000): Promise<ReadyFacts> {
    return this.until('ready', () => this.messages.map((message) => readyMessage.safeParse(message).data).find(Boolean), milliseconds);
  }

  /** Its log so far, oldest first. */
  get log(): LogLine[] {
    return this.stdout.split('\n').flatMap((line) => {
      try {
        return [logLine.parse(JSON.parse(line))];
      } catch {
        return [];
      }
    });
  }

  /** The first log line that fits, waited for where it is yet to come. */
  untilLogged(fits: (line: LogLine) => boolean, milliseconds?: number): Promise<LogLine> {
    return this.until('a log line', () => this.log.find(fits), milliseconds);
  }
}
