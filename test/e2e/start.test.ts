import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { ModelReader } from '../../common/model/model-reader.ts';
import { freePort } from '../../compose/ports.ts';
import { markedProcesses, marker, temporaryDirectory } from '../support/leftovers.ts';
import { PrivateRedis } from '../support/private-redis.ts';
import { RunningProgram } from '../support/running-program.ts';

let started: RunningProgram[] = [];

/** `npm start` without npm, in a folder of its own. */
async function start(options: { workers?: number; environment?: Record<string, string>; directory?: string } = {}): Promise<Start> {
  const directory = options.directory ?? (await temporaryDirectory());
  const environment = { PORT: String(await freePort()), ...options.environment };
  const argv = options.workers === undefined ? [] : ['--workers', String(options.workers)];
  const program = new RunningProgram('compose/start.js', argv, { directory, environment });
  started.push(program);
  return { program, directory, url: `http://127.0.0.1:${environment.PORT}`, answering: () => program.untilOutput('Spindle answers at', 30_000) };
}

interface Start {
  program: RunningProgram;
  directory: string;
  url: string;
  answering: () => Promise<string>;
}

/** The processes that it started, by what they run. */
function processes(what: 'api' | 'worker' | 'trainer' | 'redis' | 'compose'): number[] {
  const pattern = what === 'redis' ? /(?:redis|valkey)-server/ : new RegExp(`dist/${what}/`);
  return markedProcesses().flatMap(({ pid, command }) => (pattern.test(command) ? [pid] : []));
}

/** Resolves when none of this test file's processes is left; rejects with those that are. */
async function untilNothingRuns(milliseconds: number): Promise<void> {
  const deadline = Date.now() + milliseconds;
  while (markedProcesses().length > 0 && Date.now() < deadline) await delay(50);
  expect(markedProcesses()).toEqual([]);
}

/** The example that it prints, asked for as a user would. */
async function askExample({ program, url }: Start): Promise<unknown> {
  const [, path] = /curl 'http:\/\/[^/]+(\/[^']+)'/.exec(program.stdout) ?? [];
  const response = await fetch(`${url}${path ?? ''}`);
  expect(response.status).toBe(200);
  return response.json();
}

afterEach(async () => {
  await Promise.all(started.map((program) => program.stop()));
  started = [];
});

describe('npm start', { timeout: 60_000 }, () => {
  test('answers within 15 s of a first start, says how, and ends without a trace within 10 s', async () => {
    const begin = Date.now();
    const first = await start({ workers: 2 });
    await first.answering();
    expect(Date.now() - begin).toBeLessThan(15_000);
    expect(await askExample(first)).toMatchObject({ time_min: expect.any(Number) });
    for (const name of ['redis', 'trainer', 'worker-1', 'worker-2', 'api']) expect(first.program.stdout).toMatch(new RegExp(`^${name} ready`, 'm'));
    expect(first.program.stderr).toBe('');

    const stopAt = Date.now();
    first.program.signal('SIGINT');
    expect(await first.program.exited).toEqual({ code: 0, signal: null });
    expect(Date.now() - stopAt).toBeLessThan(10_000);
    await untilNothingRuns(0);
  });

  test('keeps the model and the queue for the next start', async () => {
    const first = await start();
    await first.answering();
    await askExample(first);
    await first.program.stop();
    const kept = await new ModelReader(join(first.directory, 'models')).list();
    const second = await start({ directory: first.directory });
    await second.answering();
    const { model_version: version } = (await askExample(second)) as { model_version: string };
    // The quick model of the first start, unless the full one was ready before it ended.
    expect(kept).toContain(version);
  });

  test('replaces a worker that is killed within two seconds, and Redis with all that it held', async () => {
    const running = await start();
    await running.answering();
    const [worker] = processes('worker');
    process.kill(Number(worker), 'SIGKILL');
    await running.program.untilOutput(/worker was ended by SIGKILL; starting it again\n(?:.*\n)*worker ready/, 2_000);
    const [redis] = processes('redis');
    process.kill(Number(redis), 'SIGKILL');
    await running.program.untilOutput(/redis was ended by SIGKILL; starting it again\n(?:.*\n)*redis ready/, 2_000);
    await expect.poll(() => fetch(`${running.url}/readyz`).then((response) => response.status), { timeout: 5_000 }).toBe(200);
    await askExample(running);
  });

  test('killed itself, leaves nothing but a Redis, which the next start ends', async () => {
    const first = await start();
    await first.answering();
    const [redis] = processes('redis');
    await first.program.kill();
    const second = await start({ directory: first.directory, environment: { PORT: new URL(first.url).port } });
    await second.answering();
    expect(processes('redis')).not.toContain(redis);
    for (const what of ['redis', 'trainer', 'worker', 'api', 'compose'] as const) expect(processes(what)).toHaveLength(1);
    await askExample(second);
  });

  test('killed before its processes are ready, leaves none of them behind', async () => {
    const first = await start();
    await first.program.untilOutput('redis ready');
    await expect.poll(() => processes('worker').length).toBe(1);
    await first.program.kill();
    await expect.poll(() => [...processes('api'), ...processes('worker'), ...processes('trainer')], { timeout: 10_000 }).toEqual([]);
    for (const pid of processes('redis')) process.kill(pid);
    await untilNothingRuns(5_000);
  });

  test('stops at once at the second Ctrl-C, and in time where a process does not listen', async () => {
    const first = await start({ environment: { SHUTDOWN_SECONDS: '2' } });
    await first.answering();
    process.kill(Number(processes('worker')[0]), 'SIGSTOP');
    const stopAt = Date.now();
    first.program.signal('SIGINT');
    expect(await first.program.exited).toEqual({ code: 1, signal: null });
    expect(Date.now() - stopAt).toBeLessThan(4_500);
    expect(first.program.stdout).toContain('worker did not end in time and is killed');
    await untilNothingRuns(0);

    const second = await start({ environment: { SHUTDOWN_SECONDS: '60' } });
    await second.answering();
    process.kill(Number(processes('worker')[0]), 'SIGSTOP');
    second.program.signal('SIGINT');
    await delay(700); // a person's second Ctrl-C; what npm repeats comes at once
    second.program.signal('SIGINT');
    const again = Date.now();
    await second.program.exited;
    expect(Date.now() - again).toBeLessThan(1_000);
    await untilNothingRuns(500);
  });

  test('uses the Redis that REDIS_URL names, and leaves it running', async () => {
    const redis = await PrivateRedis.start({ password: 'of-the-shop' });
    const running = await start({ environment: redis.environment() });
    await running.answering();
    expect(running.program.stdout).not.toContain('redis ready');
    await askExample(running);
    await running.program.stop();
    expect(await redis.connect().ping()).toBe('PONG');
    await redis.stop();
  });

  test('runs once in a folder', async () => {
    const first = await start();
    await first.answering();
    const second = await start({ directory: first.directory });
    expect((await second.program.exited).code).toBe(1);
    expect(second.program.stderr).toMatch(new RegExp(`^spindle: Spindle runs already in this folder \\(process ${first.program.pid}, http://localhost:\\d+\\).*\n$`));
    await askExample(first);
  });
});

describe('npm start refuses in one message, before it starts anything,', () => {
  async function refusal(options: Parameters<typeof start>[0], argv?: string[]): Promise<string> {
    const directory = options?.directory ?? (await temporaryDirectory());
    const program = argv ? new RunningProgram('compose/start.js', argv, { directory }) : (await start({ ...options, directory })).program;
    expect(await program.exited).toEqual({ code: 1, signal: null });
    expect(program.stdout).toBe('');
    expect(processes('redis')).toEqual([]);
    return program.stderr;
  }

  test('a taken port, naming the setting that helps', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    expect(await refusal({ environment: { PORT: String(port) } })).toBe(`spindle: port ${port} is taken by another program: end that one, or choose another port, such as PORT=${port + 1} npm start\n`);
    server.close();
  });

  test('a machine without Redis, naming the ways to get one', async () => {
    const empty = join(await temporaryDirectory(), 'bin');
    await mkdir(empty);
    const message = await refusal({ environment: { PATH: empty } });
    expect(message).toContain('found neither redis-server nor valkey-server');
    for (const way of ['apt-get install redis-server', 'brew install redis', 'docker compose up', 'REDIS_URL=']) expect(message).toContain(way);
  });

  test('all problems of the configuration at once', async () => {
    const message = await refusal({ environment: { PORT: 'http', LOG_LEVEL: 'loud', WORKER_CONCURENCY: '2' } });
    expect(message).toMatch(/PORT: expected a whole number[^]*LOG_LEVEL: expected one of[^]*|LOG_LEVEL[^]*PORT/);
    expect(message).toContain('WORKER_CONCURENCY is not a setting; did you mean WORKER_CONCURRENCY?');
  });

  test.each([['0'], ['65'], ['two'], ['1.5'], ['-1']])('--workers %s', async (count) => {
    expect(await refusal({}, [`--workers=${count}`])).toContain(`expected --workers to be a whole number from 1 to 64, got "${count}"`);
  });

  test('an unknown option, showing the known one', async () => {
    expect(await refusal({}, ['--wrokers', '3'])).toContain('usage: npm start -- [--workers N]');
    expect(await refusal({}, ['3'])).toContain('usage: npm start -- [--workers N]');
  });
});

test('npm start passes Ctrl-C on once: what npm repeats does not cut the stopping short', async () => {
  const directory = await temporaryDirectory();
  const port = await freePort();
  const root = new URL('../..', import.meta.url).pathname;
  // A process group of its own, as a terminal makes one: Ctrl-C goes to npm, its shell and the launcher alike.
  const npm = spawn('npm', ['start', '--ignore-scripts'], {
    cwd: root,
    detached: true,
    env: { ...process.env, ...marker, PORT: String(port), DATA_DIR: join(directory, 'data'), MODELS_DIR: join(directory, 'models') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  npm.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await expect.poll(() => output, { timeout: 30_000 }).toContain('Spindle answers at');
  process.kill(-Number(npm.pid), 'SIGINT');
  await once(npm, 'close');
  expect(output).toMatch(/stopping\nstopped\n$/);
  await untilNothingRuns(0);
}, 60_000);
