import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What a command printed, and how it ended. */
export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** What Docker knows of a container. */
export interface Container {
  Id: string;
  Name: string;
  Args: string[];
  Config: { User: string };
  State: { Status: string; ExitCode: number; StartedAt: string; Health?: { Status: string } };
  HostConfig: { PortBindings: Record<string, unknown> };
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The Compose file of this repository under a project name of its own, apart from a developer's containers, volumes and .env. */
export class ComposeProject {
  readonly name: string;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(name: string, environment: NodeJS.ProcessEnv) {
    this.name = name;
    this.#environment = environment;
  }

  /** Runs `docker compose …`; throws with what it printed where it fails. */
  async compose(...argv: string[]): Promise<string> {
    return succeeded(await this.tryCompose(...argv), argv);
  }

  /** Runs `docker compose …` without judging how it ends. */
  tryCompose(...argv: string[]): Promise<CommandResult> {
    return this.#run(['compose', '--env-file', '/dev/null', '--project-name', this.name, ...argv]);
  }

  /** Runs `docker …`; throws with what it printed where it fails. */
  async docker(...argv: string[]): Promise<string> {
    return succeeded(await this.#run(argv), argv);
  }

  /** Runs a command in the first container of a service without judging how it ends. */
  execute(service: string, ...argv: string[]): Promise<CommandResult> {
    return this.tryCompose('exec', '--no-TTY', service, ...argv);
  }

  /** The containers of a service, or of all, stopped ones too. */
  async containers(service?: string): Promise<Container[]> {
    const ids = (await this.compose('ps', '--all', '--quiet', ...(service ? [service] : []))).split('\n').filter(Boolean);
    if (ids.length === 0) return [];
    return JSON.parse(await this.docker('inspect', ...ids)) as Container[];
  }

  /** Removes containers, networks, volumes and the images built for it. */
  async remove(): Promise<void> {
    await this.compose('down', '--volumes', '--remove-orphans', '--timeout', '1', '--rmi', 'local');
  }

  #run(argv: string[]): Promise<CommandResult> {
    return new Promise((resolve) => {
      execFile('docker', argv, { cwd: root, env: this.#environment, maxBuffer: 1e8 }, (error, stdout, stderr) => {
        resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, stdout, stderr });
      });
    });
  }
}

function succeeded({ code, stdout, stderr }: CommandResult, argv: string[]): string {
  if (code !== 0) throw new Error(`docker ${argv.join(' ')} ended with exit code ${code}\n${stdout}\n${stderr}`);
  return stdout;
}
