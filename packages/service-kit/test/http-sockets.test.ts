import { connect, type Socket } from 'node:net';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineRoutes, ok, type Service } from '#index.ts';
import { testService } from './support/service.ts';
import { testTokens } from './support/tokens.ts';

const bodyLimitBytes = 1000;
let handled = 0;
let release: (() => void) | undefined;

const routes = defineRoutes<null>([
  {
    method: 'POST',
    path: '/v1/echo',
    summary: 'Echoes',
    tag: 'x',
    access: 'public',
    body: v.any(),
    bodyLimitBytes,
    responses: { 200: v.any() },
    errors: [],
    async handle(_ctx, request) {
      handled += 1;
      return ok({ bytes: request.bytes.byteLength });
    },
  },
  {
    method: 'GET',
    path: '/v1/who',
    summary: 'Says who asks',
    tag: 'x',
    access: 'user',
    responses: { 200: v.any() },
    errors: [],
    handle: async () => ok({}),
  },
  {
    method: 'GET',
    path: '/v1/injected',
    summary: 'Lets a client write a header',
    tag: 'x',
    access: 'public',
    responses: { 200: v.any() },
    errors: [],
    handle: async () => ok({}, { headers: { location: '/x\r\nx-evil: 1' } }),
  },
  {
    method: 'GET',
    path: '/v1/waits',
    summary: 'Waits until it is let go',
    tag: 'x',
    access: 'public',
    responses: { 200: v.any() },
    errors: [],
    handle: () =>
      new Promise((resolve) => {
        release = () => resolve(ok({ waited: true }));
      }),
  },
]);

const tokens = testTokens();
let service: Service;
beforeAll(async () => {
  await tokens.verifier.start();
  service = await testService({
    context: null,
    routes,
    verifier: tokens.verifier,
    timings: {
      drainDelayMs: 0,
      inFlightMs: 2000,
      http: { requestMs: 600, headersMs: 600, keepAliveMs: 5000 },
    },
  });
  await service.start();
});
afterAll(() => service.stop());

interface Wire {
  readonly socket: Socket;
  /** All that was received until the server closed the connection. */
  readonly received: Promise<string>;
}

function open(port = service.httpPort): Wire {
  const socket = connect(port, '127.0.0.1');
  const received = new Promise<string>((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
  return { socket, received };
}

const head = (extra: string) =>
  `POST /v1/echo HTTP/1.1\r\nhost: bank.test\r\ncontent-type: application/json\r\n${extra}\r\n\r\n`;
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;

describe('a token on the wire', () => {
  it.each([
    ['by itself', '200', [tokens.mint()]],
    ['beside another one, whichever comes first', '401', [tokens.mint(), 'a.b.c']],
  ])('%s: %s', async (_name, status, sent) => {
    const { socket, received } = open();
    const fields = sent.map((token) => `authorization: Bearer ${token}`).join('\r\n');
    socket.end(`GET /v1/who HTTP/1.1\r\nhost: bank.test\r\nconnection: close\r\n${fields}\r\n\r\n`);
    expect(await received).toContain(`HTTP/1.1 ${status} `);
  });
});

describe('SR-78 bodies on the wire', () => {
  it('are read when they come in chunks', async () => {
    const { socket, received } = open();
    socket.write(head('transfer-encoding: chunked\r\nconnection: close'));
    socket.write(chunk('{"a":'));
    socket.end(`${chunk('1}')}0\r\n\r\n`);
    expect(await received).toMatch(/^HTTP\/1\.1 200 [\s\S]*\{"bytes":7\}/);
  });

  it('are limited when they come in chunks without end', async () => {
    const { socket, received } = open();
    // All at once: what is written after the answer would break the connection before the answer is read.
    socket.write(head('transfer-encoding: chunked') + chunk('x'.repeat(200)).repeat(50));
    const text = await received;
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toContain('"code":"request.too_large"');
  });

  it('are refused by their declared length before they are sent', async () => {
    const { socket, received } = open();
    socket.write(head('content-length: 1000000'));
    expect(await received).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/i);
  });

  it('that end early reach no handler', async () => {
    const before = handled;
    const { socket, received } = open();
    socket.write(`${head('content-length: 100')}{"a":`);
    socket.end();
    await received;
    expect(handled).toBe(before);
  });

  it('with two lengths are no request', async () => {
    const { socket, received } = open();
    socket.write(head('content-length: 2\r\ncontent-length: 3'));
    const text = await received;
    expect(text).toMatch(/^HTTP\/1\.1 400 [\s\S]*application\/problem\+json/);
    expect(text).toContain('"code":"request.malformed"');
  });

  it('with a length and chunks are no request (request smuggling)', async () => {
    const { socket, received } = open();
    socket.write(`${head('content-length: 6\r\ntransfer-encoding: chunked')}0\r\n\r\nX`);
    expect(await received).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('slow clients', () => {
  it.each([
    ['headers', 'POST /v1/echo HTTP/1.1\r\nhost: bank.test\r\nx-a'],
    ['a body', `${head('content-length: 500')}{`],
  ])('that drip %s are cut off', async (_name, start) => {
    const { socket, received } = open();
    socket.write(start);
    const drip = setInterval(() => socket.write('a'), 50);
    const text = await received.finally(() => clearInterval(drip));
    expect(text).toMatch(/^HTTP\/1\.1 408 [\s\S]*problem\+json/);
  });
});

describe('what is no request', () => {
  it.each([
    ['rubbish', 'rubbish\r\n\r\n', 400],
    ['a header too large', `GET /v1/echo HTTP/1.1\r\nhost: a\r\nx-a: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['no host', 'GET /health/live HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['a host that is none', 'GET /health/live HTTP/1.1\r\nhost: a b/c@d\r\nconnection: close\r\n\r\n', 400],
    ['a path with a backslash', 'GET /v1\\..\\x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', 400],
  ])('%s is answered in kind', async (_name, bytes, status) => {
    const { socket, received } = open();
    socket.write(bytes);
    const text = await received;
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(text).toContain('nosniff');
    const [, requestId] = /^x-request-id: (.+)\r$/im.exec(text) ?? [];
    expect(JSON.parse(text.slice(text.indexOf('{')))).toMatchObject({ status, requestId });
  });

  it('an expectation is no reason to refuse', async () => {
    const { socket, received } = open();
    socket.write('GET /health/live HTTP/1.1\r\nhost: a\r\nexpect: nothing\r\nconnection: close\r\n\r\n');
    expect(await received).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('SR-37 the host decides nothing', async () => {
    const { socket, received } = open();
    socket.write('GET http://evil.test/health/live HTTP/1.1\r\nhost: bank.test\r\nconnection: close\r\n\r\n');
    expect(await received).not.toContain('evil.test');
  });
});

describe('SR-76 a header with a line break', () => {
  it('is not sent, nor anything that says why', async () => {
    const { socket, received } = open();
    socket.write('GET /v1/injected HTTP/1.1\r\nhost: bank.test\r\nconnection: close\r\n\r\n');
    const text = await received;
    expect(text).toMatch(/^HTTP\/1\.1 500 [\s\S]*application\/problem\+json[\s\S]*"service\.internal"/);
    expect(text).not.toContain('evil');
  });
});

describe('draining', () => {
  it('lets the request in flight end, says goodbye, and takes no more', async () => {
    const { socket, received } = open();
    socket.write('GET /v1/waits HTTP/1.1\r\nhost: bank.test\r\n\r\n');
    await expect.poll(() => release).toBeTypeOf('function');
    const stopped = service.stop();
    release?.();
    const text = await received;
    await stopped;
    expect(text).toMatch(/^HTTP\/1\.1 200 [\s\S]*connection: close[\s\S]*\{"waited":true\}/i);
    await expect(open().received).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
