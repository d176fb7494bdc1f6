import { recordResource, uniqueResourceName } from '#run/ledger.ts';
import { serviceAddress } from '#services/addresses.ts';
import { callManagement, deleteVhost } from '#services/rabbit-management.ts';

/** What a broker's definitions file holds for one virtual host. */
export interface BrokerDefinitions {
  exchanges?: readonly object[];
  queues?: readonly object[];
  bindings?: readonly object[];
  policies?: readonly object[];
}

export interface TestRabbitVhost {
  readonly name: string;
  /** The AMQP address of the virtual host, with full permissions on it. */
  readonly url: string;
  /** Messages that wait in a queue or are unacknowledged, counted by the broker. */
  depth(queue: string): Promise<number>;
  delete(): Promise<void>;
}

/**
 * A virtual host of one test file, with the given exchanges, queues and bindings; deleted when the run ends.
 * @throws Error naming TEST_RABBITMQ_URL or TEST_RABBITMQ_MANAGEMENT_URL when it is missing.
 */
export async function testRabbitVhost(options: { definitions?: BrokerDefinitions } = {}): Promise<TestRabbitVhost> {
  const amqp = new URL(serviceAddress('TEST_RABBITMQ_URL'));
  const name = uniqueResourceName('vhost');
  recordResource('vhost', name);
  await callManagement('PUT', `vhosts/${name}`);
  await callManagement('PUT', `permissions/${name}/${amqp.username}`, { configure: '.*', write: '.*', read: '.*' });
  if (options.definitions !== undefined) {
    await callManagement('POST', `definitions/${name}`, options.definitions);
  }
  amqp.pathname = `/${name}`;
  return {
    name,
    url: amqp.href,
    async depth(queue) {
      const state = await callManagement('GET', `queues/${name}/${encodeURIComponent(queue)}`);
      return (state as { messages?: number }).messages ?? 0;
    },
    delete: () => deleteVhost(name),
  };
}
