import { Secret } from '@bank/domain';
import { requestContext } from '@bank/observability';
import { testProxy, until } from '@bank/testing';
import { connect } from 'amqplib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type CloudEvent,
  type Consumers,
  createPublisher,
  listDeadLetters,
  PermanentFailure,
  type Publisher,
  replayDeadLetters,
} from '#index.ts';
import { batchOf, entryOf, message, silent, testBroker, testMetrics } from './support/broker.ts';
import { consuming } from './support/consuming.ts';
import { callManagement } from './support/management.ts';

const queue = 'admin.audit';
const type = 'audit.entry_recorded.v1';

let broker: Awaited<ReturnType<typeof testBroker>>;
let publisher: Publisher;
let consumers: Consumers | undefined;
let handled: string[];

beforeEach(async () => {
  broker = await testBroker({ deliveryLimit: 2 });
  publisher = createPublisher({ url: broker.secretUrl, service: 'auth', logger: silent });
  handled = [];
});

afterEach(async () => {
  await consumers?.stop();
  consumers = undefined;
  await publisher.close();
});

async function consume(
  handle: (event: CloudEvent) => unknown = () => undefined,
  options: Parameters<typeof consuming>[2] & { url?: string } = {},
): Promise<void> {
  const { url = broker.url, ...rest } = options;
  const note = async (event: CloudEvent) => {
    handled.push(event.id);
    await handle(event);
  };
  consumers = await consuming(new Secret(url), note, { queue, ...rest });
}

const entries = (count: number) => Array.from({ length: count }, () => message(type));
const idsOf = (of: readonly { id: string }[]) => of.map(({ id }) => id).sort();
const letters = () => listDeadLetters({ url: broker.secretUrl, queue, logger: silent });

async function someLetters(count: number) {
  return await until(async () => {
    const found = await letters();
    return found.length >= count ? found : undefined;
  });
}

async function untilEmpty(): Promise<void> {
  await until(async () => (await publisher.depth(queue)) === 0);
  await consumers?.stop(); // what was not acknowledged is counted again
  expect(await publisher.depth(queue)).toBe(0);
}

/** Takes the oldest message of a queue, and hands it back as whoever dies with it. */
async function dieWith(name: string) {
  const connection = await connect(broker.url);
  const channel = await connection.createChannel();
  const got = await until(async () => (await channel.get(name)) || undefined);
  await connection.close();
  return got;
}

describe('a batch of events', () => {
  it('is handed over event by event, beside messages of one, and each counts', async () => {
    const [single, ...sent] = entries(6) as [ReturnType<typeof message>, ...ReturnType<typeof message>[]];
    const metrics = testMetrics();
    await consume(() => undefined, { metrics });
    await publisher.publish([batchOf(sent), { ...single, exchange: 'user-service.audit', routingKey: 'audit' }]);
    await until(() => handled.length === 6);
    expect(handled.toSorted()).toEqual(idsOf([single, ...sent]));
    await untilEmpty();
    expect(await metrics.text()).toMatch(/message_handling_duration_seconds_count\{[^}]*outcome="applied"[^}]*\} 6\n/);
  });

  it('gives each its own trace and, unless the headers name one of all, its own request', async () => {
    const contexts = new Map<string, ReturnType<typeof requestContext.get>>();
    await consume(({ id }) => contexts.set(id, requestContext.get()));
    const traces = ['0af7651916cd43dd8448eb211c80319c', '1af7651916cd43dd8448eb211c80319c'];
    const traced = () =>
      traces.map((trace) => {
        const plain = message(type);
        const event = { ...JSON.parse(plain.body.toString()), traceparent: `00-${trace}-b7ad6b7169203331-01` };
        return { ...plain, body: Buffer.from(JSON.stringify(event)) };
      });
    const [own, shared] = [traced(), traced()];
    await publisher.publish([batchOf(own), batchOf(shared, { headers: { 'x-request-id': 'request-1' } })]);
    await until(() => contexts.size === 4);
    for (const sent of [own, shared]) {
      expect(sent.map(({ id }) => contexts.get(id)?.traceparent?.slice(3, 35))).toEqual(traces);
    }
    expect(own.map(({ id }) => contexts.get(id)?.requestId)).toEqual(own.map(({ id }) => id));
    expect(shared.map(({ id }) => contexts.get(id)?.requestId)).toEqual(['request-1', 'request-1']);
  });

  it('SR-89 lets one that fails go on alone: it is tried again, the others are not', async () => {
    const sent = entries(5);
    const bad = sent[2] as ReturnType<typeof message>;
    await consume(({ id }) => {
      if (id === bad.id) throw new Error('busy');
    });
    await publisher.publish([batchOf(sent, { headers: { 'x-request-id': 'request-7' } })]);
    const [letter] = await someLetters(1);
    expect(letter).toMatchObject({ id: bad.id, type, events: 1, failures: 5, consumer: 'create-profile' });
    expect(letter?.requestId).toBe('request-7');
    expect(handled.toSorted()).toEqual([...idsOf(sent), bad.id, bad.id, bad.id, bad.id].sort());
    await untilEmpty();
    const { content, properties } = await dieWith(`${queue}.dead`);
    expect(JSON.parse(content.toString())).toEqual(JSON.parse(bad.body.toString()));
    expect(properties).toMatchObject({ messageId: bad.id, type, contentType: bad.contentType, deliveryMode: 2 });
    expect(properties.timestamp).toBe(Math.floor(bad.time.getTime() / 1000));
    expect(properties.headers).toMatchObject({ 'x-failures': 5, 'x-failed-consumer': 'create-profile' });
  });

  it('SR-89 comes again whole when one that failed cannot be moved on', async () => {
    const sent = entries(3);
    let fails = true;
    await consume(({ id }) => {
      if (id !== sent[1]?.id || !fails) return;
      fails = false;
      throw new Error('busy');
    });
    await callManagement('DELETE', `queues/${broker.name}/${queue}.retry.1`);
    await publisher.publish([batchOf(sent)]);
    await until(() => handled.length === 6, { deadlineMs: 10_000 });
    expect(handled.toSorted()).toEqual([...idsOf(sent), ...idsOf(sent)].sort());
    await untilEmpty();
    expect(await letters()).toEqual([]);
  });

  it('SR-89 comes again whole when its consumer dies before the last of it is done', async () => {
    const proxy = await testProxy(broker.url);
    const sent = entries(4);
    let dies = true;
    await consume(
      ({ id }) => {
        if (id !== sent[3]?.id || !dies) return undefined;
        dies = false;
        return proxy.cut().then(() => proxy.restore());
      },
      { url: proxy.url },
    );
    await publisher.publish([batchOf(sent)]);
    await until(() => handled.length === 8, { deadlineMs: 15_000 });
    expect(handled.toSorted()).toEqual([...idsOf(sent), ...idsOf(sent)].sort());
    await untilEmpty();
    expect(await letters()).toEqual([]);
    await proxy.close();
  });
});

describe('a batch that is malformed', () => {
  it.each(['{', '{}', '"text"'])('lies among the dead letters as it came: %s', async (text) => {
    const sent = batchOf(entries(1), { body: Buffer.from(text) });
    await consume();
    await publisher.publish([sent]);
    expect(await someLetters(1)).toMatchObject([{ id: sent.id, events: 1, failures: 1, consumer: queue }]);
    await untilEmpty();
    const { content, properties } = await dieWith(`${queue}.dead`);
    expect([content.toString(), properties.contentType]).toEqual([text, sent.contentType]);
  });

  it('in one element loses that alone to the dead letters, under its own id where it has one', async () => {
    const good = entries(2);
    const [named, nameless, none] = ['{"id":"named","time":"1","data":7}', '{"id":"","type":"t"}', '[null]'];
    const body = Buffer.from(`[${good[0]?.body},${named},${nameless},${none},${good[1]?.body}]`);
    const sent = batchOf(good, { body });
    await consume();
    await publisher.publish([sent]);
    const found = await someLetters(3);
    expect(idsOf(found)).toEqual(['named', sent.id, sent.id].sort());
    for (const letter of found) expect(letter.reason).toMatch(/^message\.malformed: /);
    expect(handled.toSorted()).toEqual(idsOf(good));
    await untilEmpty();
  });

  it('with nothing in it is done', async () => {
    await consume();
    await publisher.publish([batchOf([])]);
    await untilEmpty();
    expect(await letters()).toEqual([]);
  });
});

describe('a batch that kills its consumer', () => {
  it('is set aside whole, listed as one letter that says how many it holds, and replayed as it was', async () => {
    const sent = entries(3);
    const poison = batchOf(sent);
    await publisher.publish([poison]);
    for (let death = 1; death <= 3; death += 1) await dieWith(queue);
    const [letter] = await someLetters(1);
    expect(letter).toMatchObject({ id: poison.id, type, events: 3, failures: 0, reason: 'delivery_limit' });
    await consume(({ id }) => {
      if (id === sent[0]?.id) throw new PermanentFailure('bug');
    });
    const options = { url: broker.secretUrl, queue, logger: silent, entryOf };
    expect(await replayDeadLetters(options)).toEqual({ replayed: [poison.id], tooOld: [] });
    const told = 1; // the ledger of the replay itself
    await until(() => handled.length === sent.length + told);
    expect(handled).toEqual(expect.arrayContaining(idsOf(sent)));
    expect(await someLetters(1)).toMatchObject([{ id: sent[0]?.id, events: 1, reason: 'bug' }]);
    await untilEmpty();
  });
});
