import topologyFile from '@bank/rabbitmq-topology/topology.json' with { type: 'json' };

export type App = keyof typeof topologyFile.apps;
export type Destination = keyof typeof topologyFile.destinations;
/** A service of the platform whose events are read here. */
export type PlatformSource = keyof typeof topologyFile.platform;

/** Where an outbox row of a destination is published. Without a routing key of its own the event type is the key. */
export interface Route {
  readonly exchange: string;
  readonly type: string;
  readonly routingKey?: string;
  /** Rows that may travel in one message, as a batch of CloudEvents, and events that are taken in one; each by itself when left out. */
  readonly batchMax?: number;
}

export interface WorkQueue {
  readonly name: string;
  readonly app: App;
  /** Where its messages come from: a destination of ours, or a service of the platform. */
  readonly destination: Destination | PlatformSource;
  /** The event types that are bound to it; every message of the destination when left out. */
  readonly types?: readonly string[];
  /** After how many days the broker forgets its dead letters, where they hold what no erasure reaches; never when left out. */
  readonly deadLetterDays?: number;
}

export interface Topology {
  readonly destinations: Readonly<Record<Destination, Route>>;
  /** Exchanges that services of the platform publish their events to. */
  readonly platform: Readonly<Record<PlatformSource, Route>>;
  /** The alternate exchange, and the queue of the same name behind it. */
  readonly unroutable: string;
  /** How often a message is redelivered after its consumer died, before it is set aside. */
  readonly deliveryLimit: number;
  readonly retryDelaysMs: readonly number[];
  /** The age of a message, in weeks, after which it is not replayed: an inbox may have forgotten that it was handled. */
  readonly deadLetterWeeks: number;
  readonly apps: Readonly<Record<App, { readonly emits: readonly string[] }>>;
  readonly emittedByEveryApp: readonly string[];
  readonly queues: readonly WorkQueue[];
  readonly unsubscribed: { readonly queue: string; readonly types: readonly string[] };
}

/** What `infra/rabbitmq/topology.json` says, with its references checked by the type and by the tests beside this file. */
export const topology = topologyFile as Topology;

export const destinations = Object.keys(topology.destinations) as readonly Destination[];

export const apps = Object.keys(topology.apps) as readonly App[];

/** The exchange through which one app reaches its own queues: retry, dead letter, and back. */
export function recoveryExchangeOf(app: App): string {
  return `${app}.recovery`;
}

/** The queue in which a message waits after its `failures`-th failed attempt, counted from 1. */
export function retryQueueOf(queue: string, failures: number): string {
  return `${queue}.retry.${failures}`;
}

/** The queue that keeps what failed for good. */
export function deadQueueOf(queue: string): string {
  return `${queue}.dead`;
}

/** The exchange that fills a work queue. */
export function routeTo({ destination }: WorkQueue): Route {
  return { ...topology.destinations, ...topology.platform }[destination];
}

/** The work queue of that name. @throws Error when the topology has none */
export function workQueue(name: string): WorkQueue {
  const found = topology.queues.find((queue) => queue.name === name);
  if (found === undefined) throw new Error(`infra/rabbitmq/topology.json has no queue ${name}`);
  return found;
}
