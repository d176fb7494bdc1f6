import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Secret } from '@bank/domain';
import { until } from '@bank/testing';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ConfirmLink, createConfirmLink } from '#connection/confirm-link.ts';
import { silent, testBroker } from './support/broker.ts';

/** AMQP 0-9-1 frames of channel 1: `confirm.select`, and `tx.commit`, which the broker refuses by closing the channel. */
const confirmSelect = Buffer.from([1, 0, 1, 0, 0, 0, 5, 0, 85, 0, 10, 0, 0xce]);
const txCommit = Buffer.from([1, 0, 1, 0, 0, 0, 4, 0, 90, 0, 20, 0xce]);

/** A way to the broker on which no channel becomes a confirm channel, while the connection stays. */
async function refusingProxy(target: URL): Promise<{ port: number; open: Set<Socket>; close(): void }> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const broker = connect(Number(target.port), target.hostname);
    open.add(client);
    client.on('data', (data) => {
      const chunk = Buffer.from(data as Buffer);
      const at = chunk.indexOf(confirmSelect);
      const rest = chunk.subarray(at + confirmSelect.length);
      broker.write(at < 0 ? chunk : Buffer.concat([chunk.subarray(0, at), txCommit, rest]));
    });
    broker.pipe(client);
    for (const socket of [client, broker]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(client);
        client.destroy();
        broker.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return { port, open, close: () => void server.close() };
}

describe('createConfirmLink', () => {
  let brokerUrl: string;
  let link: ConfirmLink | undefined;

  beforeAll(async () => {
    brokerUrl = (await testBroker()).url;
  });
  afterEach(() => link?.close());

  // amqplib ends a connection whose channel failed before anybody listened to it.
  it('leaves no connection behind when its channel was refused', async () => {
    const proxy = await refusingProxy(new URL(brokerUrl));
    const url = new URL(brokerUrl);
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    link = createConfirmLink({ url: new Secret(url.href) }, { name: 'test', logger: silent });
    for (const _try of [1, 2]) {
      await expect(link.channel()).rejects.toMatchObject({
        cause: { message: expect.stringMatching(/transactional/) },
      });
    }
    await until(() => proxy.open.size === 0);
    proxy.close();
  });

  it('closes the channel of work aside that failed, by an error of its own or of the broker', async () => {
    const url = new URL(brokerUrl);
    url.searchParams.set('channelMax', '2'); // one for confirms, one aside
    link = createConfirmLink({ url: new Secret(url.href) }, { name: 'test', logger: silent });
    const own = link.aside(() => Promise.reject(new Error('not of the broker')));
    await expect(own).rejects.toThrow('not of the broker');
    await expect(link.aside((channel) => channel.checkQueue('missing'))).rejects.toThrow('NOT_FOUND');
    expect(await link.aside(async () => 'done')).toBe('done');
  });
});
