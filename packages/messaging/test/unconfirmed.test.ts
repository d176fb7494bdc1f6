import { setTimeout as pause } from 'node:timers/promises';
import { Secret } from '@bank/domain';
import { testProxy, until } from '@bank/testing';
import { expect, it, onTestFinished } from 'vitest';
import { createPublisher, listDeadLetters } from '#index.ts';
import { message, silent, testBroker } from './support/broker.ts';
import { consuming } from './support/consuming.ts';
import { callManagement } from './support/management.ts';

/** Consumers behind a proxy whose handler is told how often the message was handled before; gives how often it was. */
async function handling(handle: (triesBefore: number, proxy: Awaited<ReturnType<typeof testProxy>>) => void) {
  const broker = await testBroker();
  const proxy = await testProxy(broker.url);
  const publisher = createPublisher({ url: broker.secretUrl, service: 'auth', logger: silent });
  let tries = 0;
  const consumers = await consuming(new Secret(proxy.url), async () => {
    tries += 1;
    handle(tries - 1, proxy);
  });
  onTestFinished(async () => {
    await consumers.stop();
    await publisher.close();
    await proxy.close();
  });
  const letters = () => listDeadLetters({ url: broker.secretUrl, queue: 'mfa.events', logger: silent });
  return { broker, publisher, letters, tries: () => tries };
}

it('a failed message of which the broker does not confirm the copy is handled again', async () => {
  const { publisher, letters, tries } = await handling((before, proxy) => {
    if (before === 2) return;
    if (before === 1) {
      proxy.hang();
      void pause(1000).then(() => proxy.restore());
    }
    throw new Error('busy');
  });
  await publisher.publish([message('user.activated.v1')]);
  await until(() => tries() >= 3, { deadlineMs: 20_000 });
  await until(async () => (await publisher.depth('mfa.events')) === 0);
  expect(await letters()).toEqual([]);
});

it('a failed message whose retry queue is gone is handled again', async () => {
  const { broker, publisher, letters, tries } = await handling((before) => {
    if (before < 2) throw new Error('busy');
  });
  await callManagement('DELETE', `queues/${broker.name}/mfa.events.retry.1`);
  await publisher.publish([message('user.activated.v1')]);
  await until(() => tries() >= 3, { deadlineMs: 20_000 });
  await until(async () => (await publisher.depth('mfa.events')) === 0);
  expect(await letters()).toEqual([]);
});
