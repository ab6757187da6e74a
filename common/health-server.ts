import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { SpindleError, messageOf } from './errors.ts';
import type { Service } from './lifecycle.ts';

/** Whether a process can do its work now, and why not. */
export interface Readiness {
  ready: boolean;
  [fact: string]: unknown;
}

/** The small HTTP port of a process that otherwise speaks none: `/healthz`, `/readyz`, `/metrics`. */
export class HealthServer implements Service {
  readonly #server: Server;
  readonly #host: string;
  readonly #port: number;

  constructor(options: { host: string; port: number; readiness: () => Readiness | Promise<Readiness>; metrics: Registry }) {
    this.#host = options.host;
    this.#port = options.port;
    this.#server = createServer((request, response) => {
      const answer = (status: number, type: string, body: string): void => void response.writeHead(status, { 'content-type': type }).end(body);
      const respond = async (): Promise<void> => {
        switch (request.url) {
          case '/healthz':
            return answer(200, 'application/json', '{"status":"ok"}');
          case '/readyz': {
            const readiness = await options.readiness();
            return answer(readiness.ready ? 200 : 503, 'application/json', JSON.stringify(readiness));
          }
          case '/metrics':
            return answer(200, options.metrics.contentType, await options.metrics.metrics());
          default:
            return answer(404, 'text/plain', 'see /healthz, /readyz and /metrics\n');
        }
      };
      respond().catch((error: unknown) => answer(500, 'text/plain', messageOf(error)));
    });
  }

  /** Port in use, once started. */
  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  /** Throws `invalid_configuration` where the port is taken. */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) =>
        reject(new SpindleError('invalid_configuration', `cannot listen on ${this.#host}:${this.#port}: ${messageOf(error)}`, { cause: error })),
      );
      this.#server.listen(this.#port, this.#host, resolve);
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
