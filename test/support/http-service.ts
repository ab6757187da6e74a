import { once } from 'node:events';
import { type RequestListener, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { mustEnd } from './leftovers.ts';

/** An HTTP server of a test's own on a free port; it must have been closed when the test file ends. */
export class HttpService {
  readonly server: Server;
  #isClosed = false;

  private constructor(listener: RequestListener) {
    this.server = createServer(listener);
    mustEnd('HTTP service', () => !this.#isClosed, () => void this.close());
  }

  static async start(listener: RequestListener): Promise<HttpService> {
    const service = new HttpService(listener);
    service.server.listen(0, '127.0.0.1');
    await once(service.server, 'listening');
    return service;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }
}

/** Sends bytes as they are over a connection of its own, and returns what comes back before it is closed or the milliseconds are over. */
export async function sendRaw(port: number, bytes: string | Uint8Array, milliseconds = 5_000): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  socket.on('error', () => {}); // closing follows
  socket.setTimeout(milliseconds, () => socket.destroy());
  socket.write(bytes);
  await new Promise((resolve) => socket.once('close', resolve));
  return answer;
}

/** The head and body of a raw answer, as `ask` returns one. */
export function parseRaw(answer: string): { status: number; headers: Headers; text: string } {
  const [head = '', ...body] = answer.split('\r\n\r\n');
  const [statusLine = '', ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
  return { status: Number(statusLine.split(' ')[1]), headers, text: body.join('\r\n\r\n') };
}
