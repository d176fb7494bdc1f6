import { setTimeout as pause } from 'node:timers/promises';
import { DomainError, type Secret } from '@bank/domain';
import { requestContext } from '@bank/observability';
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
import { batchOf, message, silent, testBroker, testMetrics } from './support/broker.ts';

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
  { handlerTimeoutMs = 30_000 } = {},
): Promise<void> {
  const consumer = { name: 'ledger', queue: 'mfa.events', types: ['*'], handleBatch, ...options };
  const common = { url: broker.secretUrl, service: 'mfa', logger: silent, metrics: testMetrics(), handlerTimeoutMs };
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

it('hands over once what waits twice, and acknowledges both', async () => {
  const sent = messages(5);
  await publisher.publish([...sent, ...sent]);
  const handled: string[] = [];
  await consumeInBatches(
    async (batch) => {
      handled.push(...batch.map(({ id }) => id));
      return batch.map(() => ({ applied: true }));
    },
    { waitMs: 200 },
  );
  await until(async () => handled.length > 0 && (await publisher.depth('mfa.events')) === 0);
  expect(handled.sort()).toEqual(sent.map(({ id }) => id).sort());
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

const contended = new DomainError('service.unavailable', { reason: 'lock timeout', isContended: true });

/** A message about each of these users. */
function messagesAbout(users: readonly string[]) {
  return users.map((user) => {
    const sent = message('user.activated.v1');
    return { ...sent, body: Buffer.from(sent.body.toString().replace('"subject":"u1"', `"subject":"${user}"`)) };
  });
}

it('handles all others at once while somebody holds what is needed for one user, and tries it once for that one', async () => {
  const users = ['u1', 'held', ...Array.from({ length: 17 }, (_none, index) => `u${index + 2}`), 'held'];
  await publisher.publish(messagesAbout(users));
  const handled: string[] = [];
  let waits = 0;
  await consumeInBatches(
    async (batch) => {
      const subjects = batch.map(({ subject }) => subject);
      if (handled.length < 18 && subjects.includes('held')) {
        waits += 1;
        throw contended;
      }
      handled.push(...subjects);
      return [];
    },
    { waitMs: 100 },
  );
  await until(() => handled.length === users.length);
  expect(waits).toBe(2);
  expect(handled.slice(-2)).toEqual(['held', 'held']);
});

it('tries no more of a batch once somebody holds what is needed for two users, who may be all', async () => {
  const users = Array.from({ length: 20 }, (_none, index) => `u${index}`);
  await publisher.publish(messagesAbout(users));
  const sizes: number[] = [];
  const handled = new Set<string>();
  await consumeInBatches(
    async (batch) => {
      sizes.push(batch.length);
      if (sizes.length <= 3) throw contended;
      for (const { subject } of batch) handled.add(subject);
      return [];
    },
    { waitMs: 100 },
  );
  await until(() => handled.size === users.length);
  expect(sizes.slice(0, 3)).toEqual([20, 1, 1]);
  expect(sizes.length).toBeLessThan(8);
});

it('gives a message the time that the batch before it takes', async () => {
  const [first, second, last] = [
    message('user.activated.v1'),
    message('user.activated.v1'),
    message('user.activated.v1'),
  ];
  await publisher.publish([first, second]);
  const handled: string[] = [];
  const note: BatchConsumer['handleBatch'] = async (batch) => {
    await pause(200);
    handled.push(...batch.map(({ id }) => id));
    return [];
  };
  await consumeInBatches(note, { batchMax: 1 }, { handlerTimeoutMs: 300 });
  await until(() => handled.length === 2);
  await publisher.publish([last]); // behind what came back meanwhile
  await until(() => handled.includes(last.id));
  expect(handled).toEqual([first.id, second.id, last.id]);
});

it('handles what comes by itself at once, and then rests: a trickle makes few batches', async () => {
  const restMs = 1000;
  const batches: { at: number; size: number }[] = [];
  const note: BatchConsumer['handleBatch'] = async (batch) => {
    batches.push({ at: performance.now(), size: batch.length });
    return [];
  };
  await consumeInBatches(note, { restMs });
  await publisher.publish(messages(1));
  await until(() => batches.length === 1);
  for (let count = 0; count < 5; count += 1) await publisher.publish(messages(1));
  await until(() => batches.length === 2);
  expect(batches[1]?.size).toBe(5);
  expect((batches[1]?.at ?? 0) - (batches[0]?.at ?? 0)).toBeGreaterThanOrEqual(restMs - 5);
});

it('does not rest after a batch that is full', async () => {
  await publisher.publish(messages(40));
  const handledAt: number[] = [];
  const note: BatchConsumer['handleBatch'] = async (batch) => {
    handledAt.push(...batch.map(() => performance.now()));
    return [];
  };
  await consumeInBatches(note, { restMs: 10_000, waitMs: 500, batchMax: 20 });
  await until(() => handledAt.length === 40, { deadlineMs: 9_000 });
});

it('rests no longer once everything waits that the queue hands out', async () => {
  const handled: string[] = [];
  const note: BatchConsumer['handleBatch'] = async (batch) => {
    handled.push(...batch.map(({ id }) => id));
    return [];
  };
  await consumeInBatches(note, { restMs: 60_000, prefetch: 10 });
  await publisher.publish(messages(1));
  await until(() => handled.length === 1);
  await publisher.publish(messages(10));
  await until(() => handled.length === 11);
});

it('rests no longer once as many events wait as the queue hands out messages, however they came', async () => {
  const sizes: number[] = [];
  const note: BatchConsumer['handleBatch'] = async (batch) => {
    sizes.push(batch.length);
    return [];
  };
  await consumeInBatches(note, { queue: 'admin.audit', restMs: 60_000, prefetch: 3 });
  await publisher.publish([batchOf(messages(1))]);
  await until(() => sizes.length === 1);
  await publisher.publish([batchOf(messages(3))]);
  await until(() => sizes.length === 2);
  expect(sizes).toEqual([1, 3]);
});

it('runs what is done about one message in its own context, and all else in that of the batch', async () => {
  const sent = ['request-1', 'request-2', 'request-3'].map((requestId) =>
    message('user.activated.v1', { headers: { 'x-request-id': requestId } }),
  );
  await publisher.publish(sent);
  const told = new Map<string, string | undefined>();
  let ofBatch: string | undefined;
  const options = { waitMs: 100 };
  await consumeInBatches(async (batch, within) => {
    ofBatch = requestContext.get()?.requestId;
    for (const each of batch) {
      await within(each, async () => told.set(each.id, requestContext.get()?.requestId));
    }
    return [];
  }, options);
  await until(() => told.size === 3);
  expect(sent.map(({ id }) => told.get(id))).toEqual(['request-1', 'request-2', 'request-3']);
  expect(sent.map(({ id }) => id)).toContain(ofBatch);
});
