import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { RunningProgram } from '../support/running-program.ts';
import type { Command } from './processes/answer-commands.ts';

const dist = fileURLToPath(new URL('../../dist', import.meta.url));
const readyMessage = z.looseObject({ ready: z.literal(true), port: z.int().optional() });
const answerMessage = z.object({ id: z.int(), result: z.unknown().optional(), error: z.string().optional() });

/** One of the programs under `processes/`, which does what it is told over IPC. */
export class BenchProcess extends RunningProgram {
  /** Where it listens; 0 where it does not. */
  port = 0;
  #commands = 0;

  /** Starts the compiled program and waits until it is ready. */
  static async start(path: string, argv: string[] = []): Promise<BenchProcess> {
    const started = new BenchProcess(relative(dist, path), argv, { environment: { NODE_ENV: 'production' } });
    const ready = await started.until('ready', () => started.messages.map((message) => readyMessage.safeParse(message).data).find(Boolean));
    started.port = ready.port ?? 0;
    return started;
  }

  /** Has it run a command and returns the result. Rejects with what the command threw. */
  async command<T>(name: string, parameters: unknown, result: z.ZodType<T>, milliseconds = 180_000): Promise<T> {
    const id = this.#commands++;
    this.child.send({ id, name, parameters } satisfies Command);
    const answer = await this.until(`the result of ${name}`, () => this.#answer(id), milliseconds);
    if (answer.error !== undefined) throw new Error(`${this.name}, ${name}: ${answer.error}`);
    return result.parse(answer.result);
  }

  #answer(id: number): z.infer<typeof answerMessage> | undefined {
    const index = this.messages.findIndex((message) => answerMessage.safeParse(message).data?.id === id);
    // Taken out: results of loads are long lists.
    return index < 0 ? undefined : answerMessage.parse(this.messages.splice(index, 1)[0]);
  }
}
