import { Secret } from '@bank/domain';
import { brokerDefinitions, vhostDefinitions } from '@bank/messaging/topology';
import { shortHash } from '#stack/host/short-hash.ts';
import { appNames } from '#stack/settings/apps.ts';
import type { OperatorBroker } from '#stack/settings/operator-broker.ts';
import { type Broker, callManagement } from '#stack/stores/broker-management.ts';

/** Whoever has a user of its own on the stack's broker. */
export const brokerRoles = [...appNames, 'operator', 'platform'] as const;

/** The address of the stack's virtual host with the name and password of one user. */
export interface BrokerEntrance {
  readonly url: string;
  readonly caFile?: string;
}

const MARKER = 'made by the launcher of user-service, topology';

export interface BrokerProvisioning {
  passwordOf(user: string): string;
  report(line: string): void;
  /** Whether a virtual host of another topology is made anew, with the loss of every message in it: of a private broker alone. */
  readonly remake: boolean;
}

/**
 * Makes the stack's virtual host with its exchanges, queues and bindings, and a user with its own rights for each app,
 * the operator commands and the platform's services. Queues cannot be changed: when the topology has, those that are there stay as
 * they are beside what is new, unless they may be made anew.
 */
export async function provisionBroker(
  broker: Broker,
  vhost: string,
  { passwordOf, report, remake }: BrokerProvisioning,
): Promise<void> {
  await makeVhost(broker, vhost, { report, remake });
  const administrator = decodeURIComponent(new URL(broker.managementUrl).username);
  await callManagement(broker, 'PUT', `permissions/${encodeURIComponent(vhost)}/${administrator}`, {
    configure: '.*',
    write: '.*',
    read: '.*',
  });
  const users = brokerRoles.map((role) => {
    const name = brokerUser(vhost, role);
    return { name, role, password: new Secret(passwordOf(name)) };
  });
  // The virtual host is there, and would lose its description if it were named once more.
  const definitions = { ...brokerDefinitions({ vhost, users }), vhosts: [] };
  await callManagement(broker, 'POST', 'definitions', definitions);
}

async function makeVhost(
  broker: Broker,
  vhost: string,
  { report, remake }: Pick<BrokerProvisioning, 'report' | 'remake'>,
): Promise<void> {
  const path = `vhosts/${encodeURIComponent(vhost)}`;
  const description = `${MARKER} ${shortHash(JSON.stringify(vhostDefinitions()))}`;
  const known = (await describedVhosts(broker)).get(vhost);
  if (known === description) return;
  if (known !== undefined) {
    // Its description stays too: it says by which topology its queues were made, or who made it.
    if (!remake) return report(`rabbitmq: ${vhost} is there: what is missing is added, its queues stay as they are`);
    report('rabbitmq: the topology has changed, its queues are made anew');
    await callManagement(broker, 'DELETE', path);
  }
  await callManagement(broker, 'PUT', path, { description });
}

/** Removes a virtual host with its queues and connections. */
export async function removeVhost(broker: Broker, vhost: string): Promise<void> {
  await callManagement(broker, 'DELETE', `vhosts/${encodeURIComponent(vhost)}`);
}

/** The name of a role's user: users belong to the whole broker, which may serve other stacks. */
export function brokerUser(vhost: string, role: (typeof brokerRoles)[number]): string {
  return `${vhost}.${role}`;
}

/** The address by which a user reaches the stack's virtual host. */
export function brokerUrl(url: string, user: string, password: string, vhost: string): string {
  const address = new URL(url);
  address.username = user;
  address.password = password;
  address.pathname = `/${encodeURIComponent(vhost)}`;
  return address.href;
}

/** Where the operator commands reach the stack's virtual host. */
export function operatorBroker(broker: Broker, vhost: string, passwordOf: (user: string) => string): OperatorBroker {
  return addressOf('operator', broker, vhost, passwordOf);
}

/** Where the services of the platform, which the sandbox stands for, reach the stack's virtual host. */
export function platformBroker(broker: Broker, vhost: string, passwordOf: (user: string) => string): BrokerEntrance {
  return addressOf('platform', broker, vhost, passwordOf);
}

function addressOf(
  role: (typeof brokerRoles)[number],
  broker: Broker,
  vhost: string,
  passwordOf: (user: string) => string,
): BrokerEntrance {
  const user = brokerUser(vhost, role);
  const url = brokerUrl(broker.url, user, passwordOf(user), vhost);
  return broker.caFile === undefined ? { url } : { url, caFile: broker.caFile };
}

async function describedVhosts(broker: Broker): Promise<Map<string, string>> {
  const vhosts = (await callManagement(broker, 'GET', 'vhosts')) as { name: string; description?: string }[];
  return new Map(vhosts.map(({ name, description }) => [name, description ?? '']));
}
