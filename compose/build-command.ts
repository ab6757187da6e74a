import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const temporaryPrefix = '.build-';

/**
 * Compiles the sources into a folder of its own beside `output` and moves each changed file over: whoever reads `output`
 * meanwhile, or builds at the same time, sees whole files only. Files that no source stands behind any more are removed.
 * Returns the compiler's exit code; `output` stays as it was where that is not 0.
 */
function build(output: string): number {
  const parent = dirname(output);
  removeAbandoned(parent);
  // Beside `output`, not in it: source maps name the sources relative to their own place.
  const fresh = mkdtempSync(join(parent, temporaryPrefix));
  try {
    const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
    const options = ['-p', 'tsconfig.build.json', '--outDir', fresh, '--incremental', 'false', '--tsBuildInfoFile', 'null'];
    const { status, error } = spawnSync(process.execPath, [compiler, ...options], { stdio: 'inherit' });
    if (error) throw error;
    if (status !== 0) return status ?? 1;
    mkdirSync(output, { recursive: true });
    const files = new Set(filesIn(fresh));
    for (const file of files) replace(join(fresh, file), join(output, file));
    for (const file of filesIn(output)) if (!files.has(file)) rmSync(join(output, file), { force: true });
    return 0;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Folders of builds that were killed. A build takes seconds: what is older than ten minutes belongs to nobody. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const changed = name.startsWith(temporaryPrefix) && statSync(join(parent, name), { throwIfNoEntry: false })?.mtimeMs;
    if (changed && Date.now() - changed > 600_000) rmSync(join(parent, name), { recursive: true, force: true });
  }
}

function filesIn(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => statSync(join(directory, name), { throwIfNoEntry: false })?.isFile());
}

/** Moves a file over another unless they are the same already: a rename shows readers the old or the new one, never half of it. */
function replace(from: string, to: string): void {
  if (fingerprint(from) === fingerprint(to)) return;
  mkdirSync(dirname(to), { recursive: true });
  renameSync(from, to);
}

function fingerprint(file: string): string | undefined {
  if (!statSync(file, { throwIfNoEntry: false })) return undefined;
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

process.exit(build('dist'));
