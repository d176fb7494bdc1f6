import { Secret } from '@bank/domain';
import { serviceAddress, until } from '@bank/testing';
import { expect, it, onTestFinished } from 'vitest';
import { type Consumer, createConsumers, createPublisher } from '#index.ts';
import { brokerDefinitions } from '#topology/definitions.ts';
import { topology } from '#topology/topology.ts';
import { message, silent, testBroker, testMetrics } from './support/broker.ts';
import { callManagement } from './support/management.ts';

it('consumers whose connection ends before a queue is subscribed to are not connected, and try again', async () => {
  const { name: vhost, secretUrl } = await testBroker();
  const user = { name: `${vhost}_auth`, password: new Secret('password of auth'), role: 'auth' } as const;
  await callManagement('POST', 'definitions', brokerDefinitions({ vhost, users: [user] }));
  // Two are enough to look at the topology, and too few for the three queues: the broker ends the connection over the third.
  const limit = `user-limits/${user.name}/max-channels`;
  await callManagement('PUT', limit, { value: 2 });
  const url = new URL(serviceAddress('TEST_RABBITMQ_URL'));
  Object.assign(url, { username: user.name, password: user.password.reveal(), pathname: `/${vhost}` });

  const handled: string[] = [];
  const own: Consumer[] = topology.queues
    .filter(({ app }) => app === 'auth')
    .map(({ name, types = ['*'] }) => ({ name, queue: name, types, handle: async () => handled.push(name) }));
  const common = { service: 'auth', logger: silent, metrics: testMetrics() };
  const consumers = createConsumers({ ...common, url: new Secret(url.href), consumers: own });
  const publisher = createPublisher({ url: secretUrl, service: 'auth', logger: silent });
  onTestFinished(async () => {
    await consumers.stop();
    await publisher.close();
    await callManagement('DELETE', `users/${user.name}`);
  });
  await consumers.start();
  await expect(consumers.ping()).rejects.toThrow('not connected');

  await callManagement('DELETE', limit);
  await until(() => consumers.ping().then(() => true));
  await publisher.publish(
    own.map(({ queue, types: [type = ''] }) => message(type, { exchange: 'auth.recovery', routingKey: queue })),
  );
  await until(() => own.every(({ queue }) => handled.includes(queue)));
});
