import { type Socket, connect } from 'node:net';

const headEnd = Buffer.from('\r\n\r\n');

/**
 * One HTTP/1.1 connection that sends ready-made requests one after the other and reads answers that tell their length.
 * It does next to nothing beyond that, so that a load generator made of it leaves the processor to what it measures.
 */
export class KeepAliveConnection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #answered: ((status: number) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;
  /** When it was last used, in milliseconds of `performance.now()`. */
  lastUsed = performance.now();

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (piece: Buffer) => this.#read(piece));
    socket.on('error', (error) => this.#failed?.(error));
    socket.on('close', () => this.#failed?.(new Error('the server closed the connection')));
  }

  get isOpen(): boolean {
    return !this.#socket.closed && !this.#socket.destroyed;
  }

  static open(port: number): Promise<KeepAliveConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, noDelay: true });
      socket.once('connect', () => resolve(new KeepAliveConnection(socket)));
      socket.once('error', reject);
    });
  }

  /** Sends a request; the answer's status goes to `answered`, a broken connection to `failed`. One at a time. */
  send(request: string, answered: (status: number) => void, failed: (error: Error) => void): void {
    this.#answered = answered;
    this.#failed = failed;
    this.#socket.write(request);
  }

  close(): void {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #read(piece: Buffer): void {
    const received = this.#received.length === 0 ? piece : Buffer.concat([this.#received, piece]);
    const end = received.indexOf(headEnd);
    const length = end < 0 ? undefined : /\r\ncontent-length: *(\d+)/i.exec(received.toString('latin1', 0, end))?.[1];
    if (end >= 0 && length === undefined) return this.#failed?.(new Error('an answer does not tell its length'));
    if (length === undefined || received.length < end + 4 + Number(length)) {
      this.#received = received;
      return;
    }
    this.#received = Buffer.alloc(0);
    this.#failed = undefined;
    this.lastUsed = performance.now();
    this.#answered?.(Number(received.toString('latin1', 9, 12)));
  }
}
