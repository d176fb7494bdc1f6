import { until } from '@bank/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPublisher, type Publisher } from '#index.ts';
import { message, silent, testBroker } from './support/broker.ts';
import { consuming } from './support/consuming.ts';

describe('stopping consumers', () => {
  let broker: Awaited<ReturnType<typeof testBroker>>;
  let publisher: Publisher;

  beforeAll(async () => {
    broker = await testBroker();
    publisher = createPublisher({ url: broker.secretUrl, service: 'auth', logger: silent });
  });

  afterAll(() => publisher.close());

  it('waits for the message at hand, acknowledges it, and takes no other', async () => {
    const started: string[] = [];
    const finished: string[] = [];
    const gate = Promise.withResolvers<void>();
    const consumers = await consuming(
      broker.secretUrl,
      async (event) => {
        started.push(event.id);
        await gate.promise;
        finished.push(event.id);
      },
      { prefetch: 1 },
    );
    const [first, second] = [message('user.activated.v1'), message('user.activated.v1')];
    await publisher.publish([first, second]);
    await until(() => started.length === 1);
    const stopped = consumers.stop();
    await expect(
      Promise.race([stopped.then(() => 'stopped'), until(() => finished.length, { deadlineMs: 200 })]),
    ).rejects.toThrow();
    gate.resolve();
    await stopped;
    expect(finished).toEqual([first.id]);
    await until(async () => (await publisher.depth('mfa.events')) === 1);
  });

  it('puts a message that fails meanwhile into its retry queue', async () => {
    const gate = Promise.withResolvers<void>();
    let started = 0;
    const consumers = await consuming(broker.secretUrl, async () => {
      started += 1;
      await gate.promise;
      throw new Error('busy');
    });
    await until(() => started === 1);
    const stopped = consumers.stop();
    gate.resolve();
    await stopped;
    const again: string[] = [];
    const next = await consuming(broker.secretUrl, async (event) => again.push(event.id));
    await until(() => again.length === 1);
    await next.stop();
    expect(await publisher.depth('mfa.events.dead')).toBe(0);
  });

  it('may happen before anything was received, and makes ping fail', async () => {
    const consumers = await consuming(broker.secretUrl, async () => undefined);
    await consumers.ping();
    await consumers.stop();
    await expect(consumers.ping()).rejects.toThrow('not connected');
  });
});
