import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { errorCatalogue } from '@bank/domain';
import { until } from '@bank/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '#test/gateway-under-test.ts';

const signed = '/v1/files/objects/1?signature=right';
/** Requests that reached the app, told when their head is there. */
const begun: string[] = [];
const sockets: Socket[] = [];

/** Refuses who has no signature before it reads a body, and waits for the body of everybody else. */
function store(request: IncomingMessage, response: ServerResponse): void {
  begun.push(request.url ?? '');
  if (request.url?.includes('forged')) {
    response.writeHead(403, { connection: 'close' }).end('{}');
    return;
  }
  request.resume().on('end', () => response.writeHead(200).end('{}'));
}

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGatewayUnderTest({ profile: store });
});
afterEach(() => {
  begun.length = 0;
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => gateway.stop());

/** A client that sends the head of a request and the first bytes of a long body. */
async function sendSlowly(path: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: gateway.publicPort });
  sockets.push(socket);
  await once(socket, 'connect');
  socket.write(`PUT ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\nslow`);
  return socket;
}

it('SR-78 a file is passed on as it comes, and other bodies when they are whole', async () => {
  await sendSlowly('/v1/profile');
  await sendSlowly(signed);
  await until(() => begun.length > 0);
  expect(begun).toEqual([signed]);
});

it('SR-78 who has no link is refused before the file is sent', async () => {
  const socket = await sendSlowly('/v1/files/objects/1?signature=forged');
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 403 /);
});

it('a file that is sent whole arrives', async () => {
  const response = await fetch(gateway.publicUrl + signed, { method: 'PUT', body: 'x'.repeat(5_000_000) });
  expect(response.status).toBe(200);
});

it('SR-78 429 for the two hundred and first request under way of one address, and no longer when they are over', async () => {
  await Promise.all(Array.from({ length: 200 }, () => sendSlowly(signed)));
  await until(() => begun.length === 200);
  const refused = await fetch(`${gateway.publicUrl}/v1/devices`);
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.headers.get('content-type')).toBe('application/problem+json');
  expect(await refused.json()).toMatchObject({
    status: 429,
    code: 'request.rate_limited',
    detail: errorCatalogue['request.rate_limited'].message,
  });
  for (const socket of sockets.splice(0)) socket.destroy();
  await until(async () => (await fetch(`${gateway.publicUrl}/v1/devices`)).status === 200);
});
