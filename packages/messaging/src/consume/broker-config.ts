import type { BrokerConfig } from 'rascal';
import { type BrokerAddress, connectArguments } from '#connection/broker-address.ts';
import { type App, deadQueueOf, recoveryExchangeOf, retryQueueOf, topology, workQueue } from '#topology/topology.ts';

const vhost = 'broker';

// Functions, since rascal writes its defaults into the objects it is given: a shared one would take the first name.
const retry = () => ({ min: 200, max: 5000, factor: 2, strategy: 'exponential' }) as const;
const known = () => ({ assert: false, check: false }) as const;

/** The name of the rascal publication through which an app reaches its retry and dead queues. */
export function recoveryPublicationOf(app: App): string {
  return `${app}.recovery`;
}

/** What a process that reads some queues needs of the broker, by name. */
export interface Surroundings {
  readonly exchanges: readonly string[];
  readonly queues: readonly string[];
}

/** @throws Error for a queue that the topology does not have */
export function surroundingsOf(queues: readonly string[]): Surroundings {
  return { exchanges: appsOf(queues).map(recoveryExchangeOf), queues: queues.flatMap(queuesAround) };
}

/**
 * The rascal configuration of a process that reads these queues, each with its prefetch. Nothing is declared.
 * @throws Error for a queue that the topology does not have
 */
export function brokerConfig(
  address: BrokerAddress,
  options: { service: string; queues: ReadonlyMap<string, number>; closeTimeoutMs: number },
): BrokerConfig {
  const { service, closeTimeoutMs } = options;
  const names = [...options.queues.keys()];
  const { exchanges, queues } = surroundingsOf(names);
  return {
    // Not in the connection below: rascal drops what it does not know there, its own `retry` included.
    defaults: { vhosts: { connection: { retry: retry() } } },
    vhosts: {
      [vhost]: {
        connection: connectArguments(address, `${service}: consumers`),
        exchanges: Object.fromEntries(exchanges.map((name) => [name, known()])),
        queues: Object.fromEntries(queues.map((name) => [name, known()])),
      },
    },
    publications: Object.fromEntries(
      appsOf(names).map((app) => [recoveryPublicationOf(app), recoveryPublication(app)]),
    ),
    subscriptions: Object.fromEntries(
      [...options.queues].map(([queue, prefetch]) => [
        queue,
        { vhost, queue, prefetch, closeTimeout: closeTimeoutMs, promisifyAckOrNack: true as const, retry: retry() },
      ]),
    ),
  };
}

function appsOf(queues: readonly string[]): App[] {
  return [...new Set(queues.map((name) => workQueue(name).app))];
}

function queuesAround(queue: string): string[] {
  return [queue, ...topology.retryDelaysMs.map((_delay, index) => retryQueueOf(queue, index + 1)), deadQueueOf(queue)];
}

function recoveryPublication(app: App): BrokerConfig['publications'][string] {
  return {
    vhost,
    exchange: recoveryExchangeOf(app),
    confirm: true,
    timeout: 5000,
    options: { persistent: true, mandatory: true },
  };
}
