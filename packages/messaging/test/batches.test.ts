import { DomainError, type Secret } from '@bank/domain';
import { type TestRabbitVhost, until } from '@bank/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import {
  type BatchConsumer,
  type Consumers,
  createConsumers,
  createPublisher,
  inBatches,
  listDeadLetters,
  PermanentFailure,
  type Publisher,
} from '#index.ts';
import { message, silent, testBroker, testMetrics } from './support/broker.ts';

let broker: TestRabbitVhost & { secretUrl: Secret };
let publisher: Publisher;
let consumers: Consumers | undefined;

beforeAll(async () => {
  broker = await testBroker();
  publisher = createPublisher({ url: broker.secretUrl, service: 'auth', logger: silent });
});

afterEach(async () => {
  await consumers?.stop();
  consumers = undefined;
});

afterAll(() => publisher.close());

async function consumeInBatches(
  handleBatch: BatchConsumer['handleBatch'],
  options: Partial<BatchConsumer> = {},
): Promise<void> {
  const consumer = { name: 'ledger', queue: 'mfa.events', types: ['user.activated.v1'], handleBatch, ...options };
  const common = { url: broker.secretUrl, service: 'mfa', logger: silent, metrics: testMetrics() };
  consumers = createConsumers({ ...common, consumers: [inBatches(consumer)] });
  await consumers.start();
}

function messages(count: number) {
  return Array.from({ length: count }, () => message('user.activated.v1'));
}

it('hands over what waits in batches, one at a time and never more than asked', async () => {
  const sent = messages(100);
  await publisher.publish(sent);
  const sizes: number[] = [];
  const handled: string[] = [];
  let running = 0;
  await consumeInBatches(
    async (batch) => {
      running += 1;
      expect(running).toBe(1);
      await publisher.depth('mfa.events');
      sizes.push(batch.length);
      handled.push(...batch.map(({ id }) => id));
      running -= 1;
      return [];
    },
    { batchMax: 30 },
  );
  await until(() => handled.length === sent.length);
  expect(handled.sort()).toEqual(sent.map(({ id }) => id).sort());
  expect(Math.max(...sizes)).toBe(30);
  await until(async () => (await publisher.depth('mfa.events')) === 0);
});

it('sets the one bad message aside, and handles all the others', async () => {
  const sent = messages(40);
  const bad = sent[17]?.id ?? '';
  await publisher.publish(sent);
  const handled: string[] = [];
  await consumeInBatches(async (batch) => {
    if (batch.some(({ id }) => id === bad)) throw new PermanentFailure('entry.malformed');
    handled.push(...batch.map(({ id }) => id));
    return [];
  });
  await until(() => handled.length === 39);
  expect(new Set(handled).size).toBe(39);
  const letters = await until(async () => {
    const found = await listDeadLetters({ url: broker.secretUrl, queue: 'mfa.events', logger: silent });
    return found.length > 0 ? found : undefined;
  });
  expect(letters).toMatchObject([{ id: bad, failures: 1, reason: 'entry.malformed', consumer: 'ledger' }]);
});

it('does not look for a message at fault while what all of them need is away', async () => {
  const sent = messages(20);
  await publisher.publish(sent);
  let refused = 0;
  const handled = new Set<string>();
  await consumeInBatches(
    async (batch) => {
      if (handled.size === 0 && refused < 2) {
        refused += 1;
        throw new DomainError('service.unavailable');
      }
      for (const { id } of batch) handled.add(id);
      return [];
    },
    { waitMs: 100 },
  );
  await until(() => handled.size === sent.length);
  expect(refused).toBe(2);
});
