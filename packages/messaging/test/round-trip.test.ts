import { requestContext } from '@bank/observability';
import { until } from '@bank/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CloudEvent, type Consumers, createConsumers, createPublisher, type Publisher } from '#index.ts';
import { message, silent, testBroker, testMetrics } from './support/broker.ts';

describe('a message from publisher to consumer', () => {
  const metrics = testMetrics();
  const received: { event: CloudEvent; context: ReturnType<typeof requestContext.get> }[] = [];
  let publisher: Publisher;
  let consumers: Consumers;

  beforeAll(async () => {
    const { secretUrl } = await testBroker();
    publisher = createPublisher({ url: secretUrl, service: 'auth', logger: silent });
    consumers = createConsumers({
      url: secretUrl,
      service: 'mfa',
      logger: silent,
      metrics,
      consumers: [
        {
          name: 'create-profile',
          queue: 'mfa.events',
          types: ['*'],
          async handle(event) {
            received.push({ event, context: requestContext.get() });
            return { applied: received.filter((other) => other.event.id === event.id).length === 1 };
          },
        },
      ],
    });
    await consumers.start();
  });

  afterAll(async () => {
    await consumers.stop();
    await publisher.close();
  });

  it('arrives whole, with its trace and its request', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const sent = message('user.activated.v1', { headers: { traceparent, 'x-request-id': 'request-1' } });
    expect((await publisher.publish([sent])).confirmed).toEqual([sent.id]);
    const { event, context } = await until(() => received.find((one) => one.event.id === sent.id));
    expect(event).toEqual(JSON.parse(sent.body.toString()));
    expect(context).toMatchObject({ requestId: 'request-1', actor: 'system:create-profile' });
    expect(context?.traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[\da-f]{16}-01$/);
  });

  it('gets a request id of its own when it has none', async () => {
    const sent = message('user.activated.v1');
    await publisher.publish([sent]);
    const { context } = await until(() => received.find((one) => one.event.id === sent.id));
    expect(context?.requestId).toBe(sent.id);
  });

  it.each(['a b\nc', 'x'.repeat(300)])(
    'gets one of its own in place of one that no log or ledger would keep',
    async (id) => {
      const sent = message('user.activated.v1', { headers: { 'x-request-id': id } });
      await publisher.publish([sent]);
      const { context } = await until(() => received.find((one) => one.event.id === sent.id));
      expect(context?.requestId).toMatch(/^[\da-f-]{36}$/);
    },
  );

  it('is handed on again when it is published again: telling duplicates apart is the inbox', async () => {
    const sent = message('user.activated.v1');
    await publisher.publish([sent]);
    await publisher.publish([sent]);
    await until(() => received.filter((one) => one.event.id === sent.id).length === 2);
    await until(async () => (await metrics.text()).includes('outcome="duplicate"'));
  });

  it('is not handed to a queue that does not want its type', async () => {
    const other = message('user.status_changed.v1');
    const wanted = message('user.activated.v1');
    await publisher.publish([other, wanted]);
    await until(() => received.some((one) => one.event.id === wanted.id));
    expect(received.some((one) => one.event.id === other.id)).toBe(false);
  });

  it('is counted by consumer and outcome', async () => {
    expect(await metrics.text()).toMatch(
      /message_handling_duration_seconds_count\{[^}]*consumer="create-profile"[^}]*outcome="applied"/,
    );
  });

  it('leaves publisher and consumers ready', async () => {
    await publisher.ping();
    await consumers.ping();
  });
});
