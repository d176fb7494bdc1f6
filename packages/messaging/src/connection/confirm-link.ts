import type { Logger } from '@bank/observability';
import { type Channel, type ChannelModel, type ConfirmChannel, connect } from 'amqplib';
import { type BrokerAddress, connectArguments } from '#connection/broker-address.ts';
import { brokerReason } from '#connection/broker-reason.ts';
import { BrokerUnavailable } from '#connection/broker-unavailable.ts';
import { withDeadline } from '#timing/deadline.ts';

/** One connection with one confirm channel, opened when it is asked for and again after it was lost. */
export interface ConfirmLink {
  /** @throws BrokerUnavailable when the broker cannot be reached */
  channel(): Promise<ConfirmChannel>;
  /** Runs `work` on a channel of its own, so that an error of it does not end the confirm channel. */
  aside<T>(work: (channel: Channel) => Promise<T>): Promise<T>;
  /** Ends the connection; the next use opens another. For a channel whose confirms can no longer be trusted. */
  drop(): void;
  close(): Promise<void>;
}

interface OpenLink {
  readonly model: ChannelModel;
  readonly channel: ConfirmChannel;
}

const closeDeadlineMs = 2000;

/** A link that opens itself. One attempt is shared by all who wait for it; pausing between attempts is their part. */
export function createConfirmLink(address: BrokerAddress, options: { name: string; logger: Logger }): ConfirmLink {
  const { url, socketOptions } = connectArguments(address, options.name);
  let current: Promise<OpenLink> | undefined;
  let closed = false;

  function open(): Promise<OpenLink> {
    const opening = openLink(url, socketOptions, options.logger, () => {
      if (current === opening) current = undefined;
    });
    // Forgets the attempt; who awaits it gets the error.
    opening.catch(() => {
      if (current === opening) current = undefined;
    });
    return opening;
  }

  async function link(): Promise<OpenLink> {
    if (closed) throw new BrokerUnavailable('the connection to the broker was closed');
    current ??= open();
    return current;
  }

  async function end(): Promise<void> {
    const ending = current;
    current = undefined;
    if (ending === undefined) return;
    // Closing what broke already, never opened, or does not answer is no failure; the heartbeat ends the last kind.
    await withDeadline(ending.then(closeInOrder), closeDeadlineMs).catch(() => undefined);
  }

  return {
    channel: async () => (await link()).channel,
    async aside(work) {
      const { model } = await link();
      const channel = await model.createChannel();
      channel.on('error', () => undefined); // the failed call below carries the same error
      const result = await work(channel);
      await channel.close();
      return result;
    },
    drop: () => void end(),
    async close() {
      closed = true;
      await end();
    },
  };
}

// Through the channel, whose end ends the connection: ended first, a connection can overtake an acknowledgement that
// was sent just before.
async function closeInOrder({ model, channel }: OpenLink): Promise<void> {
  const ended = new Promise<void>((resolve) => model.once('close', () => resolve()));
  await channel.close();
  await ended;
}

async function openLink(url: string, socketOptions: object, logger: Logger, onLost: () => void): Promise<OpenLink> {
  const report = (error: unknown, text: string) => logger.warn({ err: error, reason: brokerReason(error) }, text);
  try {
    const model = await connect(url, socketOptions);
    model.on('error', (error) => report(error, 'connection to the broker failed'));
    model.on('close', onLost);
    model.on('blocked', () => logger.warn('the broker has stopped taking messages: it is short of memory or disk'));
    const channel = await model.createConfirmChannel();
    channel.on('error', (error) => report(error, 'the broker closed a channel'));
    channel.on('close', () => {
      onLost();
      model.close().catch(() => undefined); // it may be the connection that took the channel with it
    });
    return { model, channel };
  } catch (error) {
    throw new BrokerUnavailable('the broker cannot be reached', { cause: error });
  }
}
