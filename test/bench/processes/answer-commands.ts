/** What the bench asks of one of its processes. */
export interface Command {
  id: number;
  /** Name of the command. */
  name: string;
  /** Its parameters, whose shape the command declares. */
  parameters: unknown;
}

/** Runs commands as the bench sends them, tells it that it may, and ends when the bench has gone. */
export function answerCommands(commands: Record<string, (parameters: never) => Promise<unknown>>, facts: Record<string, unknown> = {}): void {
  process.on('message', (message) => void answer(message as Command));
  process.once('disconnect', () => process.kill(process.pid));
  process.send?.({ ready: true, ...facts });

  async function answer({ id, name, parameters }: Command): Promise<void> {
    try {
      const run = commands[name];
      if (!run) throw new Error(`this process knows no command ${name}`);
      process.send?.({ id, result: (await run(parameters as never)) ?? null });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
}
