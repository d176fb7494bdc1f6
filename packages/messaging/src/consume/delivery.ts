import { withDeadline } from '@bank/domain';
import {
  acceptRequestId,
  type ErrorTracker,
  type Logger,
  type Metrics,
  newTraceparent,
  requestContext,
} from '@bank/observability';
import type { ConsumeMessage } from 'amqplib';
import type { AckOrNack, Recovery } from 'rascal';
import { attemptsOf, type Headers, headersAfterFailure, knownAttemptsOf } from '#consume/attempts.ts';
import { type Consumer, takes } from '#consume/consumer.ts';
import { failureOf, UnknownType } from '#consume/failure.ts';
import { type CloudEvent, parseCloudEvent } from '#envelope/cloud-event.ts';
import { deadQueueOf, retryQueueOf } from '#topology/topology.ts';

export interface DeliveryOptions {
  queue: string;
  consumers: readonly Consumer[];
  /** How many retry queues stand around the queue. */
  retries: number;
  /** The rascal publication to the recovery exchange. */
  recovery: string;
  handlerTimeoutMs: number;
  logger: Logger;
  metrics: Metrics;
  errors?: ErrorTracker;
}

export type DeliveryHandler = (message: ConsumeMessage, ackOrNack: AckOrNack) => Promise<void>;

class HandlerTimeout extends Error {
  override readonly name = 'HandlerTimeout';
}

/** How often a message fails for want of something else before it is set aside: a day, with ten minutes in between. */
const awayFailuresMax = 150;

/** How long a message that could not be moved on stays where it is. */
const unmovedPauseMs = 1000;

/** A failed message on its way: what failed, who failed, and since when. */
interface FailedDelivery {
  readonly message: ConsumeMessage;
  readonly thrown: unknown;
  /** The consumer, or the queue for a message that never reached one. */
  readonly consumer: string;
  readonly startedAt: number;
}

/**
 * Gives the function that handles one delivery and acknowledges it: after every consumer of its type has done its
 * part, or after the message was put into a retry queue or among the dead letters. It never rejects.
 */
export function createDeliveryHandler(options: DeliveryOptions): DeliveryHandler {
  const { queue, logger } = options;
  return async (message, ackOrNack) => {
    try {
      const failed = await runConsumers(message, options);
      if (failed === undefined) await ackOrNack();
      else await ackOrNack(new Error('handling failed'), recoveryOf(failed, options));
    } catch (error) {
      // The channel has ended; the broker delivers the message again, or has it already in a retry queue.
      logger.warn({ err: error, queue, messageId: messageIdOf(message) }, 'a message could not be acknowledged');
    }
  };
}

async function runConsumers(message: ConsumeMessage, options: DeliveryOptions): Promise<FailedDelivery | undefined> {
  let consumer = options.queue;
  let startedAt = performance.now();
  try {
    const event = parseCloudEvent(message.content);
    const takers = options.consumers.filter((candidate) => takes(candidate, event.type));
    if (takers.length === 0) throw new UnknownType(event.type);
    for (const taker of takers) {
      consumer = taker.name;
      startedAt = performance.now();
      const result = await runConsumer(taker, event, headersOf(message), options.handlerTimeoutMs);
      const outcome = isDuplicate(result) ? 'duplicate' : 'applied';
      options.metrics.observeMessage({ consumer, outcome }, secondsSince(startedAt));
    }
    return undefined;
  } catch (thrown) {
    return { message, thrown, consumer, startedAt };
  }
}

function runConsumer(consumer: Consumer, event: CloudEvent, headers: Headers, timeoutMs: number): Promise<unknown> {
  const traceparent = headers['traceparent'];
  const context = {
    requestId: acceptRequestId(headers['x-request-id'] ?? event.id),
    traceparent: newTraceparent(typeof traceparent === 'string' ? traceparent : event.traceparent),
    actor: `system:${consumer.name}`,
  };
  return requestContext.run(context, () =>
    withDeadline(consumer.handle(event), timeoutMs, () => new HandlerTimeout(`no result within ${timeoutMs} ms`)),
  );
}

/**
 * Counts and logs a failure, and gives the chain that moves the message on. Where the broker does not confirm in time that it has it in the
 * next queue, it is handled again: it may lie there as well, and then comes twice.
 */
function recoveryOf(failed: FailedDelivery, options: DeliveryOptions): readonly Recovery[] {
  const { queue, retries, recovery, metrics, logger, errors } = options;
  const { message, thrown, consumer, startedAt } = failed;
  const { permanent, away, reason } = failureOf(thrown);
  const headers = headersOf(message);
  const attempts = thrown instanceof UnknownType ? attemptsOf(headers) : knownAttemptsOf(headers);
  const failures = attempts.failures + 1;
  const dead = permanent || failures > (away ? awayFailuresMax : retries);
  const place = { consumer, queue, messageId: messageIdOf(message), requestId: headers['x-request-id'] };
  const fields = { ...place, err: thrown, attempts: failures, reason };
  metrics.observeMessage({ consumer, outcome: dead ? 'dead' : 'retried' }, secondsSince(startedAt));
  if (dead) {
    logger.error(fields, 'a message was put among the dead letters');
    errors?.capture(thrown, place);
  } else {
    logger.warn(fields, 'a message failed and will be tried again');
  }
  const forward: Recovery = {
    strategy: 'forward',
    publication: recovery,
    options: {
      routingKey: dead ? deadQueueOf(queue) : retryQueueOf(queue, Math.min(failures, retries)),
      options: { headers: headersAfterFailure(attempts, { reason, consumer, at: new Date() }) },
    },
  };
  return [forward, { strategy: 'nack', requeue: true, defer: unmovedPauseMs }];
}

function headersOf(message: ConsumeMessage): Headers {
  return message.properties.headers ?? {};
}

function messageIdOf(message: ConsumeMessage): string {
  return String(message.properties.messageId);
}

function isDuplicate(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'applied' in result && result.applied === false;
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}
