import { DomainError } from '@bank/domain';
import { newTraceparent, requestContext } from '@bank/observability';
import type { Consumer } from '#consume/consumer.ts';
import type { CloudEvent } from '#envelope/cloud-event.ts';

/** One reaction to messages of a queue that is cheaper for many at once. */
export interface BatchConsumer extends Pick<Consumer, 'name' | 'queue' | 'types'> {
  /** Most messages of one batch, 250 unless given. */
  readonly batchMax?: number;
  /** How long a batch waits for more once it has a message, 5 ms unless given. */
  readonly waitMs?: number;
  /**
   * Handles all of the messages or, by throwing, none of them. Results are in their order, each as `handle` of a
   * Consumer gives it.
   */
  handleBatch(messages: readonly CloudEvent[]): Promise<readonly unknown[]>;
}

interface Waiting {
  readonly message: CloudEvent;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A consumer that collects its messages: the queue hands out two batches' worth, one batch is handled at a time, and
 * meanwhile the next fills. Every message is acknowledged, tried again or set aside for itself: a batch that fails is
 * halved until the message at fault stands alone, unless what it needs is away, which is no message's fault.
 */
export function inBatches(consumer: BatchConsumer): Consumer {
  const { name, queue, types, batchMax = 250, waitMs = 5 } = consumer;
  const waiting: Waiting[] = [];
  let working = false;

  async function work(): Promise<void> {
    working = true;
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    while (waiting.length > 0) await settle(consumer, waiting.splice(0, batchMax));
    working = false;
  }

  return {
    name,
    queue,
    types,
    prefetch: 2 * batchMax,
    handle(message) {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      waiting.push({ message, resolve, reject });
      if (!working) void work();
      return promise;
    },
  };
}

/** Handles a batch, in halves when it fails. Never rejects: every message hears its own outcome. */
async function settle(consumer: BatchConsumer, batch: readonly Waiting[]): Promise<void> {
  try {
    const results = await handle(consumer, batch);
    for (const [index, { resolve }] of batch.entries()) resolve(results[index]);
  } catch (error) {
    if (batch.length === 1 || isAway(error)) {
      for (const { reject } of batch) reject(error);
      return;
    }
    const half = Math.ceil(batch.length / 2);
    await settle(consumer, batch.slice(0, half));
    await settle(consumer, batch.slice(half));
  }
}

/** A batch is a piece of work of its own: it belongs to no single message's request. */
async function handle(consumer: BatchConsumer, batch: readonly Waiting[]): Promise<readonly unknown[]> {
  const messages = batch.map(({ message }) => message);
  const [first] = messages;
  const context = {
    requestId: first?.id ?? '',
    traceparent: newTraceparent(messages.length === 1 ? first?.traceparent : undefined),
    actor: `system:${consumer.name}`,
  };
  return requestContext.run(context, () => consumer.handleBatch(messages));
}

function isAway(error: unknown): boolean {
  return error instanceof DomainError && error.kind === 'unavailable';
}
