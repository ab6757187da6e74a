import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort, whyPortUnavailable } from '../../compose/ports.ts';

test('a taken port is said in one line that names the setting which helps', async () => {
  const port = await freePort();
  expect(await whyPortUnavailable('127.0.0.1', port)).toBeUndefined();
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  expect(await whyPortUnavailable('127.0.0.1', port)).toBe(`port ${port} is taken by another program: end that one, or choose another port, such as PORT=${port + 1} npm start`);
  const patient = whyPortUnavailable('127.0.0.1', port, 10_000);
  server.close();
  expect(await patient).toBeUndefined();
});

test('an address of another machine is said to be none of this one', async () => {
  expect(await whyPortUnavailable('192.0.2.1', 0)).toContain('HOST=192.0.2.1 is no address of this machine');
});
