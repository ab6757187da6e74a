import { config } from 'dotenv';
import { errorText } from './error-text.ts';

/**
 * Runs a command with the settings of the environment and `.env`. Its exit code is the number that `main` gives, if any, and 1 after an error, which is told on standard error.
 * That the reader of the output has gone is no error: it may have had enough, as `head` has.
 */
export async function runCommand(name: string, main: (args: string[], environment: NodeJS.ProcessEnv) => Promise<number | void>): Promise<void> {
  try {
    config({ quiet: true });
    const code = await main(process.argv.slice(2), process.env);
    if (typeof code === 'number') process.exitCode = code;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EPIPE') return;
    process.stderr.write(`spindle ${name}: ${errorText(error)}\n`);
    process.exitCode = 1;
  }
}
