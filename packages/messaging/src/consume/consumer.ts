import type { CloudEvent } from '#envelope/cloud-event.ts';

/** One reaction to messages of a queue. */
export interface Consumer {
  /** Names it in logs, metrics and the inbox; unique in the app and stable over releases. */
  readonly name: string;
  /** A queue of `infra/rabbitmq/topology.json` that belongs to the app. */
  readonly queue: string;
  /** The event types it takes; `*` takes all. */
  readonly types: readonly string[];
  /**
   * Handles one message; it may be handed over more than once, and in any order. The result may say `applied: false`
   * when the inbox knew it already (for the metrics). A PermanentFailure, or a domain error that says the input is
   * invalid, goes to the dead letters at once; any other error is tried again.
   */
  handle(message: CloudEvent): Promise<unknown>;
}

/** Whether a consumer takes events of that type. */
export function takes(consumer: Consumer, type: string): boolean {
  return consumer.types.includes(type) || consumer.types.includes('*');
}

/** The consumers of each queue, in the order given. @throws Error when two have one name */
export function consumersByQueue(consumers: readonly Consumer[]): ReadonlyMap<string, readonly Consumer[]> {
  const names = consumers.map((consumer) => consumer.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two consumers are named ${twice}`);
  return Map.groupBy(consumers, (consumer) => consumer.queue);
}
