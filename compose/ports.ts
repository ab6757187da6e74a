import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A TCP port of 127.0.0.1 that nothing listens on at the moment. */
export function freePort(): Promise<number> {
  return tryToListen('127.0.0.1', 0);
}

/**
 * Why nothing can listen on this port, or undefined where it is free.
 * A port in use is asked for again for that long, in milliseconds: whoever holds it may be about to end.
 */
export async function whyPortUnavailable(host: string, port: number, patience = 0): Promise<string | undefined> {
  const giveUpAt = Date.now() + patience;
  for (;;) {
    try {
      await tryToListen(host, port);
      return undefined;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EADDRINUSE' && Date.now() < giveUpAt) await delay(100);
      else if (code === 'EADDRINUSE') return `port ${port} is taken by another program: end that one, or choose another port, such as PORT=${port + 1} npm start`;
      else if (code === 'EACCES') return `this user may not listen on port ${port}: choose one above 1023, such as PORT=4000 npm start`;
      else if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `HOST=${host} is no address of this machine: use 127.0.0.1, or 0.0.0.0 for all`;
      else throw error;
    }
  }
}

/** Listens for a moment; returns the port. */
function tryToListen(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(isTcp(address) ? address.port : port));
    });
  });
}

const isTcp = (address: AddressInfo | string | null): address is AddressInfo => typeof address === 'object' && address !== null;
