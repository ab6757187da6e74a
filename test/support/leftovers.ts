import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';

/** Marks every process that this test file starts, and those that they start: it is in their environment. */
export const marker = { SPINDLE_TEST_FILE: randomBytes(8).toString('hex') };

const tracked = new Map<string, { isLeft: () => boolean; remove: () => void }>();
const directories: string[] = [];

/** Registers something that must be gone when the test file ends, with the way to remove it should it not be. */
export function mustEnd(name: string, isLeft: () => boolean, remove: () => void): void {
  tracked.set(`${name} (${tracked.size + 1})`, { isLeft, remove });
}

/** A fresh folder, removed when the test file ends. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'spindle-test-'));
  directories.push(directory);
  return directory;
}

/** Removes what the test file left behind, and returns what that was. */
export function removeLeftovers(): string[] {
  const left: string[] = [];
  for (const [name, { isLeft, remove }] of tracked) {
    if (!isLeft()) continue;
    left.push(name);
    remove();
  }
  for (const { pid, command } of markedProcesses()) {
    left.push(`process ${pid}: ${command}`);
    process.kill(pid, 'SIGKILL');
  }
  tracked.clear();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
  return left;
}

/**
 * Living processes that carry this file's marker or work in one of its folders, wherever they were started from.
 * Empty where there is no /proc.
 */
export function markedProcesses(): { pid: number; command: string }[] {
  const mark = `SPINDLE_TEST_FILE=${marker.SPINDLE_TEST_FILE}`;
  return namesIn('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    // A process that has ended and only waits for its parent to notice has no command any more.
    const command = textOf(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim();
    // Redis writes its title over its environment, so that only its folder tells whose it is.
    const isOurs = textOf(`/proc/${name}/environ`).split('\0').includes(mark) || directories.some((directory) => linkOf(`/proc/${name}/cwd`).startsWith(directory));
    return isOurs && command !== '' ? [{ pid: Number(name), command }] : [];
  });
}

/** Keys under a prefix, sorted: a test that cleans up after itself expects none, or only those it names. */
export async function keysUnder(redis: Redis, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const some of redis.scanStream({ match: `${prefix}:*`, count: 1_000 }) as AsyncIterable<string[]>) keys.push(...some);
  return [...new Set(keys)].sort();
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return ''; // ended meanwhile, or not ours to read
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // ended meanwhile, or not ours to read
  }
}
