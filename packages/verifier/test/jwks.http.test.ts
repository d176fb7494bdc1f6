import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createHttpJwksSource } from '#index.ts';

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
