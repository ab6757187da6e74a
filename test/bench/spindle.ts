import { untilAnswering } from '../../compose/first-answer.ts';
import { SpindleProcess } from '../support/spindle-process.ts';

export interface SpindleOptions {
  workers?: number;
  /** Settings beside those that every bench needs. */
  environment?: Record<string, string>;
}

/** An API and workers as real processes, run as the image runs them. */
export class Spindle {
  readonly api: SpindleProcess;
  readonly port: number;
  readonly #workers: SpindleProcess[] = [];
  readonly #environment: Record<string, string>;

  private constructor(api: SpindleProcess, port: number, environment: Record<string, string>) {
    this.api = api;
    this.port = port;
    this.#environment = environment;
  }

  static async start(environment: Record<string, string>, workers: number): Promise<Spindle> {
    const api = await SpindleProcess.start('api', environment);
    const spindle = new Spindle(api, Number((await api.ready())['port']), environment);
    await spindle.addWorkers(workers);
    await untilAnswering(spindle.url, AbortSignal.timeout(15_000));
    return spindle;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The first worker. */
  get worker(): SpindleProcess {
    const [first] = this.#workers;
    if (!first) throw new Error('no worker was started');
    return first;
  }

  /** Starts more workers; resolves when they take jobs. */
  async addWorkers(count: number): Promise<void> {
    this.#workers.push(...(await Promise.all(Array.from({ length: count }, () => SpindleProcess.start('worker', this.#environment)))));
  }

  /** Parts answered so far by where the estimate came from: to see that a row measured what it says. */
  async answered(from: 'cache' | 'worker' | 'shared'): Promise<number> {
    const response = await fetch(`${this.url}/metrics`);
    return Number(new RegExp(`^spindle_parts_answered_total\\{from="${from}"\\} (\\d+)$`, 'm').exec(await response.text())?.[1] ?? 0);
  }

  /** Ends all of it, in order. */
  async stop(): Promise<void> {
    await this.api.stop();
    await Promise.all(this.#workers.map((worker) => worker.stop()));
  }
}
