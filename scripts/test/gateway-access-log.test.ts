import { clientNetwork } from '@bank/observability';
import { until } from '@bank/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '#test/gateway-under-test.ts';

let gateway: GatewayUnderTest;
beforeAll(async () => {
  // With a proxy in front a test can come from anywhere.
  gateway = await startGatewayUnderTest({ trustedProxies: ['127.0.0.1/32'] });
});
afterAll(() => gateway.stop());

/** The line of a request that came from that address. */
async function lineOf(address: string, path = '/v1/profile') {
  const requestId = crypto.randomUUID();
  await fetch(`${gateway.publicUrl}${path}?of=ada@bank.example`, {
    headers: { 'x-forwarded-for': address, 'x-request-id': requestId },
  });
  return until(() => gateway.accessLog().find((line) => line['requestId'] === requestId));
}

describe('SR-85 the access log', () => {
  it.each([
    '203.0.113.77',
    '::ffff:203.0.113.77',
    '2001:db8:1234:5678:9abc:def0:1234:5678',
    '2001:db8:1234::1',
    '2001:db8:0:1::1',
    '2001:db8::1',
    '2001::1',
    'fe80::1',
    '::1',
    '::2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8',
  ])('tells the network of %s, in the words of the apps, and not the address', async (address) => {
    const line = await lineOf(address);
    expect(line['clientNetwork']).toBe(clientNetwork(address));
    expect(Object.values(line)).not.toContain(address);
  });

  it('tells what was asked for and how it went, without the query', async () => {
    expect(await lineOf('203.0.113.77')).toEqual({
      time: expect.any(String),
      listener: 'public',
      requestId: expect.any(String),
      clientNetwork: '203.0.113.0/24',
      method: 'GET',
      path: '/v1/profile',
      status: 200,
      bytes: expect.any(Number),
      seconds: expect.any(Number),
      upstream: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
  });

  it.each(['/v1/profile/ada@bank.example', '/v1/profile/%2B4915112345678', '/v1/profile/Ada%20Lovelace'])(
    'tells of %s that it was an odd path, and nothing of it',
    async (path) => {
      expect((await lineOf('203.0.113.77', path))['path']).toBe('[odd]');
    },
  );
});
