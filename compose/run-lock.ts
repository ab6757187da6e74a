import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type Server, createConnection, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { messageOf } from '../common/errors.ts';

/**
 * Lets one start at a time use a data folder. The lock is a socket that the holder listens on: unlike a process id in a
 * file it can be neither stale nor somebody else's, because the kernel closes it with its holder.
 */
export class RunLock {
  /** Whether the one before was killed while it held the lock: what it started may still be ending. */
  readonly wasAbandoned: boolean;
  readonly #server: Server;

  private constructor(server: Server, wasAbandoned: boolean) {
    this.#server = server;
    this.wasAbandoned = wasAbandoned;
  }

  /** Takes the lock, or returns what its holder says of itself. */
  static async take(directory: string, aboutHolder: string): Promise<RunLock | string> {
    let problem: unknown;
    for (const path of candidates(directory)) {
      for (const wasAbandoned of [false, true]) {
        try {
          return new RunLock(await listen(path, aboutHolder), wasAbandoned);
        } catch (error) {
          problem = error;
          if (!isInUse(error)) break; // this file system knows no sockets, or the path is too long for one
          const holder = await ask(path);
          if (holder !== undefined) return holder;
          rmSync(path, { force: true }); // its holder was killed
        }
      }
    }
    throw new Error(`cannot tell whether Spindle runs already: ${messageOf(problem)}`, { cause: problem });
  }

  /** Lets the next one in. */
  release(): Promise<void> {
    return new Promise((done) => this.#server.close(() => done()));
  }
}

/** In the folder itself where that works; else in the place for temporary files, under a name made from the folder's. */
function candidates(directory: string): string[] {
  const name = createHash('sha256').update(resolve(directory)).digest('hex').slice(0, 16);
  // A socket's path is limited to about a hundred bytes: the relative one is the shorter.
  return [relative('', join(directory, 'start.sock')), join(tmpdir(), `spindle-${name}.sock`)];
}

function listen(path: string, aboutHolder: string): Promise<Server> {
  return new Promise((done, fail) => {
    const server = createServer((socket) => {
      socket.on('error', () => {}); // whoever asked is gone
      socket.end(aboutHolder);
    });
    server.once('error', fail);
    server.listen(path, () => done(server.unref()));
  });
}

/** What listens there says, or undefined where nothing does. */
function ask(path: string): Promise<string | undefined> {
  return new Promise((done) => {
    let answer = '';
    const socket = createConnection(path);
    // A holder that is stopped in a debugger is a holder all the same.
    socket.setTimeout(2_000, () => socket.destroy());
    socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
    let connected = false;
    socket.on('connect', () => (connected = true));
    socket.on('error', () => {}); // `close` follows
    socket.on('close', () => done(connected ? answer : undefined));
  });
}

const isInUse = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
