import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Secret } from '@bank/domain';
import { type TestCertificate, testCertificates } from '@bank/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { connectDatabase, type Database } from '#index.ts';

const authority = await testCertificates();
const opened: { database?: Database; server?: Server } = {};

/** Answers the request for TLS as a server would (PostgreSQL protocol §55.2.10) and records what comes afterwards. */
async function listen(certificate: TestCertificate | undefined): Promise<{ port: number; received: () => string }> {
  let received = '';
  const server = createServer((socket: Socket) => {
    socket.once('data', () => {
      socket.write(certificate === undefined ? 'N' : 'S');
      const rest = certificate === undefined ? socket : new TLSSocket(socket, { isServer: true, ...certificate });
      rest.on('error', () => undefined);
      rest.on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1');
        rest.destroy();
      });
    });
  });
  opened.server = server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, received: () => received };
}

async function ping(port: number): Promise<void> {
  opened.database = await connectDatabase({
    url: new Secret(`postgres://shop_app:hush@127.0.0.1:${port}/bank`),
    caFile: authority.caFile,
    schema: 'shop',
    entities: [],
    poolMax: 1,
    service: 'shop',
  });
  await opened.database.ping();
}

afterEach(async () => {
  await opened.database?.close();
  opened.server?.close();
});

describe('with a CA file (SR-68)', () => {
  it('talks to a server whose certificate it signed for that host', async () => {
    const { port, received } = await listen(await authority.issue({ name: 'db', ips: ['127.0.0.1'] }));
    await expect(ping(port)).rejects.toMatchObject({ code: 'service.unavailable' }); // this server says no more
    expect(received()).toContain('shop_app');
  });

  it.each([
    ['another authority', async () => (await testCertificates()).issue({ name: 'db', ips: ['127.0.0.1'] })],
    ['another host', () => authority.issue({ name: 'db', dns: ['localhost'], ips: ['127.0.0.2'] })],
    ['a time that is over', () => authority.issue({ name: 'db', ips: ['127.0.0.1'], notAfter: new Date(0) })],
  ])('tells a server with a certificate of %s nothing', async (_what, issue) => {
    const { port, received } = await listen(await issue());
    await expect(ping(port)).rejects.toThrow();
    expect(received()).toBe('');
  });

  it('tells a server without TLS nothing', async () => {
    const { port, received } = await listen(undefined);
    await expect(ping(port)).rejects.toThrow('The server does not support SSL connections');
    expect(received()).toBe('');
  });
});
