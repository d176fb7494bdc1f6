import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { audiences, errorCatalogue } from '@bank/domain';
import { until } from '@bank/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '#test/gateway-under-test.ts';

const sockets: Socket[] = [];
let gateway: GatewayUnderTest;
beforeAll(async () => {
  const demands = { audience: audiences.customers };
  const guarded = [{ name: 'payments', path: '/v1/payments', addresses: ['127.0.0.1:9'], demands }];
  gateway = await startGatewayUnderTest({ trustedProxies: ['127.0.0.1'], guarded, bodyPatience: '60s' });
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => gateway.stop());

/** Requests whose bodies never end, of these addresses. */
async function holdOpen(addresses: readonly string[]): Promise<void> {
  await Promise.all(
    addresses.map(async (address) => {
      const socket = connect({ host: '127.0.0.1', port: gateway.publicPort });
      sockets.push(socket);
      await once(socket, 'connect');
      socket.on('error', () => undefined); // refused, or over
      socket.resume();
      socket.write(
        `PUT /v1/devices/1/key HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${address}\r\nContent-Length: 1000\r\n\r\nslow`,
      );
    }),
  );
}

const ask = (address: string, path = '/v1/devices') =>
  fetch(gateway.publicUrl + path, { headers: { 'x-forwarded-for': address, connection: 'close' } });

/** Waits until the gateway has read what is held open, and refuses. */
const refusal = (address: string) => until(async () => (await ask(address)).status === 429);

const times = (count: number, address: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => address(i));

describe('SR-78 requests under way', () => {
  it('429 for the two hundred and first of one address, and no longer when they are over', async () => {
    await holdOpen(times(199, () => '203.0.113.1'));
    expect((await ask('203.0.113.1')).status).toBe(200);
    await holdOpen(['203.0.113.1']);
    await refusal('203.0.113.1');
    for (const path of ['/v1/devices', '/v1/payments', '/v1/files/objects/1']) {
      const refused = await ask('203.0.113.1', path);
      expect(refused.headers.get('retry-after')).toBe('1');
      expect(refused.headers.get('content-type')).toBe('application/problem+json');
      expect(await refused.json()).toMatchObject({
        status: 429,
        code: 'request.rate_limited',
        detail: errorCatalogue['request.rate_limited'].message,
      });
    }
    expect((await ask('203.0.113.2')).status).toBe(200);
    expect((await ask('::ffff:203.0.113.1')).status).toBe(429);
    for (const socket of sockets.splice(0)) socket.destroy();
    await until(async () => (await ask('203.0.113.1')).status === 200);
  });

  it('429 for those of an IPv6 /64, whichever of its addresses they come from', async () => {
    // A byte of the network is a line feed, and others are NUL.
    await holdOpen(times(200, (index) => `2001:db8:a:1::${(index + 1).toString(16)}`));
    await refusal('2001:db8:a:1:ffff:ffff:ffff:ffff');
    expect((await ask('2001:db8:a:2::1')).status).toBe(200);
    expect((await ask('2001:db8:b:1::1')).status).toBe(200);
  });

  it('429 for the thousand and first of an IPv6 /48, whichever of its networks they come from', async () => {
    await holdOpen(times(1000, (index) => `2001:db8:5:${(index + 1).toString(16)}::1`));
    await refusal('2001:db8:5:ffff::1');
    expect((await ask('2001:db8:6:ffff::1')).status).toBe(200);
  });

  it('IPv4 addresses that are written as IPv6 are counted each by itself', async () => {
    await holdOpen(times(1001, (index) => `::ffff:198.51.${100 + (index >> 8)}.${index & 255}`));
    expect((await ask('::ffff:203.0.113.1')).status).toBe(200);
    expect(sockets.every((socket) => socket.bytesRead === 0)).toBe(true);
  });
});
