import { errorCatalogue } from '@bank/domain';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, sendRaw, startGatewayUnderTest } from '#test/gateway-under-test.ts';

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startGatewayUnderTest();
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.seen.length = 0;
});

/** The one request that reached an app. */
async function passedOn(url: string, init?: RequestInit) {
  const response = await fetch(url, init);
  expect(response.status).toBe(200);
  const [request, ...others] = gateway.seen;
  expect(others).toEqual([]);
  return { response, ...request };
}

describe('routes', () => {
  it.each([
    ['/v1/auth/login', 'auth'],
    ['/.well-known/jwks.json', 'auth'],
    ['/v1/webhooks/twilio', 'auth'],
    ['/v1/profile', 'profile'],
    ['/v1/settings/consents', 'profile'],
    ['/v1/kyc/documents', 'profile'],
    ['/v1/data/exports', 'profile'],
    ['/v1/files/1?expires=2', 'profile'],
    ['/v1/mfa/factors', 'mfa'],
    ['/v1/devices/1?limit=5&cursor=a%2Fb', 'device'],
  ])('%s goes to %s, as it came', async (path, app) => {
    expect(await passedOn(gateway.publicUrl + path)).toMatchObject({ app, url: path });
  });

  it.each([
    ['/v1/admin/users', 'admin'],
    ['/v1/auth/login', 'auth'],
    ['/v1/mfa/totp', 'mfa'],
  ])('staff reach %s at %s', async (path, app) => {
    expect(await passedOn(gateway.staffUrl + path)).toMatchObject({ app });
  });

  it('carriers may tell of many messages at once, nobody else may send as much', async () => {
    const upload = { method: 'POST', body: 'x'.repeat(700_000) };
    expect((await fetch(`${gateway.publicUrl}/v1/webhooks/sendgrid`, upload)).status).toBe(200);
    expect((await fetch(`${gateway.publicUrl}/v1/auth/login`, upload)).status).toBe(413);
  });

  it('files of up to 10 MiB may be sent where a link leads, and nowhere else', async () => {
    const upload = (bytes: number) => ({ method: 'PUT', body: 'x'.repeat(bytes) });
    const address = `${gateway.publicUrl}/v1/files/objects/upload-1?signature=a`;
    expect((await fetch(address, upload(9_000_000))).status).toBe(200);
    expect((await fetch(address, upload(10_500_000))).status).toBe(413);
    expect((await fetch(`${gateway.publicUrl}/v1/files/1`, upload(700_000))).status).toBe(413);
    expect((await fetch(`${gateway.staffUrl}/v1/files/1`)).status).toBe(404);
  });

  it.each(['/v1/admin/users', '/v1/authx', '/v1', '/v1/profiles'])('%s is not public', async (path) => {
    expect((await fetch(gateway.publicUrl + path)).status).toBe(404);
  });

  it.each(['/v1/profile', '/v1/devices'])('%s is not for staff', async (path) => {
    expect((await fetch(gateway.staffUrl + path)).status).toBe(404);
  });
});

describe('private addresses of the apps (SR-81)', () => {
  it.each(['/health/ready', '/health/live', '/metrics', '/authorize', '/authorize-upload', '/openapi.json'])(
    '%s',
    async (path) => {
      for (const listener of [gateway.publicUrl, gateway.staffUrl]) {
        expect((await fetch(listener + path)).status).toBe(404);
      }
      expect(gateway.seen).toEqual([]);
    },
  );

  it.each([
    '/v1/auth/../../metrics',
    '/v1/auth/%2e%2e/%2e%2e/metrics',
    '/v1/auth/..%2f..%2fmetrics',
    '/v1/auth/..\\..\\metrics',
    '/v1/auth/%5c..%5c..%5cmetrics',
    '/v1/auth//../../metrics',
    '/v1/auth/./login',
    '/v1/auth/..',
    '/v1/auth/.',
    '//metrics',
    '/v1//auth/login',
    '/v1/auth/..;/metrics',
    '/v1/auth/%2500',
    '/v1/auth/#/../../metrics',
    '/v1/profile/../admin/users',
  ])('are not reached by %s', async (path) => {
    const answer = await sendRaw(gateway.publicPort, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(gateway.seen).toEqual([]);
  });

  it('are not reached by an absolute request line', async () => {
    const request = 'GET http://evil.example/v1/auth/../../metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    expect(await sendRaw(gateway.publicPort, request)).toMatch(/^HTTP\/1\.1 400 /);
    expect(gateway.seen).toEqual([]);
  });
});

describe('the API reference', () => {
  const get = (path: string) => fetch(gateway.publicUrl + path, { redirect: 'manual' });

  it('is a page that runs its own script alone, and the document beside it', async () => {
    const page = await get('/docs/');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toBe("default-src 'self'; frame-ancestors 'none'");
    expect(await (await get('/docs/openapi.json')).json()).toMatchObject({ openapi: '3.1.0' });
  });

  it('redirects without naming a host', async () => {
    expect((await get('/docs')).headers.get('location')).toBe('/docs/');
  });

  it('is not for the staff listener, nor a way out of its folder', async () => {
    expect((await fetch(`${gateway.staffUrl}/docs/`)).status).toBe(404);
    expect((await get('/docs/..%2fnginx.conf')).status).toBe(400);
    expect(await (await get('/docs/nginx.conf')).json()).toMatchObject({ status: 404 });
  });
});

describe('header hygiene (SR-17)', () => {
  it('lets nothing through that an app might take for the word of another hop', async () => {
    const { headers } = await passedOn(`${gateway.publicUrl}/v1/profile`, {
      headers: {
        'x-forwarded-for': '203.0.113.9',
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'https',
        forwarded: 'for=203.0.113.9',
        'x-real-ip': '203.0.113.9',
        'x-user-id': '1',
        'x-internal-caller': 'admin',
        'x-bank-listener': 'staff',
        'bank-user-token': 'forged',
        'x-anything': 'else',
        'x-original-uri': '/v1/admin',
      },
    });
    expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-bank-listener': 'public', host: 'profile' });
    expect(
      Object.keys(headers ?? {})
        .filter((name) => /^(forwarded|bank-|x-)/.test(name))
        .sort(),
    ).toEqual(['x-bank-listener', 'x-forwarded-for', 'x-request-id']);
  });

  it('says by which listener a request came', async () => {
    const { headers } = await passedOn(`${gateway.staffUrl}/v1/auth/session`, {
      headers: { 'x-bank-listener': 'public' },
    });
    expect(headers?.['x-bank-listener']).toBe('staff');
  });

  it('passes on what the contracts know', async () => {
    const known = {
      accept: 'application/json',
      'accept-language': 'fr',
      authorization: 'Bearer abc',
      'content-type': 'application/json',
      cookie: 'a=b; c=d',
      dpop: 'proof',
      'idempotency-key': 'k-1',
      'if-match': '"3"',
      origin: 'https://app.example',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      'user-agent': 'test',
      'x-request-id': 'request-0001',
    };
    const { headers } = await passedOn(`${gateway.publicUrl}/v1/profile`, {
      method: 'PATCH',
      headers: known,
      body: '{}',
    });
    expect(headers).toMatchObject({ ...known, 'content-length': '2' });
  });

  it('replaces a request id that could do harm in a log', async () => {
    const { headers } = await passedOn(`${gateway.publicUrl}/v1/profile`, { headers: { 'x-request-id': 'a b"c' } });
    expect(headers?.['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
  });

  it('does not tell what the apps run on', async () => {
    const { response } = await passedOn(`${gateway.publicUrl}/v1/profile`);
    expect(response.headers.get('x-powered-by')).toBeNull();
    expect(response.headers.get('server')).toBe('nginx');
  });
});

describe('limits (SR-78)', () => {
  const body = Buffer.alloc(300_000, 'x');

  it('refuse a large body', async () => {
    const response = await fetch(`${gateway.publicUrl}/v1/profile`, { method: 'PATCH', body });
    expect(response.status).toBe(413);
    expect(gateway.seen).toEqual([]);
  });

  it('refuse a large body that comes in chunks', async () => {
    const chunks = Array.from({ length: 10 }, () => `7530\r\n${'x'.repeat(30_000)}\r\n`).join('');
    const head = 'PATCH /v1/profile HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n';
    expect(await sendRaw(gateway.publicPort, `${head}${chunks}0\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
    expect(gateway.seen).toEqual([]);
  });

  it('refuse a header field of a megabyte', async () => {
    const request = `GET /v1/profile HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${'x'.repeat(1_000_000)}\r\n\r\n`;
    expect(await sendRaw(gateway.publicPort, request)).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('errors of the gateway itself', () => {
  it.each([
    ['/nowhere', 404, 'request.unknown_route'],
    ['/v1/auth//login', 400, 'request.malformed'],
  ] as const)('%s is a problem with status %i', async (path, status, code) => {
    const response = await fetch(gateway.publicUrl + path, { headers: { 'x-request-id': 'request-0001' } });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('x-request-id')).toBe('request-0001');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toEqual({
      type: `urn:bank:problem:${code}`,
      title: expect.any(String),
      status,
      code,
      detail: errorCatalogue[code].message,
      requestId: 'request-0001',
      errors: [],
    });
  });

  it.each([
    ['a control character in the path', 'GET /v1/auth/\x7f HTTP/1.1', 400, 'request.malformed'],
    ['an escape that is none', 'GET /v1/auth/%zz HTTP/1.1', 400, 'request.malformed'],
    ['an escaped NUL', 'GET /v1/auth/%00 HTTP/1.1', 400, 'request.malformed'],
    ['a method in lower case', 'get /v1/profile HTTP/1.1', 400, 'request.malformed'],
    ['a method that names no path', 'OPTIONS * HTTP/1.1', 400, 'request.malformed'],
    ['another protocol', '\x16\x03\x01\x02', 400, 'request.malformed'],
    ['another version', 'GET /v1/profile HTTP/2.0', 400, 'request.malformed'],
    ['an address of 70,000 characters', `GET /v1/profile?${'x'.repeat(70_000)} HTTP/1.1`, 414, 'request.too_large'],
    ['a page of the gateway itself', 'GET /.problem/400 HTTP/1.1', 404, 'request.unknown_route'],
  ] as const)('%s', async (_, line, status, code) => {
    const answer = await sendRaw(gateway.publicPort, `${line}\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain(`"code":"${code}"`);
    expect(answer).toContain('X-Content-Type-Options: nosniff');
    expect(gateway.seen).toEqual([]);
  });

  it('a transfer coding that is not known, also on an address that is refused', async () => {
    for (const path of ['/v1/profile', '/v1//profile']) {
      const head = `POST ${path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\nConnection: close\r\n\r\n`;
      const answer = await sendRaw(gateway.publicPort, head);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('"code":"request.malformed"');
    }
    expect(gateway.seen).toEqual([]);
  });

  it('an app that is away is 503, with when to try again', async () => {
    await gateway.stopApp('mfa');
    const response = await fetch(`${gateway.publicUrl}/v1/mfa/factors`);
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.json()).toMatchObject({ status: 503, code: 'service.unavailable' });
  });

  it('methods that no app takes are answered here', async () => {
    const answer = await sendRaw(
      gateway.publicPort,
      'TRACE /v1/profile HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
    expect(answer).toContain('"code":"request.method_not_allowed"');
  });
});
