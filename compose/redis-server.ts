import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { checkRedis } from '../common/redis.ts';
import type { LogFile } from './log-file.ts';
import type { Program } from './supervised-process.ts';

/** What to do on a machine without a Redis. */
export const howToGetRedis = [
  'Spindle keeps its queue in Redis, and found neither redis-server nor valkey-server on the PATH. One of these mends it:',
  '  - install one:  apt-get install redis-server   or   brew install redis',
  '  - use Docker:   docker compose up --build      (then npm start is not needed)',
  '  - use one that runs somewhere:  REDIS_URL=redis://host:6379 npm start',
].join('\n');

/** Path of a Redis or Valkey server on a search path such as that of PATH, or undefined. */
export function findRedisServer(searchPath: string | undefined): string | undefined {
  const candidates = ['redis-server', 'valkey-server'].flatMap((name) =>
    (searchPath ?? '').split(delimiter).filter(Boolean).map((directory) => join(directory, name)),
  );
  return candidates.find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Where a Redis of one's own listens and keeps its data. */
export interface RedisServerOptions {
  /** The server program. */
  binary: string;
  /** TCP port of 127.0.0.1. */
  port: number;
  /** Letters and digits; without one, everybody on this machine may use it. */
  password?: string;
  /** Folder of its data. */
  directory: string;
  /** Whether every write is appended to a file, and so survives its end. */
  appendonly: boolean;
  log: LogFile;
}

/** A Redis that only this machine reaches, set up as a queue needs it: nothing is ever evicted. */
export function redisServer({ binary, port, password, directory, appendonly, log }: RedisServerOptions): Program {
  const configuration = [
    'bind 127.0.0.1',
    `port ${port}`,
    ...(password ? [`requirepass ${password}`] : []),
    `appendonly ${appendonly ? 'yes' : 'no'}`,
    'appendfsync everysec',
    'save ""',
    'maxmemory-policy noeviction',
    '',
  ].join('\n');
  return {
    name: 'redis',
    spawn: () => {
      // On standard input the configuration, and so the password, shows in no list of processes.
      // A process group of its own keeps Ctrl-C from it, so that it ends after those who use it.
      const child = log.lend((output) => spawn(binary, ['-'], { cwd: directory, detached: true, stdio: ['pipe', output, output] }));
      child.stdin?.on('error', () => {}); // it ended before it had read everything, which is reported as its end
      child.stdin?.end(configuration);
      return child;
    },
    untilReady: async (_child: ChildProcess, ended: AbortSignal) => {
      const address = { url: `redis://127.0.0.1:${port}`, password };
      while (!(await checkRedis(address, 1_000))) await delay(30, undefined, { signal: ended });
      return '';
    },
    lastWords: () => log.tail(5),
  };
}
