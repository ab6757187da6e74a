import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const temporaryPrefix = '.build-';
/** What a build was made from, within its output. */
const stampName = '.sources.json';

/**
 * Compiles the sources into a folder of its own beside `output` and moves each changed file over: whoever reads `output`
 * meanwhile, or builds at the same time, sees whole files only. Files that no source stands behind any more are removed.
 * Returns the compiler's exit code; `output` stays as it was where that is not 0. Where nothing has changed since the last build, nothing is done:
 * commands build before they start, and one that has a second must not wait ten for that.
 */
function build(output: string): number {
  const parent = dirname(output);
  removeAbandoned(parent);
  const sources = sourcesNow();
  if (isBuiltFrom(sources, output)) return 0;
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
    // Last: a build that is cut off is no build.
    writeFileSync(join(fresh, stampName), JSON.stringify({ sources, files: [...files] }));
    renameSync(join(fresh, stampName), join(output, stampName));
    return 0;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** A hash of everything that the compiled files follow from. */
function sourcesNow(): string {
  const hash = createHash('sha256');
  const { include } = JSON.parse(readFileSync('tsconfig.build.json', 'utf8')) as { include: string[] };
  const files = include.flatMap((folder) => filesIn(folder).map((file) => join(folder, file)));
  for (const file of ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json', ...files.sort()]) hash.update(JSON.stringify([file, readFileSync(file, 'utf8')]));
  return hash.digest('hex');
}

/** True where `output` was compiled from these sources and has all of its files. */
function isBuiltFrom(sources: string, output: string): boolean {
  const stamp = join(output, stampName);
  if (!existsSync(stamp)) return false;
  const built = JSON.parse(readFileSync(stamp, 'utf8')) as { sources: string; files: string[] };
  return built.sources === sources && built.files.every((file) => existsSync(join(output, file)));
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
