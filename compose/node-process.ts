import { spawn } from 'node:child_process';
import { z } from 'zod';
import type { LogFile } from './log-file.ts';
import type { Program } from './supervised-process.ts';

/** What one of Spindle's processes tells its launcher once it works. */
const readyMessage = z.looseObject({ ready: z.literal(true) });

/** One of Spindle's processes, by its script: standard output goes to its log, "ready" comes over its IPC channel. */
export function nodeProcess(options: { name: string; script: string; environment: NodeJS.ProcessEnv; log: LogFile }): Program {
  const { name, script, environment, log } = options;
  return {
    name,
    spawn: () =>
      // A process group of its own keeps Ctrl-C from it: the launcher ends all in order.
      log.lend((output) => spawn(process.execPath, [script], { env: environment, detached: true, stdio: ['ignore', output, 'pipe', 'ipc'] })),
    untilReady: (child) =>
      new Promise((resolve) => {
        child.on('message', (message) => {
          if (readyMessage.safeParse(message).success) resolve('');
        });
      }),
    lastWords: () => log.tail(3),
  };
}
