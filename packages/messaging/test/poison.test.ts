import { until } from '@bank/testing';
import { connect } from 'amqplib';
import { describe, expect, it } from 'vitest';
import { createPublisher, listDeadLetters } from '#index.ts';
import { message, silent, testBroker } from './support/broker.ts';

describe('a message that kills its consumer', () => {
  it('is set aside after the delivery limit instead of killing every consumer in turn', async () => {
    const broker = await testBroker({ deliveryLimit: 2 });
    const publisher = createPublisher({ url: broker.secretUrl, service: 'auth', logger: silent });
    const poison = message('user.activated.v1');
    await publisher.publish([poison]);
    for (let death = 1; death <= 3; death += 1) {
      const connection = await connect(broker.url);
      const channel = await connection.createChannel();
      await until(() => channel.get('mfa.events'));
      await connection.close(); // without an acknowledgement, as a killed process would
    }
    const [letter] = await until(async () => {
      const letters = await listDeadLetters({ url: broker.secretUrl, queue: 'mfa.events', logger: silent });
      return letters.length > 0 ? letters : undefined;
    });
    expect(letter).toMatchObject({ id: poison.id, failures: 0, reason: 'delivery_limit' });
    await publisher.close();
  });
});
