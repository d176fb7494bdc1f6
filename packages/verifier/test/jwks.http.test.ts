import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHttpJwksSource, createRevocationFeed, createVerifier } from '#index.ts';

async function served(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return createHttpJwksSource(`http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`);
}

function load(source: { load(signal: AbortSignal): Promise<unknown> }, timeoutMs = 5000) {
  return source.load(AbortSignal.timeout(timeoutMs));
}

test.each([
  ['public, max-age=60', 60],
  ['max-age=0', 0],
  ['no-store', 0],
  ['public', undefined],
])('Cache-Control %s', async (cacheControl, maxAgeSeconds) => {
  const source = await served((_request, response) => {
    response.setHeader('cache-control', cacheControl).end('{"keys":[]}');
  });
  expect(await load(source)).toEqual({
    document: { keys: [] },
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  });
});

test.each<[string, RequestListener]>([
  ['another status', (_request, response) => response.writeHead(503).end('{"keys":[]}')],
  [
    'a redirect (SR-75)',
    (request, response) => {
      if (request.url === '/elsewhere') response.end('{"keys":[]}');
      else response.writeHead(302, { location: '/elsewhere' }).end();
    },
  ],
  ['no JSON', (_request, response) => response.end('<html>')],
  ['no UTF-8', (_request, response) => response.end(Buffer.from('{"keys":["\xff"]}', 'latin1'))],
  ['more than 64 KiB', (_request, response) => response.end(`{"keys":[]${' '.repeat(70_000)}}`)],
])('%s is refused', async (_what, listener) => {
  await expect(load(await served(listener))).rejects.toThrow();
});

test('a server that does not answer is given up', async () => {
  const source = await served(() => undefined);
  await expect(load(source, 100)).rejects.toThrow();
});

describe('SR-68 keys that somebody else could answer with are not asked for', () => {
  test.each([
    ...[
      'http://auth:4101/jwks.json',
      'http://10.0.0.7/',
      'http://127.0.0.1.evil.example/',
      'http://localhost.evil.example/',
    ],
    ...[
      'http://1270.0.0.1.example/',
      'http://[::2]/',
      'http://127.0.0.1@evil.example/',
      'data:application/json,{"keys":[]}',
    ],
    'file:///jwks.json',
  ])('%s', (url) => {
    expect(() => createHttpJwksSource(url)).toThrow(RangeError);
    const feed = createRevocationFeed({
      channel: { subscribe: async () => async () => undefined },
      refill: () => Promise.reject(new Error('not asked')),
      logger: console,
    });
    expect(() => createVerifier({ issuer: 'i', audiences: ['a'], jwksUrl: url, feed })).toThrow(RangeError);
  });

  test.each([
    'https://id.bank.example/jwks.json',
    'http://localhost:1/',
    'http://127.1.2.3/',
    'http://127.1/',
    'http://[0:0::1]/',
  ])('but by %s', (url) => {
    expect(() => createHttpJwksSource(url)).not.toThrow();
  });
});
