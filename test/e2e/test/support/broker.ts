import { topology } from '@bank/messaging/topology';
import type { Stack } from '@bank/scripts/stack';
import * as v from 'valibot';

const queue = 'e2e.everything';
const messagesMax = 10_000;

const Properties = v.looseObject({ content_type: v.optional(v.string()) });
const Messages = v.array(v.object({ routing_key: v.string(), payload: v.string(), properties: Properties }));
export type Message = v.InferOutput<typeof Messages>[number];

/** A queue of its own that is given a copy of everything the apps publish from now on. */
export interface BrokerCopy {
  /** The messages that have come, headers included, oldest first. They stay. */
  messages(): Promise<Message[]>;
  /** Whatever lies in any other queue of the stack, retries and dead letters among them. It stays. */
  queued(): Promise<Message[]>;
  /** Publishes a text, as anybody could who got into the broker. */
  publish(exchange: string, routingKey: string, text: string): Promise<void>;
}

const Queues = v.array(v.object({ name: v.string() }));

/** Copies all three destinations, and what nobody is subscribed to. The queue goes with the stack's virtual host. */
export async function copyOfEverything(stack: Stack): Promise<BrokerCopy> {
  const call = caller(stack);
  await call('PUT', `queues/{vhost}/${queue}`, { durable: false });
  const exchanges = Object.values(topology.destinations).map(({ exchange, routingKey = '#' }) => [
    exchange,
    routingKey,
  ]);
  for (const [exchange, routingKey] of [...exchanges, [topology.unroutable, '#']]) {
    await call('POST', `bindings/{vhost}/e/${exchange}/q/${queue}`, { routing_key: routingKey });
  }
  const request = { count: messagesMax, ackmode: 'ack_requeue_true', encoding: 'auto' };
  const read = async (name: string) => v.parse(Messages, await call('POST', `queues/{vhost}/${name}/get`, request));
  return {
    messages: () => read(queue),
    async queued() {
      const queues = v.parse(Queues, await call('GET', 'queues/{vhost}'));
      const others = queues.filter(({ name }) => name !== queue);
      return (await Promise.all(others.map(({ name }) => read(encodeURIComponent(name))))).flat();
    },
    async publish(exchange, routingKey, text) {
      const message = { properties: {}, routing_key: routingKey, payload: text, payload_encoding: 'string' };
      await call('POST', `exchanges/{vhost}/${exchange}/publish`, message);
    },
  };
}

/** Calls the management API as the administrator of the test broker; `{vhost}` is the stack's own. */
function caller(stack: Stack): (method: string, path: string, body?: object) => Promise<unknown> {
  const { origin, username, password } = new URL(stack.stores.rabbitmq.managementUrl);
  const vhost = new URL(stack.environments.auth['RABBITMQ_URL'] ?? '').pathname.slice(1);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return async (method, path, body) => {
    const response = await fetch(`${origin}/api/${path.replace('{vhost}', vhost)}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`the broker answered ${response.status} to ${method} ${path}`);
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  };
}
