import type { BrokerConfig } from 'rascal';
import { type BrokerAddress, connectArguments } from '#connection/broker-address.ts';
import { type App, deadQueueOf, recoveryExchangeOf, retryQueueOf, topology, workQueue } from '#topology/topology.ts';

const vhost = 'broker';

// Functions, since rascal writes its defaults into the objects it is given: a shared one would take the first name.
const retry = () => ({ min: 200, max: 5000, factor: 2, strategy: 'exponential' }) as const;
const checked = () => ({ assert: false, check: true }) as const;

/** The name of the rascal publication through which an app reaches its retry and dead queues. */
export function recoveryPublicationOf(app: App): string {
  return `${app}.recovery`;
}

/**
 * The rascal configuration of a process that reads these queues, each with its prefetch. Nothing is declared; what is missing fails the start
 * with its name. @throws Error for a queue that the topology does not have
 */
export function brokerConfig(
  address: BrokerAddress,
  options: { service: string; queues: ReadonlyMap<string, number>; closeTimeoutMs: number },
): BrokerConfig {
  const { service, closeTimeoutMs } = options;
  const queues = [...options.queues.keys()];
  const owners = [...new Set(queues.map((name) => workQueue(name).app))];
  return {
    // Not in the connection below: rascal drops what it does not know there, its own `retry` included.
    defaults: { vhosts: { connection: { retry: retry() } } },
    vhosts: {
      [vhost]: {
        connection: connectArguments(address, `${service}: consumers`),
        exchanges: Object.fromEntries(owners.map((app) => [recoveryExchangeOf(app), checked()])),
        queues: Object.fromEntries(queues.flatMap(queuesAround).map((name) => [name, checked()])),
      },
    },
    publications: Object.fromEntries(owners.map((app) => [recoveryPublicationOf(app), recoveryPublication(app)])),
    subscriptions: Object.fromEntries(
      [...options.queues].map(([queue, prefetch]) => [
        queue,
        { vhost, queue, prefetch, closeTimeout: closeTimeoutMs, promisifyAckOrNack: true as const, retry: retry() },
      ]),
    ),
  };
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
