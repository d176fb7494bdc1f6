import { recordResource, uniqueResourceName } from '#run/ledger.ts';
import { serviceAddress } from '#services/addresses.ts';
import { callManagement, deleteVhost } from '#services/rabbit-management.ts';

/** What a broker's definitions file holds for one virtual host. */
export interface BrokerDefinitions {
  exchanges?: readonly object[];
  queues?: readonly { readonly name: string }[];
  bindings?: readonly object[];
  policies?: readonly object[];
}

export interface TestRabbitVhost {
  readonly name: string;
  /** The AMQP address of the virtual host, with full permissions on it. */
  readonly url: string;
  /** Messages that wait in a queue or are unacknowledged, counted by the broker. */
  depth(queue: string): Promise<number>;
  /**
   * Hands it on, emptied, to whoever in this worker asks for the same definitions next: to make twenty queues takes longer than
   * most files' tests. For whoever has closed all connections to it and changed none of its exchanges, queues and bindings.
   */
  release(): void;
  delete(): Promise<void>;
}

/** Those that nobody holds, by their definitions. */
const released = new Map<string, TestRabbitVhost[]>();

/**
 * A virtual host of one test file, with the given exchanges, queues and bindings; deleted when the run ends.
 * @throws Error naming TEST_RABBITMQ_URL or TEST_RABBITMQ_MANAGEMENT_URL when it is missing.
 */
export async function testRabbitVhost({
  definitions = {},
}: {
  definitions?: BrokerDefinitions;
} = {}): Promise<TestRabbitVhost> {
  const shelf = JSON.stringify(definitions);
  const ready = released.get(shelf)?.pop();
  if (ready !== undefined) {
    await purge(ready.name, definitions);
    return ready;
  }
  const name = await createVhost(definitions);
  const vhost: TestRabbitVhost = {
    name,
    url: addressOf(name),
    async depth(queue) {
      const state = await callManagement('GET', `queues/${name}/${encodeURIComponent(queue)}`);
      return (state as { messages?: number }).messages ?? 0;
    },
    release() {
      released.set(shelf, [...(released.get(shelf) ?? []), vhost]);
    },
    delete: () => deleteVhost(name),
  };
  return vhost;
}

function addressOf(vhost: string): string {
  const amqp = new URL(serviceAddress('TEST_RABBITMQ_URL'));
  amqp.pathname = `/${vhost}`;
  return amqp.href;
}

async function createVhost(definitions: BrokerDefinitions): Promise<string> {
  const { username } = new URL(serviceAddress('TEST_RABBITMQ_URL'));
  const name = uniqueResourceName('vhost');
  recordResource('vhost', name);
  await callManagement('PUT', `vhosts/${name}`);
  await callManagement('PUT', `permissions/${name}/${username}`, { configure: '.*', write: '.*', read: '.*' });
  await callManagement('POST', `definitions/${name}`, definitions);
  return name;
}

async function purge(vhost: string, { queues = [] }: BrokerDefinitions): Promise<void> {
  await Promise.all(
    queues.map(({ name }) => callManagement('DELETE', `queues/${vhost}/${encodeURIComponent(name)}/contents`)),
  );
}
