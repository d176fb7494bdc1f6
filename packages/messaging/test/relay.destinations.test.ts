import { until } from '@bank/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPublisher, createRelay, type Publisher, vhostDefinitions, type Worker } from '#index.ts';
import { ArrayOutbox } from './support/array-outbox.ts';
import { silent, testBroker, testMetrics } from './support/broker.ts';
import { callManagement } from './support/management.ts';

const entry = { destination: 'audit', type: 'audit.entry_recorded.v1', sequence: null } as const;
const mail = { destination: 'deliveries', type: 'delivery.requested.v1', sequence: null } as const;
const deadlineMs = 1500;

let broker: Awaited<ReturnType<typeof testBroker>>;
let publisher: Publisher;
let store: ArrayOutbox;
let relay: Worker | undefined;

beforeEach(async () => {
  broker = await testBroker();
  publisher = createPublisher({ url: broker.secretUrl, service: 'auth', logger: silent });
  store = new ArrayOutbox();
});

afterEach(async () => {
  await relay?.stop();
  await publisher.close();
});

async function startRelay(by: Publisher = publisher): Promise<void> {
  const options = { store, publisher: by, service: 'auth', logger: silent, metrics: testMetrics() };
  relay = createRelay({ ...options, batchSize: 20, pollMs: 50, quietMs: 200, deadlineMs });
  await relay.start();
}

async function expectSoonPublished(ids: readonly string[], withinMs: number): Promise<void> {
  const isPublished = () => ids.every((id) => store.published.includes(id));
  await until(isPublished, { what: 'what is for the others', deadlineMs: withinMs });
}

const waitingEntries = () => store.waiting.filter(({ destination }) => destination === 'audit').length;

const isAudit = (exchange: string) => exchange === 'user-service.audit';

/** The same broker with queues that have lost their majority: they keep what is sent to them, and confirm none. */
function withholding(inner: Publisher, isAway: (exchange: string) => boolean): Publisher {
  return {
    ...inner,
    apart: () => withholding(inner.apart(), isAway),
    async publish(messages, options) {
      const endsAt = performance.now() + deadlineMs;
      const others = messages.filter(({ exchange }) => !isAway(exchange));
      const outcome = await inner.publish(others, options);
      if (others.length === messages.length) return outcome;
      await new Promise((resolve) => setTimeout(resolve, endsAt - performance.now()));
      return { ...outcome, complete: false };
    },
  };
}

describe('a destination that confirms nothing', () => {
  it('holds up the others once, and is told of again when it confirms', async () => {
    let isAway = true;
    const entries = store.add(60, entry);
    await startRelay(withholding(publisher, (exchange) => isAway && isAudit(exchange)));
    await until(() => store.batches.length > 1);
    for (let time = 0; time < 5; time += 1) {
      await expectSoonPublished([...store.add(2, mail), ...store.add(2)], deadlineMs / 2);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(waitingEntries()).toBe(60);
    isAway = false;
    await expectSoonPublished(entries, 10_000);
    await expectSoonPublished([...store.add(1, entry), ...store.add(1, mail)], deadlineMs / 2);
  });

  it('holds up the others no longer than that when its exchange is missing, which ends every channel that publishes to it', async () => {
    await callManagement('DELETE', `exchanges/${broker.name}/user-service.audit`);
    const entries = store.add(60, entry);
    await startRelay();
    await expectSoonPublished([...store.add(30, mail), ...store.add(30)], 5000);
    for (let time = 0; time < 3; time += 1) {
      await expectSoonPublished([...store.add(2, mail), ...store.add(2)], deadlineMs / 2);
    }
    expect(waitingEntries()).toBe(60);
    await callManagement('POST', `definitions/${broker.name}`, vhostDefinitions({ retryDelaysMs: [40, 60, 80, 100] }));
    await expectSoonPublished(entries, 15_000);
  });

  it('takes no place of the others when it refuses a whole batch', async () => {
    await callManagement('PUT', `policies/${broker.name}/full`, {
      pattern: '^admin[.]audit$',
      definition: { 'max-length': 1, overflow: 'reject-publish' },
      priority: 10,
      'apply-to': 'queues',
    });
    store.add(600, entry);
    await startRelay();
    await until(() => waitingEntries() < 600); // it notices that it is full with the first ones
    await expectSoonPublished([...store.add(30, mail), ...store.add(30)], 5000);
    expect(waitingEntries()).toBeGreaterThan(20);
    expect(waitingEntries() % 20).toBe(0); // of a message that is refused no row counts as published
  });
});

describe('a destination that was set apart', () => {
  it('is published with the rest again when nothing of it comes any more', async () => {
    const claimed: number[] = [];
    const { publishBatch } = store;
    store.publishBatch = (claim, publish) => {
      claimed.push(claim.destinations.length);
      return publishBatch.call(store, claim, publish);
    };
    store.add(1, entry);
    await startRelay(withholding(publisher, isAudit));
    await until(() => claimed.includes(2));
    store.waiting.length = 0; // another relay had it confirmed
    await until(() => claimed.at(-1) === 3);
  });

  it('is told to stop with the others, and nothing is begun after that, nor is a broker waited for', async () => {
    const apart = () => ({ ...withholding(publisher, () => true), close: () => new Promise<void>(() => undefined) });
    store.add(20, entry);
    await startRelay({ ...withholding(publisher, () => true), apart });
    await until(() => store.batches.length > 1);
    store.add(1, mail);
    await until(() => store.batches.includes(1));
    const begun = store.batches.length;
    await relay?.stop();
    expect(store.batches).toHaveLength(begun);
  });
});

describe('a relay that has nothing to tell', () => {
  it('asks once for all destinations', async () => {
    let asked = 0;
    const { publishBatch } = store;
    store.publishBatch = (claim, publish) => {
      asked += 1;
      expect(claim.destinations.toSorted()).toEqual(['audit', 'deliveries', 'events']);
      return publishBatch.call(store, claim, publish);
    };
    await startRelay();
    await until(() => asked > 2);
    store.add(1, entry);
    store.add(1);
    await until(() => store.waiting.length === 0);
    expect(store.batches).toEqual([2]);
  });
});
