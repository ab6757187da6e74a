import { answerCommands } from './answer-commands.ts';
import { Connections } from './connections.ts';
import { freshParts, freshQuery } from './fresh-part.ts';
import type { KeepAliveConnection } from './keep-alive-connection.ts';

/** What to send: paths in turn, a never asked part as the query of a path each time, or lists of such parts to `POST /v1/estimates`. */
export type Requests = { kind: 'paths'; paths: string[] } | { kind: 'fresh'; path: string } | { kind: 'fresh lists'; parts: number };

/** Load on a server of this machine: every connection sends its next request when the last one is answered. */
export interface LoadCommand {
  port: number;
  connections: number;
  /** When to end, whichever comes first; a `stop` command ends it as well. */
  until: { milliseconds: number; requests?: number };
  requests: Requests;
  /** How long a connection rests between an answer and its next request, in milliseconds. */
  pauseMs?: number;
}

/** Answers by the time they came, in milliseconds of `Date.now()` and as the time that each took, in milliseconds. */
export interface LoadResult {
  seconds: number;
  at: number[];
  took: number[];
}

const connections = new Connections();
const running = new Set<() => void>();

async function load(command: LoadCommand): Promise<LoadResult> {
  const open = await connections.open(command.port, command.connections);
  const nextRequest = requestMaker(command.requests);
  const [at, took]: [number[], number[]] = [[], []];
  const start = performance.now();
  let end = Infinity;
  const stop = (): void => void (end = Math.min(end, performance.now()));
  const timer = setTimeout(stop, command.until.milliseconds);
  running.add(stop);
  let left = command.until.requests ?? Infinity;
  /** Sends one request after the other until the end; what is answered after it does not count. */
  const use = (connection: KeepAliveConnection): Promise<void> =>
    new Promise((resolve, reject) => {
      const send = (): void => {
        if (end !== Infinity) return resolve();
        if (left-- <= 0) {
          stop();
          return resolve();
        }
        const request = nextRequest();
        const sentAt = performance.now();
        const answered = (status: number): void => {
          const now = performance.now();
          if (status !== 200) return reject(new Error(`answered with ${status}: ${request.slice(0, 200)}`));
          if (now <= end) {
            at.push(Math.round(performance.timeOrigin + now));
            took.push(Math.round((now - sentAt) * 1e3) / 1e3);
          }
          if (command.pauseMs === undefined) send();
          else setTimeout(send, command.pauseMs);
        };
        connection.send(request, answered, reject);
      };
      send();
    });
  try {
    await Promise.all(open.map(use));
    return { seconds: (end - start) / 1_000, at, took };
  } catch (error) {
    connections.close(command.port);
    throw error;
  } finally {
    running.delete(stop);
    clearTimeout(timer);
  }
}

function requestMaker(requests: Requests): () => string {
  const head = 'HTTP/1.1\r\nhost: 127.0.0.1\r\n';
  if (requests.kind === 'paths') {
    const ready = requests.paths.map((path) => `GET ${path} ${head}\r\n`);
    let next = 0;
    return () => ready[next++ % ready.length] ?? '';
  }
  if (requests.kind === 'fresh') return () => `GET ${requests.path}?${freshQuery()} ${head}\r\n`;
  return () => {
    const body = freshParts(requests.parts);
    return `POST /v1/estimates ${head}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  };
}

/** Ends all load that runs; what it measured is answered to whoever started it. */
async function endAll(): Promise<void> {
  for (const end of running) end();
}

answerCommands({ load, stop: endAll });
