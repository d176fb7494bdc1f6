import { setTimeout as pause } from 'node:timers/promises';
import { DomainError } from '@bank/domain';
import { newTraceparent, type RequestContext, requestContext } from '@bank/observability';
import type { Consumer } from '#consume/consumer.ts';
import type { CloudEvent } from '#envelope/cloud-event.ts';
import { createBell } from '#timing/bell.ts';

/** One reaction to messages of a queue that is cheaper for many at once. */
export interface BatchConsumer extends Pick<Consumer, 'name' | 'queue' | 'types'> {
  /** Most messages of one batch, 250 unless given. */
  readonly batchMax?: number;
  /**
   * Messages of the queue that may be under way, which may carry many events each; two batches' worth of single ones unless given.
   * Of more events than that the last would not be done in time.
   */
  readonly prefetch?: number;
  /** How long a batch waits for more once it has a message, 5 ms unless given. */
  readonly waitMs?: number;
  /**
   * Least time from a batch that is not full to the next, none unless given: a steady trickle then costs a few batches
   * a second, while what comes by itself is handled at once. It ends early when there is a batch, or as many as
   * the prefetch lets in of single ones, after which no more may come.
   */
  readonly restMs?: number;
  /**
   * Handles all of the messages, of which no two are the same, or, by throwing, none of them. Results are in their order,
   * each as `handle` of a Consumer gives it. What is done `within` one of them tells of its request, and all else of the batch.
   */
  handleBatch(messages: readonly CloudEvent[], within: Within): Promise<readonly unknown[]>;
}

/** Runs work in the context of one message of a batch. */
export type Within = <T>(message: CloudEvent, work: () => T) => T;

interface Waiting {
  readonly message: CloudEvent;
  readonly context: RequestContext | undefined;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A consumer that collects its messages: the queue hands out some batches' worth, one batch is handled at a time, and
 * meanwhile the next fills. Every message is acknowledged, tried again or set aside for itself: the messages of a batch that
 * fails are handled one by one, unless what they need is away, which is no message's fault.
 */
export function inBatches(consumer: BatchConsumer): Consumer {
  const { name, queue, types, batchMax = 250, prefetch = 2 * batchMax, waitMs = 5, restMs = 0 } = consumer;
  const waiting: Waiting[] = [];
  const enough = createBell();
  let working = false;

  function isEnough(): boolean {
    return waiting.length >= Math.min(batchMax, prefetch);
  }

  async function work(): Promise<void> {
    working = true;
    await pause(waitMs);
    while (waiting.length > 0) {
      const restsUntil = isEnough() ? 0 : performance.now() + restMs;
      const batch = waiting.splice(0, batchMax);
      await settle(consumer, batch);
      while (!isEnough() && performance.now() < restsUntil) await enough.wait(restsUntil - performance.now());
    }
    working = false;
  }

  return {
    name,
    queue,
    types,
    prefetch,
    timeoutMs: 60_000, // 30 s for its own batch, and as long for those before it
    handle(message) {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      waiting.push({ message, context: requestContext.get(), resolve, reject });
      if (isEnough()) enough.ring();
      if (!working) void work();
      return promise;
    },
  };
}

/** Handles a batch, and its messages one by one when it fails. Never rejects: every message hears its own outcome. */
async function settle(consumer: BatchConsumer, batch: readonly Waiting[]): Promise<void> {
  const failed = await attempt(consumer, batch);
  if (failed === undefined) return;
  if (batch.length > 1) await settleOneByOne(consumer, batch, failed);
  else for (const { reject } of batch) reject(failed.thrown);
}

/**
 * One by one, in as few seconds as can be, since each that waits for what somebody holds does so for seconds: what is held for one
 * subject is not tried for the next message about it, and what is held for two of them, or is away, is so for all that are left.
 */
async function settleOneByOne(consumer: BatchConsumer, batch: readonly Waiting[], ofAll: Failed): Promise<void> {
  const held = new Set<string>();
  let hindrance = hindranceOf(ofAll);
  for (const waiting of batch) {
    const { subject } = waiting.message;
    const isHindered = hindrance !== undefined && (!hindrance.isContended || held.size > 1 || held.has(subject));
    const failed = isHindered ? { thrown: hindrance } : await attempt(consumer, [waiting]);
    if (failed === undefined) continue;
    waiting.reject(failed.thrown);
    const found = hindranceOf(failed);
    if (found === undefined) continue;
    hindrance = found;
    held.add(subject);
  }
}

interface Failed {
  readonly thrown: unknown;
}

/** Gives what went wrong; otherwise every message has heard its result. */
async function attempt(consumer: BatchConsumer, batch: readonly Waiting[]): Promise<Failed | undefined> {
  try {
    const results = await handle(consumer, batch);
    for (const [index, { resolve }] of batch.entries()) resolve(results[index]);
    return undefined;
  } catch (thrown) {
    return { thrown };
  }
}

/** What keeps messages from being handled that are not at fault. */
function hindranceOf({ thrown }: Failed): DomainError | undefined {
  return thrown instanceof DomainError && thrown.kind === 'unavailable' ? thrown : undefined;
}

/**
 * A batch is a piece of work of its own: it belongs to no single message's request. A message that comes twice in it is one,
 * as whoever sends may send again what they do not know to have arrived, and both hear the one outcome.
 */
async function handle(consumer: BatchConsumer, batch: readonly Waiting[]): Promise<readonly unknown[]> {
  const messages = [...new Map(batch.map(({ message }) => [message.id, message])).values()];
  const [first] = messages;
  const context = {
    requestId: first?.id ?? '',
    traceparent: newTraceparent(messages.length === 1 ? first?.traceparent : undefined),
    actor: `system:${consumer.name}`,
  };
  const contexts = new Map(batch.map((each) => [each.message, each.context ?? context]));
  const within: Within = (message, work) => requestContext.run(contexts.get(message) ?? context, work);
  const results = await requestContext.run(context, () => consumer.handleBatch(messages, within));
  const resultOf = new Map(messages.map(({ id }, index) => [id, results[index]]));
  return batch.map(({ message }) => resultOf.get(message.id));
}
