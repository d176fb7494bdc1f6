import { type App, apps, deadQueueOf, recoveryExchangeOf, topology } from '#topology/topology.ts';

/**
 * `operator` is the operator commands' user: it reads what was set aside and puts it back, and never reads live queues.
 * `platform` stands for the services of the platform, which publish to exchanges of their own.
 */
export type BrokerRole = App | 'operator' | 'platform' | 'administrator';

/** Regular expressions over names, as RabbitMQ takes them. */
export interface BrokerPermissions {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

export interface TopicPermission {
  readonly exchange: string;
  readonly write: string;
  readonly read: string;
}

const nothing = '^$';
const everything = '.*';

/** Whether the name of a user says its role. */
export function isBrokerRole(name: string): name is BrokerRole {
  return [...apps, 'operator', 'platform', 'administrator'].includes(name);
}

/**
 * What a role may do. An app publishes to the three destinations and its own recovery exchange and reads its own
 * queues: `deliveries` are read by auth alone, `audit` by admin alone. Nobody but the administrator declares anything,
 * and nobody else writes to the default exchange, which would reach every queue.
 */
export function brokerPermissions(role: BrokerRole): BrokerPermissions {
  if (role === 'administrator') return { configure: everything, write: everything, read: everything };
  if (role === 'platform') {
    const own = Object.values(topology.platform).map((route) => route.exchange);
    return { configure: nothing, write: exactly(own), read: nothing };
  }
  const destinations = Object.values(topology.destinations).map((route) => route.exchange);
  if (role === 'operator') {
    const setAside = [...topology.queues.map((queue) => deadQueueOf(queue.name)), topology.unroutable];
    return {
      configure: nothing,
      write: exactly([...destinations, ...apps.map(recoveryExchangeOf)]),
      read: exactly(setAside),
    };
  }
  return {
    configure: nothing,
    write: exactly([...destinations, recoveryExchangeOf(role)]),
    read: exactly(topology.queues.filter((queue) => queue.app === role).map((queue) => queue.name)),
  };
}

/** Which event types a role may publish: its own areas and what every app emits. Undefined where there is no bound. */
export function topicPermission(role: BrokerRole): TopicPermission | undefined {
  if (role === 'operator' || role === 'platform' || role === 'administrator') return undefined;
  const areas = topology.apps[role].emits.map((area) => `${literally(area)}[.].+`);
  const shared = topology.emittedByEveryApp.map(literally);
  return {
    exchange: topology.destinations.events.exchange,
    write: `^(${[...areas, ...shared].join('|')})$`,
    read: nothing,
  };
}

/** A regular expression over names, as RabbitMQ takes them, for these alone. */
export function exactly(names: readonly string[]): string {
  return `^(${names.map(literally).join('|')})$`;
}

// In a character class rather than behind a backslash: the same text is then valid in JSON, Erlang and shells.
function literally(name: string): string {
  return name.replaceAll('.', '[.]');
}
