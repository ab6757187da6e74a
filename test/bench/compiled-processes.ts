import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The programs under `processes/` as plain JavaScript: like the measured ones they run without a loader in between.
 * Compiled into a folder of their own under node_modules, from where they find their packages.
 */
export class CompiledProcesses {
  readonly #directory: string;

  /** Throws where they do not compile. */
  constructor() {
    const cache = join(root, 'node_modules', '.cache');
    mkdirSync(cache, { recursive: true });
    this.#directory = mkdtempSync(join(cache, 'spindle-bench-'));
    writeFileSync(join(this.#directory, 'package.json'), '{"type":"module"}');
    const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
    const project = join(root, 'test', 'bench', 'processes', 'tsconfig.json');
    const { status } = spawnSync(process.execPath, [compiler, '-p', project, '--outDir', this.#directory], { stdio: ['ignore', 2, 2] });
    if (status !== 0) {
      this.remove();
      throw new Error('the processes of the bench do not compile');
    }
  }

  /** Path of one of them, such as `bare-route`. */
  path(name: string): string {
    return join(this.#directory, 'test', 'bench', 'processes', `${name}.js`);
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
