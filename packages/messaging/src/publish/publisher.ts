import type { Logger } from '@bank/observability';
import type { BrokerAddress } from '#connection/broker-address.ts';
import { BrokerUnavailable } from '#connection/broker-unavailable.ts';
import { createConfirmLink } from '#connection/confirm-link.ts';
import { type BatchOutcome, publishBatch } from '#publish/batch.ts';
import type { OutgoingMessage } from '#publish/outgoing-message.ts';
import { answerWithin } from '#timing/deadline.ts';
import { topology } from '#topology/topology.ts';

export interface Publisher {
  /** Opens the connection unless it is open. @throws BrokerUnavailable */
  connect(): Promise<void>;
  /**
   * Publishes a batch and tells what the broker keeps, at the latest after `deadlineMs` (5,000 when left out). What is
   * in no list of the outcome may or may not have arrived. @throws BrokerUnavailable when nothing can be said of any
   */
  publish(messages: readonly OutgoingMessage[], options?: { deadlineMs?: number }): Promise<BatchOutcome>;
  /** How many messages wait in a queue. @throws Error when there is no such queue or no broker */
  depth(queue: string): Promise<number>;
  /** Asks the broker something, within two seconds. @throws BrokerUnavailable, or Error when the topology is missing */
  ping(): Promise<void>;
  close(): Promise<void>;
  /** Another one like it, with a connection of its own: what is not confirmed there ends no other batch. */
  apart(): Publisher;
}

const askDeadlineMs = 2000;

/**
 * A publisher on one confirm channel, shared by batches of any size. It connects when first used and again after a
 * loss. Nothing is buffered: without a broker a call fails, at the latest at its deadline.
 */
export function createPublisher(options: BrokerAddress & { service: string; logger: Logger }): Publisher {
  const { service, logger } = options;
  const link = createConfirmLink(options, { name: `${service}: publisher`, logger });

  async function publish(
    messages: readonly OutgoingMessage[],
    { deadlineMs = 5000 }: { deadlineMs?: number } = {},
  ): Promise<BatchOutcome> {
    const endsAt = performance.now() + deadlineMs;
    const channel = await answerWithin(link.channel(), deadlineMs);
    const outcome = await publishBatch(channel, messages, endsAt - performance.now());
    // Late confirms of this batch must not be taken for those of the next.
    if (!outcome.complete) link.drop();
    report(outcome, messages.length, logger);
    if (!outcome.complete && outcome.confirmed.length === 0) {
      throw new BrokerUnavailable('the broker did not confirm a batch in time');
    }
    return outcome;
  }

  return {
    publish,
    async connect() {
      await answerWithin(link.channel(), askDeadlineMs);
    },
    depth: (queue) =>
      answerWithin(
        link.aside(async (channel) => (await channel.checkQueue(queue)).messageCount),
        askDeadlineMs,
      ),
    async ping() {
      const { exchange } = topology.destinations.events;
      await answerWithin(
        link.aside((channel) => channel.checkExchange(exchange)),
        askDeadlineMs,
      );
    },
    close: () => link.close(),
    apart: () => createPublisher(options),
  };
}

function report({ confirmed, returned, refused, complete }: BatchOutcome, size: number, logger: Logger): void {
  const counts = { batchSize: size, confirmed: confirmed.length, returned: returned.length };
  if (returned.length > 0) {
    // The alternate exchange takes what is unroutable, so this means that it is missing too.
    logger.error({ ...counts, messageId: returned[0] }, 'the broker returned messages: its topology is incomplete');
  }
  if (complete && refused.length > 0) {
    logger.error({ ...counts, messageId: refused[0] }, 'the broker refused messages');
  }
  if (!complete) logger.warn(counts, 'the broker did not confirm a batch in time');
}
