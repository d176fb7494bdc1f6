import { until } from '@bank/testing';
import { expect, it } from 'vitest';
import { createPublisher, listDeadLetters } from '#index.ts';
import { message, silent, testBroker } from './support/broker.ts';

it('SR-88 a message to a person that nobody could take over is gone after its time, and other dead letters stay', async () => {
  const broker = await testBroker({ deadLetterMs: 300 });
  const publisher = createPublisher({ url: broker.secretUrl, service: 'auth', logger: silent });
  const dead = (queue: string) => {
    const [app] = queue.split('.');
    return message('x.v1', { exchange: `${app}.recovery`, routingKey: `${queue}.dead` });
  };
  const [delivery, event] = [dead('auth.deliveries'), dead('auth.events')];
  const lettersIn = async (queue: string) => {
    const letters = await listDeadLetters({ url: broker.secretUrl, queue, logger: silent });
    return letters.map(({ id }) => id);
  };
  try {
    expect((await publisher.publish([delivery, event])).confirmed).toEqual([delivery.id, event.id]);
    // Looked at meanwhile, which puts it back: that must not make it younger.
    await until(async () => (await lettersIn('auth.deliveries')).length === 0);
    expect(await lettersIn('auth.events')).toEqual([event.id]);
  } finally {
    await publisher.close();
  }
});
