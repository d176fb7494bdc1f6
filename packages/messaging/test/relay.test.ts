import type { Secret } from '@bank/domain';
import type { TestRabbitVhost } from '@bank/testing';
import { until } from '@bank/testing';
import { connect } from 'amqplib';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPublisher, createRelay, eventsOf, type Publisher, type RelayOptions, type Worker } from '#index.ts';
import { ArrayOutbox } from './support/array-outbox.ts';
import { silent, testBroker, testMetrics } from './support/broker.ts';
import { callManagement } from './support/management.ts';

let broker: TestRabbitVhost & { secretUrl: Secret };
let publisher: Publisher;
let store: ArrayOutbox;
let relay: Worker | undefined;
const metrics = testMetrics();

beforeAll(async () => {
  broker = await testBroker();
});

beforeEach(() => {
  publisher = createPublisher({ url: broker.secretUrl, service: 'auth', logger: silent });
  store = new ArrayOutbox();
});

afterEach(async () => {
  await relay?.stop();
  await publisher.close();
});

async function startRelay(options: Partial<RelayOptions> = {}): Promise<void> {
  relay = createRelay({ store, publisher, service: 'auth', logger: silent, metrics, ...options });
  await relay.start();
}

async function takeOne(queue: string, url = broker.url) {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  const taken = await until(async () => (await channel.get(queue, { noAck: true })) || undefined);
  await connection.close();
  return taken;
}

describe('the outbox relay', () => {
  it('publishes a row as a CloudEvent with its trace and request in the headers', async () => {
    const [id = ''] = store.add(1, { sequence: 7 });
    await startRelay();
    await until(() => store.published.includes(id));
    const { content, properties, fields } = await takeOne('mfa.events');
    expect(JSON.parse(content.toString())).toMatchObject({
      specversion: '1.0',
      id,
      source: '/user-service/auth',
      type: 'user.activated.v1',
      subject: '01980000-0000-7000-8000-000000000001',
      datacontenttype: 'application/json',
      sequence: 7,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
    expect(fields).toMatchObject({ exchange: 'user-service.events', routingKey: 'user.activated.v1' });
    expect(properties).toMatchObject({
      messageId: id,
      deliveryMode: 2,
      contentType: 'application/cloudevents+json; charset=utf-8',
      headers: { 'x-request-id': 'request-1' },
    });
  });

  it.each([
    ['deliveries', 'auth.deliveries'],
    ['audit', 'admin.audit'],
  ] as const)('takes %s to %s, whatever the type of the row', async (destination, queue) => {
    const [id = ''] = store.add(1, { destination, type: 'any.type', sequence: null });
    await startRelay();
    const { content } = await takeOne(queue);
    const event = JSON.parse(content.toString());
    expect(event).toMatchObject({ id, type: 'any.type' });
    expect(event).not.toHaveProperty('sequence');
  });

  it('SR-89 takes many rows for the ledger in one message, whose confirm is that of all of them', async () => {
    const own = await testBroker();
    await publisher.close();
    publisher = createPublisher({ url: own.secretUrl, service: 'auth', logger: silent });
    const ids = store.add(60, { destination: 'audit', type: 'audit.entry_recorded.v1', sequence: null });
    await startRelay();
    await until(() => store.published.length === 60);
    expect(store.published).toEqual(ids);
    expect(store.batches).toEqual([60]);
    expect(await publisher.depth('admin.audit')).toBe(3);
    const { content, properties } = await takeOne('admin.audit', own.url);
    expect(eventsOf(content, properties.contentType)).toMatchObject(
      ids.slice(0, 25).map((id) => ({ id, requestid: 'request-1' })),
    );
    expect(properties).toMatchObject({
      messageId: ids[0],
      type: 'audit.entry_recorded.v1',
      deliveryMode: 2,
      contentType: 'application/cloudevents-batch+json; charset=utf-8',
    });
  });

  it('is woken by an insert, long before the next poll', async () => {
    await startRelay({ pollMs: 60_000 });
    await until(async () => (await metrics.text()).includes('outbox_rows'));
    const ids = store.add(3);
    await until(() => store.published.length === 3, { deadlineMs: 1000 });
    expect(store.published.sort()).toEqual(ids.sort());
  });

  it('polls, in case a notification was lost', async () => {
    store.notifies = false;
    await startRelay({ pollMs: 30 });
    store.add(1);
    await until(() => store.published.length === 1);
  });

  it('goes on at once while batches are full', async () => {
    store.notifies = false;
    store.add(25);
    await startRelay({ batchSize: 10, pollMs: 60_000 });
    await until(() => store.published.length === 25);
    expect(store.batches).toEqual([10, 10, 5]);
  });

  it('keeps a row that the broker does not keep, and publishes the others', async () => {
    const own = await testBroker();
    await callManagement('DELETE', `exchanges/${own.name}/user-service.unroutable`);
    const [lost = ''] = store.add(1, { type: 'no.such.v1' });
    const others = store.add(2);
    await publisher.close();
    publisher = createPublisher({ url: own.secretUrl, service: 'auth', logger: silent });
    await startRelay({ pollMs: 20 });
    await until(() => store.published.length === 2);
    await until(() => store.batches.length > 3);
    expect(store.published.sort()).toEqual(others.sort());
    expect(store.waiting.map(({ id }) => id)).toEqual([lost]);
  });

  it('ends the batch at hand when it is stopped, and begins no other', async () => {
    store.add(30);
    await startRelay({ batchSize: 10 });
    await relay?.stop();
    expect(store.published.length % 10).toBe(0);
    expect(store.published.length + store.waiting.length).toBe(30);
    const before = store.published.length;
    store.add(1);
    expect(store.published).toHaveLength(before);
  });

  it('tells backlog, lag and unroutable messages to the metrics', async () => {
    store.add(1);
    await startRelay();
    await until(() => store.published.length === 1);
    const text = await metrics.text();
    expect(text).toMatch(/outbox_rows\{destination="events",service="test"\} 0/);
    expect(text).toMatch(/outbox_publish_lag_seconds_count\{.*destination="events".*\} [1-9]/);
    expect(text).toMatch(/broker_unroutable_messages\{service="test"\} 0/);
    expect(text).toMatch(/broker_dead_letters\{queue="auth.deliveries",service="test"\} 0/);
    expect(text).toMatch(/broker_waiting_messages\{queue="auth.events",service="test"\} \d/);
    expect(text).not.toContain('profile.events');
  });
});
