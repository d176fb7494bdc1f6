import { Secret } from '@bank/domain';
import { type TestProxy, testProxy, until } from '@bank/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BrokerUnavailable, createPublisher, type Publisher } from '#index.ts';
import { message, silent, testBroker } from './support/broker.ts';

let proxy: TestProxy;
let publisher: Publisher;

beforeEach(async () => {
  proxy = await testProxy((await testBroker()).url);
  publisher = createPublisher({ url: new Secret(proxy.url), service: 'auth', logger: silent });
  await publisher.connect();
});

afterEach(async () => {
  await publisher.close();
  await proxy.close();
});

const batch = [message('user.activated.v1'), message('user.activated.v1')];

/** A method of class connection as a frame on channel 0 (AMQP 0-9-1, 4.2.3). */
function connectionMethod(method: number, args: Uint8Array = new Uint8Array()): Buffer {
  const payload = Buffer.concat([Buffer.of(0, 10, 0, method), args]);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(payload.length);
  return Buffer.concat([Buffer.of(1, 0, 0), size, payload, Buffer.of(0xce)]);
}

// connection.blocked and connection.unblocked, as RabbitMQ adds them to the protocol
const blocked = connectionMethod(60, Buffer.concat([Buffer.of(3), Buffer.from('low')]));
const unblocked = connectionMethod(61);

async function isTurnedAway(): Promise<boolean> {
  return publisher.connect().then(
    () => false,
    () => true,
  );
}

describe('a publisher whose broker', () => {
  it('goes away in the middle of a batch says so at once, and does not call the messages refused', async () => {
    proxy.hang();
    const startedAt = performance.now();
    const published = publisher.publish(batch, { deadlineMs: 10_000 });
    const failed = expect(published).rejects.toThrow(BrokerUnavailable);
    await proxy.cut();
    await failed;
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it('hangs gives up at the deadline and starts over on a new connection', async () => {
    proxy.hang();
    await expect(publisher.publish(batch, { deadlineMs: 100 })).rejects.toThrow(BrokerUnavailable);
    await proxy.restore();
    expect((await publisher.publish(batch, { deadlineMs: 2000 })).confirmed).toHaveLength(2);
  });

  it('is short of memory waits on the connection it has, and starts over once it is read again', async () => {
    proxy.hang();
    const published = publisher.publish(batch, { deadlineMs: 300 });
    proxy.say(blocked);
    await expect(published).rejects.toThrow(BrokerUnavailable);
    for (let turn = 0; turn < 3; turn += 1) {
      await expect(publisher.publish(batch)).rejects.toThrow('short of memory or disk');
      expect(proxy.connections()).toBe(1);
    }
    await proxy.restore();
    proxy.say(unblocked);
    await until(async () => !(await isTurnedAway()));
    expect((await publisher.publish(batch, { deadlineMs: 2000 })).confirmed).toHaveLength(2);
    await until(() => proxy.connections() === 1);
  });

  it('neither reads nor ends a connection that was given up leaves none behind', async () => {
    proxy.hang();
    await expect(publisher.publish(batch, { deadlineMs: 100 })).rejects.toThrow(BrokerUnavailable);
    await until(() => proxy.connections() === 0);
    await proxy.restore();
  });

  it('cannot be reached fails at once and buffers nothing', async () => {
    await proxy.cut();
    await expect(publisher.publish(batch)).rejects.toThrow(BrokerUnavailable);
    await proxy.restore();
    await publisher.connect();
    expect(await publisher.depth('profile.events')).toBe(0);
  });

  it('lacks a queue that is asked for goes on publishing', async () => {
    await expect(publisher.depth('no.such.queue')).rejects.toThrow('NOT_FOUND');
    expect((await publisher.publish(batch)).confirmed).toHaveLength(2);
  });

  it('closes the channel over a message goes on with the next batch', async () => {
    await expect(publisher.publish([message('x', { exchange: 'no.such.exchange' })])).rejects.toThrow(
      BrokerUnavailable,
    );
    expect((await publisher.publish(batch)).confirmed).toHaveLength(2);
  });

  it('is left for good is not connected to again', async () => {
    await publisher.close();
    await expect(publisher.publish(batch)).rejects.toThrow('the connection to the broker was closed');
  });

  it('is given nothing has nothing to confirm', async () => {
    expect(await publisher.publish([])).toEqual({ confirmed: [], returned: [], refused: [], complete: true });
  });
});
