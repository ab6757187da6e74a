import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { expect, test } from 'vitest';
import { type Program, StartFailure, SupervisedProcess } from '../../compose/supervised-process.ts';
import { marker } from '../support/leftovers.ts';

/** A supervised node process that runs this script; it is ready when it has written a line. */
function supervise(script: string | string[]) {
  const scripts = [script].flat();
  const children: ChildProcess[] = [];
  const lines: string[] = [];
  const news = new EventEmitter();
  const program: Program = {
    name: 'lathe',
    spawn: () => {
      const code = scripts[Math.min(children.length, scripts.length - 1)] ?? '';
      const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...marker } });
      children.push(child);
      return child;
    },
    untilReady: async (child) => {
      if (child.stdout) await once(child.stdout, 'data');
      return '';
    },
    lastWords: () => 'the end of the log',
  };
  const supervised = new SupervisedProcess(program, (line) => {
    lines.push(line);
    news.emit('line');
  });
  const until = async (text: string): Promise<void> => {
    while (!lines.some((line) => line.includes(text))) await once(news, 'line');
  };
  return { supervised, children, lines, until };
}

const runs = 'console.log("up"); setInterval(() => {}, 1000)';

test('one that is killed is started again within a second, and no more once it is stopped', async () => {
  const { supervised, children, lines, until } = supervise(runs);
  await supervised.start();
  const killedAt = Date.now();
  children[0]?.kill('SIGKILL');
  await until('was ended by SIGKILL; starting it again');
  lines.length = 0;
  await until('lathe ready');
  expect(Date.now() - killedAt).toBeLessThan(2_000);
  await supervised.stop();
  expect(children).toHaveLength(2);
  expect(children.every((child) => child.signalCode !== null)).toBe(true);
});

test('one that keeps ending is started later and later', async () => {
  const { supervised, until } = supervise([`console.log("up"); setTimeout(() => process.exit(7), 50)`, 'process.exit(3)']);
  await supervised.start();
  await until('ended with exit code 7; starting it again');
  await until('ended with exit code 3; starting it again in 1 s');
  const before = Date.now();
  await supervised.stop();
  expect(Date.now() - before).toBeLessThan(500); // the pause is cut short
});

test('one that ends before it was ever ready is not started again, and its error is the reason', async () => {
  const { supervised, children } = supervise('console.error("PORT: expected a whole number"); process.exit(1)');
  await expect(supervised.start()).rejects.toThrow('PORT: expected a whole number');
  expect(children).toHaveLength(1);
});

test('without a word on standard error, the end of its log is the reason', async () => {
  const { supervised } = supervise('process.exit(1)');
  await expect(supervised.start()).rejects.toEqual(new StartFailure('lathe', '', 'the end of the log'));
});

test('a program that is not there fails its start', async () => {
  const program: Program = { name: 'mill', spawn: () => spawn('/nowhere/mill'), untilReady: () => new Promise(() => {}), lastWords: () => '' };
  await expect(new SupervisedProcess(program, () => {}).start()).rejects.toThrow(/mill could not be started.*ENOENT/);
});

test('standard error of a start is shown once it is ready, later lines at once', async () => {
  const { supervised, lines, until } = supervise('console.error("before"); setTimeout(() => console.log("up"), 100); setTimeout(() => console.error("after"), 200); setInterval(() => {}, 1000)');
  await supervised.start();
  await until('lathe: after');
  expect(lines.filter((line) => line.startsWith('lathe:'))).toEqual(['lathe: before', 'lathe: after']);
  await supervised.stop();
});

test('stopping before the start, and twice, is safe', async () => {
  const { supervised, children } = supervise(runs);
  await supervised.stop();
  await supervised.start();
  await supervised.stop();
  expect(children).toHaveLength(0);
});
