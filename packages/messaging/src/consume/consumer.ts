import type { CloudEvent } from '#envelope/cloud-event.ts';
import { workQueue } from '#topology/topology.ts';

/** One reaction to messages of a queue. */
export interface Consumer {
  /** Names it in logs, metrics and the inbox; unique in the app and stable over releases. */
  readonly name: string;
  /** A queue of `infra/rabbitmq/topology.json` that belongs to the app. */
  readonly queue: string;
  /** The event types it takes; `*` takes all. */
  readonly types: readonly string[];
  /** Messages of its queue that may be under way at the same time, each with all that it carries; that of the process unless given. */
  readonly prefetch?: number;
  /** After so long a message counts as failed, whatever comes of it later; that of the process unless given. */
  readonly timeoutMs?: number;
  /**
   * Handles one message; it may be handed over more than once, and in any order. The result may say `applied: false`
   * when the inbox knew it already (for the metrics). A PermanentFailure, data that `decodeEvent` refuses, or a
   * domain error that says the input is invalid, goes to the dead letters at once; any other error is tried again.
   */
  handle(message: CloudEvent): Promise<unknown>;
}

/** Whether a consumer takes events of that type. */
export function takes(consumer: Consumer, type: string): boolean {
  return consumer.types.includes(type) || consumer.types.includes('*');
}

/**
 * The consumers of each queue, in the order given.
 * @throws Error when two have one name, when the topology has no such queue, or when what is bound to a queue and what
 * its consumers take differ: an event without a consumer would end among the dead letters, one without a binding nowhere
 */
export function consumersByQueue(consumers: readonly Consumer[]): ReadonlyMap<string, readonly Consumer[]> {
  const names = consumers.map((consumer) => consumer.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two consumers are named ${twice}`);
  const byQueue = Map.groupBy(consumers, (consumer) => consumer.queue);
  for (const [queue, ofQueue] of byQueue) checkBindings(queue, ofQueue);
  return byQueue;
}

function checkBindings(queue: string, consumers: readonly Consumer[]): void {
  const bound = workQueue(queue).types;
  if (bound === undefined) return; // everything that the destination gets
  const untaken = bound.find((type) => !consumers.some((consumer) => takes(consumer, type)));
  if (untaken !== undefined) throw new Error(`${queue} is bound to ${untaken}, which no consumer takes`);
  const unbound = consumers.flatMap(({ types }) => types).find((type) => type !== '*' && !bound.includes(type));
  if (unbound !== undefined) throw new Error(`a consumer of ${queue} takes ${unbound}, which is not bound to it`);
}
