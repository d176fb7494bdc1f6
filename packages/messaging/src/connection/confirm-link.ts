import type { Socket } from 'node:net';
import type { Logger } from '@bank/observability';
import { type Channel, type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { type BrokerAddress, type ConnectArguments, connectArguments } from '#connection/broker-address.ts';
import { brokerReason } from '#connection/broker-reason.ts';
import { BrokerUnavailable } from '#connection/broker-unavailable.ts';
import { answerWithin } from '#timing/deadline.ts';

/** One connection with one confirm channel, opened when it is asked for and again after it was lost. */
export interface ConfirmLink {
  /** @throws BrokerUnavailable when the broker cannot be reached, or takes no messages */
  channel(): Promise<ConfirmChannel>;
  /** Runs `work` on a channel of its own, so that an error of it does not end the confirm channel. */
  aside<T>(work: (channel: Channel) => Promise<T>): Promise<T>;
  /**
   * Ends the connection; the next use opens another. For a channel whose confirms can no longer be trusted. One that the broker has stopped
   * reading stays until it reads again: it would not see the end of this one either, nor of any that came after it.
   */
  drop(): void;
  close(): Promise<void>;
}

interface OpenLink {
  readonly model: ChannelModel;
  readonly channel: ConfirmChannel;
  /** The broker has stopped reading this connection, for want of memory or disk. */
  blocked: boolean;
  /** To be ended once it is read again. */
  dropped: boolean;
}

const closeDeadlineMs = 2000;

/** A link that opens itself. One attempt is shared by all who wait for it; pausing between attempts is their part. */
export function createConfirmLink(address: BrokerAddress, options: { name: string; logger: Logger }): ConfirmLink {
  return new ReopeningLink(connectArguments(address, options.name), options.logger);
}

class ReopeningLink implements ConfirmLink {
  readonly #address: ConnectArguments;
  readonly #logger: Logger;
  #opening: Promise<OpenLink> | undefined;
  /** What `#opening` has come to. */
  #open: OpenLink | undefined;
  #closed = false;

  constructor(address: ConnectArguments, logger: Logger) {
    this.#address = address;
    this.#logger = logger;
  }

  async channel(): Promise<ConfirmChannel> {
    return (await this.#link()).channel;
  }

  async aside<T>(work: (channel: Channel) => Promise<T>): Promise<T> {
    const { model } = await this.#link();
    const channel = await model.createChannel();
    channel.on('error', () => undefined); // the failed call below carries the same error
    try {
      return await work(channel);
    } finally {
      await channel.close().catch(() => undefined); // the broker has closed it already, after an error of the work
    }
  }

  drop(): void {
    if (this.#open?.blocked) this.#open.dropped = true;
    else void this.#end();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#end();
  }

  async #link(): Promise<OpenLink> {
    if (this.#closed) throw new BrokerUnavailable('the connection to the broker was closed');
    this.#opening ??= this.#connect();
    const open = await this.#opening;
    if (open.blocked) throw new BrokerUnavailable('the broker takes no messages: it is short of memory or disk');
    return open;
  }

  #connect(): Promise<OpenLink> {
    const whileCurrent = (act: (link?: OpenLink) => void) => (link?: OpenLink) => {
      if (this.#opening === opening) act(link);
    };
    const forget = whileCurrent(() => this.#forget());
    const opening = openLink(this.#address, {
      logger: this.#logger,
      onLost: forget,
      onUnblocked: whileCurrent((link) => {
        if (link?.dropped) void this.#end();
      }),
    });
    const keep = whileCurrent((link) => {
      this.#open = link;
    });
    // Forgets an attempt that failed; who awaits it gets the error.
    opening.then(keep, () => forget());
    return opening;
  }

  #forget(): void {
    this.#opening = undefined;
    this.#open = undefined;
  }

  async #end(): Promise<void> {
    const ending = this.#opening;
    this.#forget();
    if (ending === undefined) return;
    // Closing what broke already, never opened, or does not answer is no failure.
    await answerWithin(ending.then(closeInOrder), closeDeadlineMs).catch(() => {
      ending.then(hangUp, () => undefined);
    });
  }
}

// Through the channel, whose end ends the connection: ended first, a connection can overtake an acknowledgement that
// was sent just before.
async function closeInOrder({ model, channel }: OpenLink): Promise<void> {
  const ended = new Promise<void>((resolve) => model.once('close', () => resolve()));
  await channel.close();
  await ended;
}

// A broker that does not answer need not be gone: one that has stopped reading for want of memory sends its heartbeats all the same.
function hangUp({ model }: OpenLink): void {
  model.close().catch(() => undefined);
  (model.connection as unknown as { readonly stream: Socket }).stream.destroy();
}

interface LinkOptions {
  readonly logger: Logger;
  readonly onLost: () => void;
  readonly onUnblocked: (link: OpenLink) => void;
}

async function openLink({ url, socketOptions }: ConnectArguments, options: LinkOptions): Promise<OpenLink> {
  const { logger, onLost, onUnblocked } = options;
  const report = (error: unknown, text: string) => logger.warn({ err: error, reason: brokerReason(error) }, text);
  try {
    const model = await connect(url, socketOptions);
    model.on('error', (error) => report(error, 'connection to the broker failed'));
    model.on('close', onLost);
    const channel = await model.createConfirmChannel();
    channel.on('error', (error) => report(error, 'the broker closed a channel'));
    channel.on('close', () => {
      onLost();
      model.close().catch(() => undefined); // it may be the connection that took the channel with it
    });
    const link = { model, channel, blocked: false, dropped: false };
    model.on('blocked', () => {
      link.blocked = true;
      logger.warn('the broker has stopped taking messages: it is short of memory or disk');
    });
    model.on('unblocked', () => {
      link.blocked = false;
      onUnblocked(link);
    });
    return link;
  } catch (error) {
    throw new BrokerUnavailable('the broker cannot be reached', { cause: error });
  }
}
