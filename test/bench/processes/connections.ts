import { KeepAliveConnection } from './keep-alive-connection.ts';

/** A connection that rested longer is not used again, in milliseconds: Node.js servers close it after 5 s. */
const longestRest = 3_000;

/**
 * Connections by port, kept from one load to the next. Node.js accepts one a turn of its event loop:
 * opened anew under load, hundreds of them would wait for that as long as the load lasts.
 */
export class Connections {
  readonly #byPort = new Map<number, KeepAliveConnection[]>();

  /** So many open connections to a port of this machine. */
  async open(port: number, count: number): Promise<KeepAliveConnection[]> {
    const rested = this.#byPort.get(port) ?? [];
    const usable = rested.filter((connection) => connection.isOpen && performance.now() - connection.lastUsed < longestRest).slice(0, count);
    for (const connection of rested) if (!usable.includes(connection)) connection.close();
    const more = await Promise.all(Array.from({ length: count - usable.length }, () => KeepAliveConnection.open(port)));
    const all = [...usable, ...more];
    this.#byPort.set(port, all);
    return all;
  }

  /** Closes those to a port. */
  close(port: number): void {
    for (const connection of this.#byPort.get(port) ?? []) connection.close();
    this.#byPort.delete(port);
  }
}
