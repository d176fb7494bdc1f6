import { Secret } from '@bank/domain';
import { testProxy, until } from '@bank/testing';
import { expect, it, onTestFinished } from 'vitest';
import { type Consumers, createPublisher, vhostDefinitions } from '#index.ts';
import { message, silent, testBroker } from './support/broker.ts';
import { consuming } from './support/consuming.ts';
import { callManagement } from './support/management.ts';

it('consumers whose queue is missing ask for it until it is there, and leave no connection behind', async () => {
  const broker = await testBroker();
  const proxy = await testProxy(broker.url);
  const queue = `queues/${broker.name}/mfa.events.retry.2`;
  await callManagement('DELETE', queue);
  let handled = 0;
  const started: Consumers = await consuming(new Secret(proxy.url), async () => {
    handled += 1;
  });
  onTestFinished(async () => {
    await started.stop();
    await proxy.close();
  });
  for (let look = 0; look < 15; look += 1) {
    expect(proxy.connections()).toBeLessThanOrEqual(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await expect(started.ping()).rejects.toThrow();

  const definition = vhostDefinitions({}).queues.find(({ name }) => name === 'mfa.events.retry.2');
  await callManagement('PUT', queue, definition);
  await until(() => started.ping().then(() => true));
  const publisher = createPublisher({ url: broker.secretUrl, service: 'auth', logger: silent });
  onTestFinished(() => publisher.close());
  await publisher.publish([message('user.activated.v1')]);
  await until(() => handled === 1);
});
