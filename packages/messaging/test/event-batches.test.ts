import { setTimeout as pause } from 'node:timers/promises';
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
  topology,
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

/** An entry with attributes that not every event has. */
function messageWith(attributes: object): ReturnType<typeof message> {
  const plain = message(type);
  const event = { ...JSON.parse(plain.body.toString()), ...attributes };
  return { ...plain, body: Buffer.from(JSON.stringify(event)) };
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

  it('gives each its own trace and its own request, which the headers of all may name', async () => {
    const contexts = new Map<string, ReturnType<typeof requestContext.get>>();
    await consume(({ id }) => contexts.set(id, requestContext.get()));
    const traces = ['0af7651916cd43dd8448eb211c80319c', '1af7651916cd43dd8448eb211c80319c'];
    const traced = () =>
      traces.map((trace, index) => {
        const own = {
          traceparent: `00-${trace}-b7ad6b7169203331-01`,
          ...(index > 0 ? { requestid: 'request-own' } : {}),
        };
        return messageWith(own);
      });
    const [own, shared] = [traced(), traced()];
    await publisher.publish([batchOf(own), batchOf(shared, { headers: { 'x-request-id': 'request-1' } })]);
    await until(() => contexts.size === 4);
    for (const sent of [own, shared]) {
      expect(sent.map(({ id }) => contexts.get(id)?.traceparent?.slice(3, 35))).toEqual(traces);
    }
    expect(own.map(({ id }) => contexts.get(id)?.requestId)).toEqual([own[0]?.id, 'request-own']);
    expect(shared.map(({ id }) => contexts.get(id)?.requestId)).toEqual(['request-1', 'request-own']);
  });

  it('SR-89 lets one that fails go on alone: it is tried again, the others are not', async () => {
    const bad = messageWith({ requestid: 'request-7' });
    const sent = [...entries(2), bad, ...entries(2)];
    await consume(({ id }) => {
      if (id === bad.id) throw new Error('busy');
    });
    await publisher.publish([batchOf(sent)]);
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

  it('SR-89 is held where one that failed cannot be moved on, which is tried again: nothing is handled or moved on twice', async () => {
    const sent = entries(3);
    let fails = true;
    await consume(({ id }) => {
      if (id === sent[0]?.id) throw new PermanentFailure('bug');
      if (id !== sent[1]?.id || !fails) return;
      fails = false;
      throw new Error('busy');
    });
    const connection = await connect(broker.url);
    const channel = await connection.createChannel();
    const binding = [`${queue}.retry.1`, 'admin.recovery', `${queue}.retry.1`] as const;
    await channel.unbindQueue(...binding);
    await publisher.publish([batchOf(sent)]);
    await until(() => handled.length === 3);
    await pause(300);
    await channel.bindQueue(...binding);
    await connection.close();
    await until(() => handled.length === 4);
    expect(handled.toSorted()).toEqual([...idsOf(sent), sent[1]?.id].sort());
    await untilEmpty();
    expect(await letters()).toMatchObject([{ id: sent[0]?.id }]);
  });

  it('SR-89 comes again whole when one that failed cannot be moved on in the end', async () => {
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
    const [named, nameless, none] = ['{"id":"named","time":"1","data":7}', '{"time":{"toString":1}}', '[null]'];
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

  it('lies among the dead letters where what is done about it fails itself, and keeps no place in the prefetch', async () => {
    const good = entries(1);
    const broken = batchOf([], { body: Buffer.from('[1,2]') });
    const metrics = testMetrics();
    const observeMessage: typeof metrics.observeMessage = ({ outcome }) => {
      if (outcome !== 'applied') throw new Error('nobody foresaw that');
    };
    await consume(() => undefined, { prefetch: 1, metrics: { ...metrics, observeMessage } });
    await publisher.publish([broken, batchOf(good)]);
    await until(() => handled.length === 1);
    expect(await someLetters(1)).toMatchObject([{ id: broken.id, events: 2, reason: 'rejected' }]);
    await untilEmpty();
  });

  it('since it holds more than one may lies among the dead letters as it came, and can be replayed', async () => {
    const sent = entries((topology.destinations.audit.batchMax ?? 0) + 1);
    await consume();
    await publisher.publish([batchOf(sent)]);
    const found = await someLetters(1);
    expect(found).toMatchObject([{ events: sent.length, reason: 'message.malformed: more than 25 events' }]);
    expect(handled).toEqual([]);
    await replayDeadLetters({ url: broker.secretUrl, queue, logger: silent, entryOf });
    await until(() => handled.length === sent.length + 1);
  });

  it('since its queue takes none lies among the dead letters as it came', async () => {
    await consume(() => undefined, { queue: 'mfa.events' });
    await publisher.publish([
      batchOf(entries(2), { exchange: 'user-service.events', routingKey: 'user.activated.v1' }),
    ]);
    const found = await until(async () => {
      const lying = await listDeadLetters({ url: broker.secretUrl, queue: 'mfa.events', logger: silent });
      return lying.length > 0 ? lying : undefined;
    });
    expect(found).toMatchObject([{ events: 2, reason: 'message.malformed: not an object' }]);
    expect(handled).toEqual([]);
  });

  it('with nothing in it is done', async () => {
    await consume();
    await publisher.publish([batchOf([])]);
    await untilEmpty();
    expect(await letters()).toEqual([]);
  });
});

describe('a batch that kills its consumer', () => {
  it('is set aside whole, listed as one letter that says how many it holds, and replayed one by one: it alone kills again', async () => {
    const sent = [messageWith({ requestid: 'request-7' }), ...entries(2)] as const;
    const poison = batchOf(sent);
    await publisher.publish([poison]);
    for (let death = 1; death <= 3; death += 1) await dieWith(queue);
    const [letter] = await someLetters(1);
    expect(letter).toMatchObject({ id: poison.id, type, events: 3, failures: 0, reason: 'delivery_limit' });
    const elsewhere = () => message('user.activated.v1');
    const options = { url: broker.secretUrl, queue, logger: silent, entryOf: elsewhere };
    expect(await replayDeadLetters(options)).toEqual({ replayed: [poison.id], tooOld: [] });
    await until(async () => (await publisher.depth(queue)) === sent.length);
    for (let death = 1; death <= 3; death += 1) await dieWith(queue);
    expect(await someLetters(1)).toMatchObject([{ id: sent[0].id, events: 1, requestId: 'request-7' }]);
    await consume();
    await until(() => handled.length === 2);
    expect(handled.toSorted()).toEqual(idsOf(sent.slice(1)));
    await untilEmpty();
  });
});
