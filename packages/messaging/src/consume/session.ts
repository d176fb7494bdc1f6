/// <reference path="./rascal.d.ts" />
import type { Logger } from '@bank/observability';
import type { ConsumeMessage } from 'amqplib';
import rascal, { type AckOrNack, type Broker, type BrokerConfig, type Subscription } from 'rascal';
import { brokerReason } from '#connection/broker-reason.ts';
import { recoveryPublicationOf } from '#consume/broker-config.ts';
import type { DeliveryHandler, Forward } from '#consume/delivery.ts';
import { answerWithin } from '#timing/deadline.ts';
import { workQueue } from '#topology/topology.ts';

/** A rascal broker with a subscription for each queue. Both come back by themselves after a loss. */
export interface Session {
  isConnected(): boolean;
  /** Takes no more messages, waits for those being handled, and disconnects. Never rejects. */
  close(timeoutMs: number): Promise<void>;
}

const disconnectDeadlineMs = 5000;

/** Connects and subscribes. @throws Error with the broker's reason */
export async function openSession(
  config: BrokerConfig,
  handlers: ReadonlyMap<string, DeliveryHandler>,
  logger: Logger,
): Promise<Session> {
  const broker = await createBroker(config);
  let connected = true;
  // Without a listener on `error` rascal would end the process.
  broker.on('error', (error: Error) => {
    logger.warn({ err: error, reason: brokerReason(error), worker: 'consumers' }, 'connection to the broker failed');
  });
  broker.on('disconnect', () => {
    connected = false;
  });
  broker.on('vhost_initialised', () => {
    connected = true;
  });
  const subscribed = Promise.all([...handlers].map(([queue, handle]) => subscribe(broker, queue, handle, logger)));
  const subscriptions = await subscribed.catch(async (error) => {
    await withoutFailing(logger, answerWithin(broker.shutdown(), disconnectDeadlineMs));
    throw error;
  });
  return {
    isConnected: () => connected,
    async close(timeoutMs) {
      // First the subscriptions alone: a message that fails meanwhile still needs the connection for its retry.
      const cancelled = Promise.all(subscriptions.map((subscription) => subscription.cancel()));
      await withoutFailing(logger, answerWithin(cancelled, timeoutMs));
      connected = false;
      await withoutFailing(logger, answerWithin(broker.shutdown(), disconnectDeadlineMs));
    },
  };
}

async function withoutFailing(logger: Logger, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    // What was not acknowledged is delivered to somebody else.
    logger.warn({ err: error, worker: 'consumers' }, 'consumers did not stop cleanly');
  }
}

/** Creates the rascal broker; one that failed half-way is shut down, since it keeps the process alive otherwise. */
async function createBroker(config: BrokerConfig): Promise<Broker> {
  try {
    return await rascal.BrokerAsPromised.create(config);
  } catch (error) {
    await halfOpenBroker(error)
      ?.shutdown()
      .catch(() => undefined);
    throw error;
  }
}

/** rascal hangs the broker on the error, under a symbol that it puts into `error.broker`. */
function halfOpenBroker(error: unknown): Broker | undefined {
  if (!(error instanceof Error) || !('broker' in error) || typeof error.broker !== 'symbol') return undefined;
  return (error as unknown as Record<symbol, Broker | undefined>)[error.broker];
}

/** Subscribes to a queue. @throws Error when the first try fails, which rascal does not repeat: without a consumer it would stay */
async function subscribe(
  broker: Broker,
  queue: string,
  handle: DeliveryHandler,
  logger: Logger,
): Promise<Subscription> {
  const subscription = await broker.subscribe(queue);
  const forward = forwarder(broker, recoveryPublicationOf(workQueue(queue).app));
  const report = (error: Error) =>
    logger.warn({ err: error, reason: brokerReason(error), queue }, 'a subscription failed');
  // Both end in a nack, and so among the dead letters: rascal could not read headers that are its own.
  const refuse = (error: Error, _message: ConsumeMessage, ackOrNack: AckOrNack) => {
    report(error);
    ackOrNack(error, [{ strategy: 'nack' }]).catch(report);
  };
  const consuming = Promise.withResolvers<void>();
  subscription.on('subscribed', consuming.resolve);
  subscription.on('error', consuming.reject);
  subscription.on('error', report);
  subscription.on('cancelled', report);
  subscription.on('invalid_content', refuse);
  subscription.on('redeliveries_exceeded', refuse);
  subscription.on('message', (message: ConsumeMessage, _content: unknown, ackOrNack: AckOrNack) => {
    void handle(message, ackOrNack, forward);
  });
  await consuming.promise;
  return subscription;
}

/**
 * Publishes copies to the recovery exchange of an app. Not as a step of rascal's recovery, which puts what is not confirmed among the
 * dead letters, whatever should come next.
 */
function forwarder(broker: Broker, publication: string): Forward {
  return async (message, { routingKey, headers }) => {
    const sending = await broker.forward(publication, message, { routingKey, options: { headers } });
    await new Promise<void>((resolve, reject) => {
      // For good, since rascal may tell of an end after a timeout once more. What is returned is confirmed as well, after that.
      sending.on('success', resolve);
      sending.on('error', reject);
      sending.on('return', () => reject(new Error(`no queue took ${routingKey}`)));
      sending.on('close', () => reject(new Error('the channel was closed')));
    });
  };
}
