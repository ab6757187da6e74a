import { z } from 'zod';
import { problemSchema } from '../../api/problem.ts';
import { temporaryDirectory } from './leftovers.ts';
import { publishVersion } from './model-versions.ts';
import type { PrivateRedis } from './private-redis.ts';
import { SpindleProcess } from './spindle-process.ts';

/** An HTTP answer, read to its end. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

export interface RunningSpindleOptions {
  /** Folder of the models; one with a fresh version unless given. */
  models?: string;
  workers?: number;
  api?: Record<string, string>;
  worker?: Record<string, string>;
}

/** An API and workers as real processes over a Redis and a models volume of the test's own. */
export class RunningSpindle {
  readonly redis: PrivateRedis;
  readonly prefix: string;
  readonly models: string;
  readonly workers: SpindleProcess[] = [];
  readonly apis: SpindleProcess[] = [];
  readonly #options: RunningSpindleOptions;
  #urls: string[] = [];

  private constructor(redis: PrivateRedis, models: string, options: RunningSpindleOptions) {
    this.redis = redis;
    this.prefix = redis.freshPrefix();
    this.models = models;
    this.#options = options;
  }

  /** Starts one API and the workers, and waits until an estimate can be asked for. */
  static async start(redis: PrivateRedis, options: RunningSpindleOptions = {}): Promise<RunningSpindle> {
    const models = options.models ?? (await temporaryDirectory());
    if (options.models === undefined) await publishVersion(models, 0);
    const spindle = new RunningSpindle(redis, models, options);
    await Promise.all([spindle.addApi(), ...Array.from({ length: options.workers ?? 1 }, () => spindle.addWorker())]);
    if (options.workers !== 0) await spindle.untilServing();
    return spindle;
  }

  /** What its processes find in their environment. */
  get environment(): Record<string, string> {
    return { ...this.redis.environment(this.prefix), MODELS_DIR: this.models, MODEL_POLL_MS: '200', LOG_LEVEL: 'info' };
  }

  get url(): string {
    return this.#urls[0] ?? '';
  }

  get api(): SpindleProcess {
    const [first] = this.apis;
    if (!first) throw new Error('there is no API');
    return first;
  }

  /** Starts one more API and returns its address. */
  async addApi(environment: Record<string, string> = {}): Promise<string> {
    const api = new SpindleProcess('api', { ...this.environment, ...this.#options.api, ...environment });
    this.apis.push(api);
    const { port } = z.looseObject({ port: z.number() }).parse(await api.ready());
    const url = `http://127.0.0.1:${port}`;
    this.#urls.push(url);
    return url;
  }

  async addWorker(environment: Record<string, string> = {}): Promise<SpindleProcess> {
    const worker = new SpindleProcess('worker', { ...this.environment, ...this.#options.worker, ...environment });
    this.workers.push(worker);
    await worker.ready();
    return worker;
  }

  /** Resolves when the API answers with this version, or with any. */
  async untilServing(version?: string, milliseconds = 10_000): Promise<void> {
    await until(`serving ${version ?? 'a version'}`, async () => {
      const { serving } = z.looseObject({ serving: z.string().nullable() }).parse(JSON.parse((await this.get('/readyz')).text));
      return version === undefined ? serving !== null : serving === version;
    }, milliseconds);
  }

  get(path: string, init: RequestInit = {}): Promise<Answer> {
    return ask(this.url + path, init);
  }

  /** Posts a value as JSON. */
  post(path: string, value: unknown, init: RequestInit = {}): Promise<Answer> {
    return ask(this.url + path, { ...init, method: 'POST', body: JSON.stringify(value), headers: { 'content-type': 'application/json' } });
  }

  /** Uploads a file as it is. */
  upload(path: string, bytes: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Answer> {
    return ask(this.url + path, { method: 'POST', body: bytes, headers: { 'content-type': 'text/csv', ...headers } });
  }

  /** Ends all processes in order; throws unless each ends with exit code 0. */
  async stop(): Promise<void> {
    const exits = await Promise.all([...this.apis, ...this.workers].map(async (one) => ({ name: one.name, ...(await one.stop()), errors: one.stderr })));
    const bad = exits.filter(({ code, errors }) => code !== 0 || errors !== '');
    if (bad.length > 0) throw new Error(`did not end well: ${JSON.stringify(bad)}`);
  }
}

/** Sends a request and reads its answer, which must come within the time in milliseconds. */
export async function ask(url: string, init: RequestInit = {}, milliseconds = 20_000): Promise<Answer> {
  const response = await fetch(url, { ...init, redirect: 'manual', signal: init.signal ?? AbortSignal.timeout(milliseconds) });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The answer's JSON in this shape. Throws with the whole answer where it has another status. */
export function json<T>(answer: Answer, schema: z.ZodType<T>, status = 200): T {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text.slice(0, 2_000)}`);
  return schema.parse(JSON.parse(answer.text));
}

export type Problem = z.infer<typeof problemSchema>;

/** The problem that an answer is. Throws where it is none, or not made as every problem must be. */
export function problem(answer: Answer): Problem {
  const type = answer.headers.get('content-type') ?? '';
  if (!type.startsWith('application/problem+json')) throw new Error(`expected a problem, got ${answer.status} ${type}: ${answer.text.slice(0, 2_000)}`);
  const parsed = problemSchema.parse(JSON.parse(answer.text));
  if (parsed.status !== answer.status) throw new Error(`the problem says ${parsed.status}, the answer ${answer.status}`);
  return parsed;
}

/** Resolves when the condition holds; asks again and again, and rejects after the time in milliseconds. */
export async function until(what: string, condition: () => Promise<boolean> | boolean, milliseconds = 10_000): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
