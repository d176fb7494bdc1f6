import { createHash, randomBytes } from 'node:crypto';
import type { Secret } from '@bank/domain';
import { type BrokerRole, brokerPermissions, exactly, isBrokerRole, topicPermission } from '#topology/permissions.ts';
import {
  type App,
  apps,
  deadQueueOf,
  type Route,
  recoveryExchangeOf,
  retryQueueOf,
  routeTo,
  topology,
  type WorkQueue,
} from '#topology/topology.ts';

const dayMs = 24 * 3_600_000;

export interface BrokerUser {
  name: string;
  password: Secret;
  /** The role that the name says, when left out. */
  role?: BrokerRole;
}

/** Other times and limits than those of the topology, and less of it, for tests that cannot wait for them. */
export interface TopologyTuning {
  /** Only the queues of this app: what others would read is kept as unroutable. */
  app?: App;
  /** As many as the topology has. */
  retryDelaysMs?: readonly number[];
  deliveryLimit?: number;
  /** Of the queues that have `deadLetterDays`. */
  deadLetterMs?: number;
}

interface Exchange {
  readonly name: string;
  readonly type: string;
  readonly durable: true;
  readonly auto_delete: false;
  readonly internal: false;
  readonly arguments: Readonly<Record<string, string>>;
}

interface Queue {
  readonly name: string;
  readonly durable: true;
  readonly auto_delete: false;
  readonly arguments: Readonly<Record<string, string | number>>;
}

interface Binding {
  readonly source: string;
  readonly destination: string;
  readonly destination_type: 'queue';
  readonly routing_key: string;
  readonly arguments: Readonly<Record<string, never>>;
}

/** Unlike an argument it also holds for a queue that is there already. */
interface Policy {
  readonly name: string;
  readonly pattern: string;
  readonly 'apply-to': 'queues';
  readonly definition: Readonly<Record<string, number>>;
  readonly priority: number;
}

/** What `POST /api/definitions/<vhost>` of RabbitMQ's management API takes. */
export interface VhostDefinitions {
  readonly exchanges: readonly Exchange[];
  readonly queues: readonly Queue[];
  readonly bindings: readonly Binding[];
  readonly policies: readonly Policy[];
}

type InVhost<T> = T & { readonly vhost: string };

/** What `load_definitions` of rabbitmq.conf and `POST /api/definitions` take. */
export interface BrokerDefinitions {
  readonly users: readonly {
    name: string;
    password_hash: string;
    hashing_algorithm: string;
    tags: readonly string[];
  }[];
  readonly vhosts: readonly { name: string }[];
  readonly permissions: readonly InVhost<{ user: string; configure: string; write: string; read: string }>[];
  readonly topic_permissions: readonly InVhost<{ user: string; exchange: string; write: string; read: string }>[];
  readonly exchanges: readonly InVhost<Exchange>[];
  readonly queues: readonly InVhost<Queue>[];
  readonly bindings: readonly InVhost<Binding>[];
  readonly policies: readonly InVhost<Policy>[];
}

/**
 * The whole definitions of a broker with one virtual host: exchanges, queues, bindings and policies of `infra/rabbitmq`, and the
 * users with the rights of their roles. Passwords go in as salted hashes. @throws Error for a user without a role
 */
export function brokerDefinitions(
  options: { vhost: string; users: readonly BrokerUser[] } & TopologyTuning,
): BrokerDefinitions {
  const { vhost, users, ...tuning } = options;
  const { exchanges, queues, bindings, policies } = vhostDefinitions(tuning);
  const inVhost = <T extends object>(items: readonly T[]) => items.map((item) => ({ ...item, vhost }));
  const roles = users.map((user) => ({ user: user.name, role: roleOf(user) }));
  return {
    users: users.map((user) => ({
      name: user.name,
      password_hash: passwordHash(user.password),
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: roleOf(user) === 'administrator' ? ['administrator'] : [],
    })),
    vhosts: [{ name: vhost }],
    permissions: inVhost(roles.map(({ user, role }) => ({ user, ...brokerPermissions(role) }))),
    topic_permissions: inVhost(
      roles.flatMap(({ user, role }) => {
        const permission = topicPermission(role);
        return permission === undefined ? [] : [{ user, ...permission }];
      }),
    ),
    exchanges: inVhost(exchanges),
    queues: inVhost(queues),
    bindings: inVhost(bindings),
    policies: inVhost(policies),
  };
}

/** Exchanges, queues, bindings and policies without users, for an existing virtual host. */
export function vhostDefinitions(tuning: TopologyTuning = {}): VhostDefinitions {
  const { app, retryDelaysMs = topology.retryDelaysMs, deliveryLimit = topology.deliveryLimit } = tuning;
  if (retryDelaysMs.length !== topology.retryDelaysMs.length) {
    throw new Error(`the topology has ${topology.retryDelaysMs.length} retries, not ${retryDelaysMs.length}`);
  }
  const { queue: unsubscribed, types } = topology.unsubscribed;
  const events = topology.destinations.events.exchange;
  const queues = topology.queues.filter((queue) => app === undefined || queue.app === app);
  return {
    exchanges: [
      ...Object.values(topology.destinations).map(destinationExchange),
      // The platform's own on a broker that it shares with us; what nobody binds is nobody's mistake.
      ...Object.values(topology.platform).map((route) => exchange(route.exchange, route.type)),
      exchange(topology.unroutable, 'fanout'),
      ...apps.map((app) => exchange(recoveryExchangeOf(app), 'direct')),
    ],
    queues: [
      keepingQueue(topology.unroutable),
      forgettingQueue(unsubscribed),
      ...queues.flatMap((queue) => queuesAround(queue, retryDelaysMs, deliveryLimit)),
    ],
    bindings: [
      binding(topology.unroutable, topology.unroutable, ''),
      ...types.map((type) => binding(events, unsubscribed, type)),
      ...queues.flatMap((queue) => bindingsOf(queue, retryDelaysMs.length)),
    ],
    policies: queues.flatMap((queue) => forgetLetters(queue, tuning.deadLetterMs)),
  };
}

function roleOf({ name, role }: BrokerUser): BrokerRole {
  if (role !== undefined) return role;
  if (isBrokerRole(name)) return name;
  throw new Error(`the broker user ${name} needs a role`);
}

/** RabbitMQ's own format: base64(salt ‖ SHA-256(salt ‖ password)) with four bytes of salt. */
function passwordHash(password: Secret): string {
  const salt = randomBytes(4);
  const digest = createHash('sha256').update(salt).update(password.reveal(), 'utf8').digest();
  return Buffer.concat([salt, digest]).toString('base64');
}

function exchange(name: string, type: string, args: Record<string, string> = {}): Exchange {
  return { name, type, durable: true, auto_delete: false, internal: false, arguments: args };
}

function destinationExchange(route: Route): Exchange {
  return exchange(route.exchange, route.type, { 'alternate-exchange': topology.unroutable });
}

function binding(source: string, destination: string, routingKey: string): Binding {
  return { source, destination, destination_type: 'queue', routing_key: routingKey, arguments: {} };
}

function queue(name: string, args: Record<string, string | number>): Queue {
  return { name, durable: true, auto_delete: false, arguments: args };
}

// RabbitMQ 4 drops a message of a quorum queue after 20 redeliveries unless told otherwise, and looking at set-aside
// messages counts as one.
function keepingQueue(name: string): Queue {
  return queue(name, { 'x-queue-type': 'quorum', 'x-delivery-limit': 1_000_000 });
}

function forgettingQueue(name: string): Queue {
  return queue(name, { 'x-queue-type': 'classic', 'x-max-length': 0 });
}

function forgetLetters({ name, deadLetterDays }: WorkQueue, tunedMs?: number): Policy[] {
  if (deadLetterDays === undefined) return [];
  const dead = deadQueueOf(name);
  return [
    {
      name: dead,
      pattern: exactly([dead]),
      'apply-to': 'queues',
      definition: { 'message-ttl': tunedMs ?? deadLetterDays * dayMs },
      priority: 0,
    },
  ];
}

function queuesAround({ name, app }: WorkQueue, retryDelaysMs: readonly number[], deliveryLimit: number): Queue[] {
  const lettersTo = (routingKey: string) => ({
    'x-queue-type': 'quorum',
    'x-dead-letter-exchange': recoveryExchangeOf(app),
    'x-dead-letter-routing-key': routingKey,
    // The queue keeps the message until the next one has confirmed it; this strategy asks for reject-publish.
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  });
  return [
    queue(name, { ...lettersTo(deadQueueOf(name)), 'x-delivery-limit': deliveryLimit }),
    ...retryDelaysMs.map((delayMs, index) =>
      queue(retryQueueOf(name, index + 1), { ...lettersTo(name), 'x-message-ttl': delayMs }),
    ),
    keepingQueue(deadQueueOf(name)),
  ];
}

function bindingsOf(queue: WorkQueue, retries: number): Binding[] {
  const { name, app, types } = queue;
  const route = routeTo(queue);
  const keys = types ?? [route.routingKey ?? '#'];
  const around = [name, deadQueueOf(name)];
  for (let failures = 1; failures <= retries; failures += 1) around.push(retryQueueOf(name, failures));
  return [
    ...keys.map((key) => binding(route.exchange, name, key)),
    ...around.map((queueName) => binding(recoveryExchangeOf(app), queueName, queueName)),
  ];
}
