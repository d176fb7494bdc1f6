import { Secret } from '@bank/domain';
import type { TestProxy } from '@bank/testing';
import { testProxy, until } from '@bank/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Consumers, createPublisher, createRelay, type Publisher, type Worker } from '#index.ts';
import { ArrayOutbox } from './support/array-outbox.ts';
import { silent, testBroker, testMetrics } from './support/broker.ts';
import { consuming } from './support/consuming.ts';
import { killConnections } from './support/management.ts';

let vhost: string;
let proxy: TestProxy;
let publisher: Publisher;
let store: ArrayOutbox;
let relay: Worker;
let consumers: Consumers;
let received: string[];

beforeEach(async () => {
  const broker = await testBroker();
  vhost = broker.name;
  proxy = await testProxy(broker.url);
  const url = new Secret(proxy.url);
  publisher = createPublisher({ url, service: 'auth', logger: silent });
  store = new ArrayOutbox();
  const options = { store, publisher, service: 'auth', logger: silent, metrics: testMetrics() };
  relay = createRelay({ ...options, batchSize: 100, pollMs: 50, deadlineMs: 300 });
  received = [];
  consumers = await consuming(url, async (event) => {
    received.push(event.id);
  });
});

afterEach(async () => {
  await proxy.restore();
  await relay.stop();
  await consumers.stop();
  await publisher.close();
  await proxy.close();
});

async function expectAllArrive(ids: readonly string[]): Promise<void> {
  await until(() => store.waiting.length === 0, { what: 'an empty outbox' });
  await until(() => ids.every((id) => received.includes(id)), { what: 'every event at the consumer' });
}

describe('the outbox relay without its broker', () => {
  it('loses nothing when its connections are killed between batches and in the middle of them', async () => {
    const ids = store.add(3000);
    await relay.start();
    for (const share of [300, 1000, 2000]) {
      await until(() => store.published.length >= share);
      await killConnections(vhost);
    }
    await expectAllArrive(ids);
  });

  it('loses nothing when the broker goes down and comes back', async () => {
    const before = store.add(200);
    await relay.start();
    await until(() => store.published.length > 0);
    await proxy.cut();
    const during = store.add(200);
    await until(() =>
      publisher.ping().then(
        () => false,
        () => true,
      ),
    );
    await until(() =>
      consumers.ping().then(
        () => false,
        () => true,
      ),
    );
    await proxy.restore();
    await expectAllArrive([...before, ...during]);
    await publisher.ping();
    await until(() => consumers.ping().then(() => true));
  });

  it('gives up a batch at its deadline when the broker hangs, and publishes it later', async () => {
    await relay.start();
    await until(() => publisher.ping().then(() => true));
    proxy.hang();
    const ids = store.add(10);
    await until(
      () =>
        publisher.ping().then(
          () => false,
          () => true,
        ),
      { deadlineMs: 5000 },
    );
    expect(store.published).toEqual([]);
    await proxy.cut();
    await proxy.restore();
    await expectAllArrive(ids);
  });

  it('starts without a broker, and works when it comes', async () => {
    await consumers.stop();
    await proxy.cut();
    consumers = await consuming(new Secret(proxy.url), async (event) => {
      received.push(event.id);
    });
    await expect(consumers.ping()).rejects.toThrow('consumers are not connected');
    await relay.start();
    const ids = store.add(5);
    await proxy.restore();
    await expectAllArrive(ids);
  });
});
