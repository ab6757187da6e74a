import type { Redis } from 'ioredis';
import { messageOf } from '../../common/errors.ts';
import { type EstimateReply, estimateReplySchema } from '../../common/estimate-reply.ts';
import type { Service } from '../../common/lifecycle.ts';
import type { Log } from '../../common/log.ts';

/** Receives the workers' answers on this API instance's own channel. */
export class ReplyInbox implements Service {
  readonly channel: string;
  readonly #messages: Redis;
  readonly #log: Log;
  #onReply: (reply: EstimateReply) => void = () => {};
  #subscribed = false;

  constructor(messages: Redis, channel: string, log: Log) {
    this.#messages = messages;
    this.channel = channel;
    this.#log = log;
  }

  /** True where an answer sent now would arrive. */
  get open(): boolean {
    return this.#subscribed && this.#messages.status === 'ready';
  }

  /** Sets who gets the answers. */
  deliverTo(onReply: (reply: EstimateReply) => void): void {
    this.#onReply = onReply;
  }

  start(): Promise<void> {
    this.#messages.on('message', this.#onMessage);
    this.#messages.on('ready', this.#onReady);
    this.#messages.on('close', this.#onClose);
    if (this.#messages.status === 'ready') this.#onReady();
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#messages.off('message', this.#onMessage);
    this.#messages.off('ready', this.#onReady);
    this.#messages.off('close', this.#onClose);
    return Promise.resolve();
  }

  /** Subscribing again after each reconnect, beside ioredis, tells when the channel is really open. */
  readonly #onReady = (): void => {
    this.#messages
      .subscribe(this.channel)
      .then(() => (this.#subscribed = true))
      .catch((error: unknown) => this.#log.warn({ reason: messageOf(error) }, 'cannot listen for estimates'));
  };

  readonly #onClose = (): void => void (this.#subscribed = false);

  readonly #onMessage = (channel: string, text: string): void => {
    if (channel !== this.channel) return;
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
    const reply = estimateReplySchema.safeParse(json);
    if (reply.success) this.#onReply(reply.data);
    else this.#log.error({ text: text.slice(0, 200) }, 'a worker sent an answer of an unknown shape: is it of another release?');
  };
}
