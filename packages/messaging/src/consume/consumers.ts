import type { ErrorTracker, Logger, Metrics } from '@bank/observability';
import type { BrokerAddress } from '#connection/broker-address.ts';
import { brokerReason } from '#connection/broker-reason.ts';
import { BrokerUnavailable } from '#connection/broker-unavailable.ts';
import { brokerConfig } from '#consume/broker-config.ts';
import { type Consumer, consumersByQueue } from '#consume/consumer.ts';
import { createDeliveryHandler, type DeliveryHandler } from '#consume/delivery.ts';
import { requireTopology } from '#consume/require-topology.ts';
import { openSession, type Session } from '#consume/session.ts';
import { createBackOff } from '#timing/back-off.ts';
import { createBell } from '#timing/bell.ts';
import { topology } from '#topology/topology.ts';
import type { Worker } from '#worker.ts';

export interface ConsumersOptions extends BrokerAddress {
  service: string;
  consumers: readonly Consumer[];
  logger: Logger;
  metrics: Metrics;
  errors?: ErrorTracker;
  /** Messages of one queue that are handled at the same time, unless a consumer says otherwise. */
  prefetch?: number;
  /** After this a handler counts as failed, whatever it does later. */
  handlerTimeoutMs?: number;
  /** How long `stop` waits for messages being handled. */
  stopTimeoutMs?: number;
}

export interface Consumers extends Worker {
  /** @throws BrokerUnavailable while nothing can be received */
  ping(): Promise<void>;
}

/**
 * Receives the messages of the consumers' queues. A failed message waits in a retry queue and comes back, with growing
 * back-off; after the last attempt, or at once when no attempt can help, it lies among the dead letters with the
 * reason. Connections and subscriptions come back by themselves after the broker was away.
 * @throws Error for a queue that the topology does not have
 */
export function createConsumers(options: ConsumersOptions): Consumers {
  const { logger, service, prefetch = 20, stopTimeoutMs = 15_000 } = options;
  const handlers = deliveryHandlers(options);
  const config = brokerConfig(options, {
    service,
    queues: prefetchByQueue(options.consumers, prefetch),
    closeTimeoutMs: stopTimeoutMs,
  });
  const backOff = createBackOff({ minMs: 500, maxMs: 5000 });
  const bell = createBell();
  let stopping = false;
  let session: Session | undefined;
  let opening: Promise<void> | undefined;

  async function openWithRetry(onFirstTry: () => void): Promise<void> {
    while (!stopping && session === undefined) {
      try {
        await requireTopology(options, { service, queues: [...handlers.keys()], logger });
        session = await openSession(config, handlers, logger);
      } catch (error) {
        const reason = brokerReason(error);
        logger.warn({ err: error, reason, worker: 'consumers' }, 'consumers cannot receive, trying again');
        onFirstTry();
        await bell.wait(backOff.next());
      }
    }
    onFirstTry();
  }

  return {
    async start() {
      const tried = Promise.withResolvers<void>();
      opening ??= openWithRetry(tried.resolve);
      await tried.promise;
    },
    async stop() {
      stopping = true;
      bell.ring();
      await opening;
      await session?.close(stopTimeoutMs);
      session = undefined;
    },
    async ping() {
      if (session?.isConnected() !== true) throw new BrokerUnavailable('consumers are not connected to the broker');
    },
  };
}

/** The largest that a consumer of the queue asks for. */
function prefetchByQueue(consumers: readonly Consumer[], usual: number): ReadonlyMap<string, number> {
  const prefetches = new Map<string, number>();
  for (const { queue, prefetch = usual } of consumers) {
    prefetches.set(queue, Math.max(prefetch, prefetches.get(queue) ?? 0));
  }
  return prefetches;
}

function deliveryHandlers(options: ConsumersOptions): ReadonlyMap<string, DeliveryHandler> {
  const { consumers, logger, metrics, errors, handlerTimeoutMs = 30_000 } = options;
  const handlers = new Map<string, DeliveryHandler>();
  for (const [queue, ofQueue] of consumersByQueue(consumers)) {
    const handler = createDeliveryHandler({
      queue,
      consumers: ofQueue,
      retries: topology.retryDelaysMs.length,
      handlerTimeoutMs,
      logger,
      metrics,
      ...(errors === undefined ? {} : { errors }),
    });
    handlers.set(queue, handler);
  }
  return handlers;
}
