import { setTimeout as pause } from 'node:timers/promises';
import { withDeadline } from '@bank/domain';
import {
  acceptRequestId,
  type ErrorTracker,
  type Logger,
  type Metrics,
  newTraceparent,
  requestContext,
} from '@bank/observability';
import type { Message } from 'amqplib';
import type { AckOrNack, Recovery } from 'rascal';
import { attemptsOf, type Headers, headersAfterFailure, knownAttemptsOf } from '#consume/attempts.ts';
import { type Consumer, takes } from '#consume/consumer.ts';
import { failureOf, UnknownType } from '#consume/failure.ts';
import { type Part, partsOf } from '#consume/parts.ts';
import type { CloudEvent } from '#envelope/cloud-event.ts';
import { deadQueueOf, retryQueueOf, routeTo, workQueue } from '#topology/topology.ts';

export interface DeliveryOptions {
  queue: string;
  consumers: readonly Consumer[];
  /** How many retry queues stand around the queue. */
  retries: number;
  handlerTimeoutMs: number;
  logger: Logger;
  metrics: Metrics;
  errors?: ErrorTracker;
}

export type DeliveryHandler = (message: Message, ackOrNack: AckOrNack, forward: Forward) => Promise<void>;

/** Where a copy of a message goes within the recovery exchange, and what it says of its failures. */
export interface Onward {
  readonly routingKey: string;
  readonly headers: Record<string, string | number>;
}

/** Publishes a copy of a message. @throws Error unless the broker confirms that a queue has it */
export type Forward = (message: Message, to: Onward) => Promise<void>;

class HandlerTimeout extends Error {
  override readonly name = 'HandlerTimeout';
}

/** How often a message fails for want of something else before it is set aside: a day, with ten minutes in between. */
const awayFailuresMax = 150;

/** How often it is tried to move a message on, and how long it stays with its consumer after each try, before it goes back into its queue. */
const movesMax = 3;
const unmovedPauseMs = 1000;

/** A failed event on its way: what failed, who failed, and since when. */
interface FailedDelivery {
  /** It alone, whatever it came with. */
  readonly message: Message;
  readonly thrown: unknown;
  /** The consumer, or the queue for an event that never reached one. */
  readonly consumer: string;
  readonly startedAt: number;
}

/**
 * Gives the function that handles one delivery and acknowledges it: after every consumer of its type has done its
 * part, or after the message was put into a retry queue or among the dead letters. Of a batch each event is handled, and put there,
 * by itself, all of them at the same time. It never rejects.
 */
export function createDeliveryHandler(options: DeliveryOptions): DeliveryHandler {
  const { queue, logger } = options;
  return async (message, ackOrNack, forward) => {
    const recovery = await recoveryOf({ message, forward, options });
    try {
      await (recovery === undefined ? ackOrNack() : ackOrNack(new Error('not settled'), [recovery]));
    } catch (error) {
      // The channel has ended; the broker delivers the message again, or has it already in a retry queue.
      logger.warn({ err: error, queue, messageId: messageIdOf(message) }, 'a message could not be acknowledged');
    }
  };
}

interface Delivery {
  readonly message: Message;
  readonly forward: Forward;
  readonly options: DeliveryOptions;
}

/** Settles a message, or says what the broker has to do with it. Never rejects. */
async function recoveryOf(delivery: Delivery): Promise<Recovery | undefined> {
  const { message, options } = delivery;
  const { queue, logger } = options;
  const { batchMax = 1 } = routeTo(workQueue(queue));
  try {
    const settled = await Promise.all(partsOf(message, batchMax).map((part) => isSettled(part, delivery)));
    return settled.includes(false) ? { strategy: 'nack', requeue: true } : undefined;
  } catch (error) {
    // Among the dead letters, or it would keep its place in the prefetch for as long as the channel lives.
    logger.error(
      { err: error, queue, messageId: messageIdOf(message) },
      'a message could not be settled and is set aside',
    );
    return { strategy: 'nack' };
  }
}

/** Handles one event, and moves it on where it fails. False where the message has to come again for that. */
async function isSettled(part: Part, { message, forward, options }: Delivery): Promise<boolean> {
  const failed = await runConsumers(part, message, options);
  return failed === undefined || isMoved(failed, forward, options);
}

async function runConsumers(
  part: Part,
  carrier: Message,
  options: DeliveryOptions,
): Promise<FailedDelivery | undefined> {
  let consumer = options.queue;
  let startedAt = performance.now();
  try {
    const event = part.event();
    const takers = options.consumers.filter((candidate) => takes(candidate, event.type));
    if (takers.length === 0) throw new UnknownType(event.type);
    for (const taker of takers) {
      consumer = taker.name;
      startedAt = performance.now();
      const result = await runConsumer(
        taker,
        { event, headers: headersOf(carrier) },
        taker.timeoutMs ?? options.handlerTimeoutMs,
      );
      const outcome = isDuplicate(result) ? 'duplicate' : 'applied';
      options.metrics.observeMessage({ consumer, outcome }, secondsSince(startedAt));
    }
    return undefined;
  } catch (thrown) {
    return { message: part.alone(), thrown, consumer, startedAt };
  }
}

function runConsumer(
  consumer: Consumer,
  { event, headers }: { readonly event: CloudEvent; readonly headers: Headers },
  timeoutMs: number,
): Promise<unknown> {
  const traceparent = headers['traceparent'];
  const context = {
    requestId: acceptRequestId(event.requestid ?? headers['x-request-id'] ?? event.id),
    traceparent: newTraceparent(typeof traceparent === 'string' ? traceparent : event.traceparent),
    actor: `system:${consumer.name}`,
  };
  return requestContext.run(context, () =>
    withDeadline(consumer.handle(event), timeoutMs, () => new HandlerTimeout(`no result within ${timeoutMs} ms`)),
  );
}

/**
 * Publishes a message that failed to the queue where it belongs next. False where the broker confirms no try in time: it is handled again
 * then, with all that it came with, and comes twice if it lies there as well. Those times are redeliveries, of which the queue bears `deliveryLimit`.
 */
async function isMoved(failed: FailedDelivery, forward: Forward, options: DeliveryOptions): Promise<boolean> {
  const { queue, logger } = options;
  const { message } = failed;
  const onward = onwardOf(failed, options);
  for (let moves = 1; moves <= movesMax; moves += 1) {
    try {
      await forward(message, onward);
      return true;
    } catch (error) {
      const fields = { err: error, queue, to: onward.routingKey, messageId: messageIdOf(message), moves };
      logger.warn(fields, 'a message could not be moved on');
      await pause(unmovedPauseMs);
    }
  }
  return false;
}

/** Counts and logs a failure, and tells where the message belongs now. What is away has a count of its own: it uses up no other try. */
function onwardOf(failed: FailedDelivery, options: DeliveryOptions): Onward {
  const { queue, retries, metrics, logger, errors } = options;
  const { message, thrown, consumer, startedAt } = failed;
  const { permanent, away, reason } = failureOf(thrown);
  const headers = headersOf(message);
  const attempts = thrown instanceof UnknownType ? attemptsOf(headers) : knownAttemptsOf(headers);
  const failures = (away ? attempts.awayFailures : attempts.failures) + 1;
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
  return {
    routingKey: dead ? deadQueueOf(queue) : retryQueueOf(queue, Math.min(failures, retries)),
    headers: headersAfterFailure(attempts, { away, reason, consumer, at: new Date() }),
  };
}

function headersOf(message: Message): Headers {
  return message.properties.headers ?? {};
}

function messageIdOf(message: Message): string {
  return String(message.properties.messageId);
}

function isDuplicate(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'applied' in result && result.applied === false;
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}
