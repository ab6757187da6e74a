import { z } from 'zod';
import { BenchProcess } from './bench-process.ts';
import type { LoadCommand } from './processes/http-load.ts';

const resultSchema = z.object({ seconds: z.number(), at: z.array(z.number()), took: z.array(z.number()) });

/** Requests that were answered within some time. */
export type Load = z.infer<typeof resultSchema>;

/** The process that sends HTTP requests; any answer but 200 is an error. */
export class LoadGenerator {
  readonly #process: BenchProcess;

  private constructor(process: BenchProcess) {
    this.#process = process;
  }

  static async start(path: string): Promise<LoadGenerator> {
    return new LoadGenerator(await BenchProcess.start(path));
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Loads a server until the command's end. */
  load(command: LoadCommand): Promise<Load> {
    return this.#process.command('load', command, resultSchema);
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }

  /** Ends loads that run. */
  async endLoads(): Promise<void> {
    await this.#process.command('stop', null, z.null());
  }
}
